// From which template a role was acquired, and with which values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

struct RoleSource {
    std::string template_arn;
    std::int64_t minor_version = 0;
    std::string values;  ///< the replacement values in a form that is the same for the same values

    friend bool operator==(const RoleSource&, const RoleSource&) = default;
};

namespace role_sources {

/// Empty for a role that came from no template.
std::optional<RoleSource> find(db::Transaction& tx, const AccountId& account, std::string_view role_id);
/// The role must be there; it takes its source along when it goes.
void insert(db::Transaction& tx, const AccountId& account, std::string_view role_id, const RoleSource& source);

}  // namespace role_sources
}  // namespace iamlocal::store
