// What IAM keeps for an account as a whole: the version of global session tokens, the issuer of its outbound tokens,
// and whether the role manager is on.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

/// As AWS numbers them.
enum class TokenVersion { v1 = 1, v2 = 2 };

struct AccountSettings {
    TokenVersion token_version = TokenVersion::v1;
    std::optional<std::string> outbound_issuer;  ///< the part of the issuer that is the account's own; made once
    bool outbound_enabled = false;
    bool role_manager_enabled = false;

    friend bool operator==(const AccountSettings&, const AccountSettings&) = default;
};

namespace account_settings {

/// Those of an account that has set nothing are the defaults.
AccountSettings get(db::Transaction& tx, const AccountId& account);
void put(db::Transaction& tx, const AccountId& account, const AccountSettings& settings);

}  // namespace account_settings
}  // namespace iamlocal::store
