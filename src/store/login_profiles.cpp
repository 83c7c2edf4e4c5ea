#include "store/login_profiles.hpp"

namespace iamlocal::store::login_profiles {

std::optional<LoginProfile> find(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    return tx.one(
        "SELECT account, owner_id, created, reset_required, salt FROM login_profiles "
        "WHERE account = ?1 AND owner_id = ?2",
        [](const db::Row& row) {
            return LoginProfile{.account = AccountId(row.view(0)),
                                .owner_id = row.text(1),
                                .created = row.seconds(2),
                                .reset_required = row.boolean(3),
                                .salt = std::string(row.blob(4))};
        },
        account, owner_id);
}

std::vector<Password> passwords(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                                std::size_t limit) {
    return tx.list(
        "SELECT hash, created FROM passwords WHERE account = ?1 AND owner_id = ?2 ORDER BY number DESC LIMIT ?3",
        [](const db::Row& row) {
            return Password{std::string(row.blob(0)), row.seconds(1)};
        },
        account, owner_id, limit);
}

void insert(db::Transaction& tx, const LoginProfile& profile) {
    tx.run(profile.account,
           "INSERT INTO login_profiles (account, owner_id, created, reset_required, salt) "
           "VALUES (?1, ?2, ?3, ?4, ?5)",
           profile.account, profile.owner_id, profile.created, profile.reset_required, db::Blob{profile.salt});
}

void add_password(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view hash,
                  Seconds now) {
    const std::int64_t number =
        tx.number("SELECT max(number) FROM passwords WHERE account = ?1 AND owner_id = ?2", account, owner_id) + 1;
    tx.run(account, "INSERT INTO passwords (account, owner_id, number, hash, created) VALUES (?1, ?2, ?3, ?4, ?5)",
           account, owner_id, number, db::Blob{hash}, now);
    tx.run(account, "DELETE FROM passwords WHERE account = ?1 AND owner_id = ?2 AND number <= ?3", account, owner_id,
           number - static_cast<std::int64_t>(remembered));
}

void set_reset_required(db::Transaction& tx, const AccountId& account, std::string_view owner_id, bool required) {
    tx.run(account, "UPDATE login_profiles SET reset_required = ?3 WHERE account = ?1 AND owner_id = ?2", account,
           owner_id, required);
}

bool remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id) {
    return tx.run(account, "DELETE FROM login_profiles WHERE account = ?1 AND owner_id = ?2", account, owner_id) > 0;
}

}  // namespace iamlocal::store::login_profiles
