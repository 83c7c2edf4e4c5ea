#include "store/tags.hpp"

#include "base/encoding.hpp"

namespace iamlocal::store::tags {
namespace {

/// The form in which a key is looked up.
std::string stored_key(std::string_view owner_id, std::string_view key) {
    return key_case_of(owner_id) == KeyCase::kept ? std::string(key) : fold_case(key);
}

}  // namespace

KeyCase key_case_of(std::string_view owner_id) {
    return owner_id.starts_with("ANPA") || owner_id.starts_with("AIPA") ? KeyCase::kept : KeyCase::ignored;
}

bool is_same_key(KeyCase key_case, std::string_view a, std::string_view b) {
    return key_case == KeyCase::kept ? a == b : equals_ignoring_case(a, b);
}

void set(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::span<const Tag> tags) {
    for (const Tag& tag : tags) {
        tx.run(account,
               "INSERT INTO tags (account, owner_id, tag_key, name, value, position) VALUES (?1, ?2, ?3, ?4, ?5,"
               " (SELECT COALESCE(max(position), 0) + 1 FROM tags WHERE account = ?1 AND owner_id = ?2)) "
               "ON CONFLICT (account, owner_id, tag_key) DO UPDATE SET name = excluded.name, value = excluded.value",
               account, owner_id, stored_key(owner_id, tag.key), tag.key, tag.value);
    }
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
            std::span<const std::string> keys) {
    for (const std::string& key : keys) {
        tx.run(account, "DELETE FROM tags WHERE account = ?1 AND owner_id = ?2 AND tag_key = ?3", account, owner_id,
               stored_key(owner_id, key));
    }
}

std::vector<Tag> all(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    return tx.list(
        "SELECT name, value FROM tags WHERE account = ?1 AND owner_id = ?2 ORDER BY position",
        [](const db::Row& row) {
            return Tag{row.text(0), row.text(1)};
        },
        account, owner_id);
}

Page<Tag> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id, PageRequest request) {
    return make_page(tx.list(
                         "SELECT name, value FROM tags "
                         "WHERE account = ?1 AND owner_id = ?2 AND tag_key > ?3 ORDER BY tag_key LIMIT ?4",
                         [](const db::Row& row) {
                             return Tag{row.text(0), row.text(1)};
                         },
                         account, owner_id, request.after, request.limit + 1),
                     request.limit, [&](const Tag& tag) { return stored_key(owner_id, tag.key); });
}

}  // namespace iamlocal::store::tags
