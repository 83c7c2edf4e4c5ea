#include "store/password_policies.hpp"

namespace iamlocal::store::password_policies {

std::optional<PasswordPolicy> find(db::Transaction& tx, const AccountId& account) {
    return tx.one(
        "SELECT minimum_length, require_symbols, require_numbers, require_uppercase, require_lowercase,"
        " users_may_change, max_age, reuse_prevention, hard_expiry FROM password_policies WHERE account = ?1",
        [](const db::Row& row) {
            PasswordPolicy policy{.minimum_length = row.integer(0),
                                  .require_symbols = row.boolean(1),
                                  .require_numbers = row.boolean(2),
                                  .require_uppercase = row.boolean(3),
                                  .require_lowercase = row.boolean(4),
                                  .users_may_change = row.boolean(5),
                                  .max_age = {},
                                  .reuse_prevention = {},
                                  .hard_expiry = {}};
            if (!row.is_null(6)) policy.max_age = row.integer(6);
            if (!row.is_null(7)) policy.reuse_prevention = row.integer(7);
            if (!row.is_null(8)) policy.hard_expiry = row.boolean(8);
            return policy;
        },
        account);
}

void set(db::Transaction& tx, const AccountId& account, const PasswordPolicy& policy) {
    remove(tx, account);
    tx.run(account,
           "INSERT INTO password_policies (account, minimum_length, require_symbols, require_numbers,"
           " require_uppercase, require_lowercase, users_may_change, max_age, reuse_prevention, hard_expiry) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
           account, policy.minimum_length, policy.require_symbols, policy.require_numbers, policy.require_uppercase,
           policy.require_lowercase, policy.users_may_change, policy.max_age, policy.reuse_prevention,
           policy.hard_expiry);
}

bool remove(db::Transaction& tx, const AccountId& account) {
    return tx.run(account, "DELETE FROM password_policies WHERE account = ?1", account) > 0;
}

}  // namespace iamlocal::store::password_policies
