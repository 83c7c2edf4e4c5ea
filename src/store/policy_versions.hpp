// What policies.cpp and policy_versions.cpp share; everybody else uses policies.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/policies.hpp"

namespace iamlocal::store::policies {

/// 3 is "v3".
std::string version_id(std::int64_t number);
/// The name in `arn:aws:iam::ACCOUNT:policy/PATH/NAME`; nullopt for an ARN of another account or form.
std::optional<std::string_view> customer_policy_name(const AccountId& account, std::string_view arn);
/// The unique id of the customer policy with exactly this ARN.
std::optional<std::string> find_id(db::Transaction& tx, const AccountId& account, std::string_view arn);
void insert_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::int64_t number,
                    std::string_view document, Seconds created);

}  // namespace iamlocal::store::policies
