#include "store/tags.hpp"

#include <algorithm>

#include "base/characters.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::store::tags {
namespace {

/// The form in which a key is looked up.
std::string stored_key(std::string_view owner_id, std::string_view key) {
    return key_case_of(owner_id) == KeyCase::kept ? std::string(key) : fold_case(key);
}

Tag read_tag(const db::Row& row) { return {row.text(0), row.text(1)}; }

/// Where a key stands in a list, short enough for a marker: a long key's beginning and a digest, after what no key
/// contains. Should that tag be gone when the next page is asked for, others that begin like it may come again.
std::string place_of(const std::string& key) {
    constexpr std::size_t most_bytes = 160;
    constexpr std::size_t digest_bytes = 8;
    if (key.size() <= most_bytes) return key;
    const auto digest = sha256(key);
    std::string place = std::string(whole_characters(key, most_bytes)) + '\n';
    hex_append(place, std::span(digest).first(digest_bytes));
    return place;
}

}  // namespace

KeyCase key_case_of(std::string_view owner_id) {
    return owner_id.starts_with("AIDA") || owner_id.starts_with("AROA") ? KeyCase::ignored : KeyCase::kept;
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

void clear(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    tx.run(account, "DELETE FROM tags WHERE account = ?1 AND owner_id = ?2", account, owner_id);
}

std::vector<Tag> all(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    return tx.list("SELECT name, value FROM tags WHERE account = ?1 AND owner_id = ?2 ORDER BY position", read_tag,
                   account, owner_id);
}

Page<Tag> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id, PageRequest request) {
    std::vector<Tag> tags =
        tx.list("SELECT name, value FROM tags WHERE account = ?1 AND owner_id = ?2 ORDER BY tag_key", read_tag, account,
                owner_id);
    const bool shortest_first = owner_id.starts_with("ANPA");
    const auto is_before = [shortest_first](std::string_view a, std::string_view b) {
        return shortest_first && a.size() != b.size() ? a.size() < b.size() : a < b;
    };
    if (shortest_first)
        std::stable_sort(tags.begin(), tags.end(), [&](const Tag& a, const Tag& b) { return is_before(a.key, b.key); });
    const auto place = [&](const Tag& tag) { return place_of(stored_key(owner_id, tag.key)); };
    auto first = tags.begin();
    if (!request.after.empty()) {
        first = std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return place(tag) == request.after; });
        if (first != tags.end())
            ++first;
        else  // it is gone
            first = std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) {
                return is_before(request.after, stored_key(owner_id, tag.key));
            });
    }
    tags.erase(tags.begin(), first);
    return make_page(std::move(tags), request.limit, place);
}

}  // namespace iamlocal::store::tags
