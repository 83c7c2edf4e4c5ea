#include "store/account_settings.hpp"

namespace iamlocal::store::account_settings {

AccountSettings get(db::Transaction& tx, const AccountId& account) {
    return tx
        .one(
            "SELECT token_version, outbound_issuer, outbound_enabled, role_manager_enabled "
            "FROM account_settings WHERE account = ?1",
            [](const db::Row& row) {
                return AccountSettings{.token_version = static_cast<TokenVersion>(row.integer(0)),
                                       .outbound_issuer = row.optional_text(1),
                                       .outbound_enabled = row.boolean(2),
                                       .role_manager_enabled = row.boolean(3)};
            },
            account)
        .value_or(AccountSettings{});
}

void put(db::Transaction& tx, const AccountId& account, const AccountSettings& settings) {
    tx.run(account,
           "INSERT INTO account_settings "
           "(account, token_version, outbound_issuer, outbound_enabled, role_manager_enabled) "
           "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (account) DO UPDATE SET token_version = excluded.token_version,"
           " outbound_issuer = excluded.outbound_issuer, outbound_enabled = excluded.outbound_enabled,"
           " role_manager_enabled = excluded.role_manager_enabled",
           account, static_cast<int>(settings.token_version), settings.outbound_issuer, settings.outbound_enabled,
           settings.role_manager_enabled);
}

}  // namespace iamlocal::store::account_settings
