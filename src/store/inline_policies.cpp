#include "store/inline_policies.hpp"

#include "base/encoding.hpp"

namespace iamlocal::store::inline_policies {

void put(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view name,
         const Document& document) {
    // Databases of older versions may hold two names that differ in case alone: both get the document.
    const bool replaced = tx.run(account,
                                 "UPDATE inline_policies SET document = ?4, size = ?5 "
                                 "WHERE account = ?1 AND owner_id = ?2 AND lower(name) = ?3",
                                 account, owner_id, fold_case(name), document.text, document.size) > 0;
    if (replaced) return;
    tx.run(account, "INSERT INTO inline_policies (account, owner_id, name, document, size) VALUES (?1, ?2, ?3, ?4, ?5)",
           account, owner_id, name, document.text, document.size);
}

std::optional<std::string> find(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                                std::string_view name) {
    return tx.one(
        "SELECT document FROM inline_policies WHERE account = ?1 AND owner_id = ?2 AND lower(name) = ?3 "
        "ORDER BY name LIMIT 1",
        [](const db::Row& row) { return row.text(0); }, account, owner_id, fold_case(name));
}

Page<std::string> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id, PageRequest request) {
    return make_page(
        tx.list(
            "SELECT name FROM inline_policies WHERE account = ?1 AND owner_id = ?2 AND name > ?3 "
            "ORDER BY name LIMIT ?4",
            [](const db::Row& row) { return row.text(0); }, account, owner_id, request.after, request.limit + 1),
        request.limit, [](const std::string& name) { return name; });
}

std::int64_t total_size(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                        std::string_view except) {
    return tx.number("SELECT sum(size) FROM inline_policies WHERE account = ?1 AND owner_id = ?2 AND lower(name) <> ?3",
                     account, owner_id, fold_case(except));
}

bool remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view name) {
    return tx.run(account, "DELETE FROM inline_policies WHERE account = ?1 AND owner_id = ?2 AND lower(name) = ?3",
                  account, owner_id, fold_case(name)) > 0;
}

}  // namespace iamlocal::store::inline_policies
