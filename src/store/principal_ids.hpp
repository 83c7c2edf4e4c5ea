// Unique ids and ARNs of users and roles, whatever account they belong to. IAM stores the principals of a trust policy
// by id, so that a principal which is deleted and made again is not trusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "db/transaction.hpp"

namespace iamlocal::store {

/// The ARN that the user or role with this id (`AIDA…`, `AROA…`) has now; nullopt if it was deleted.
std::optional<std::string> arn_of_unique_id(db::Transaction& tx, std::string_view id);

/// The id of the user or role with this ARN. Path and case count, as in AWS's policies. nullopt for other ARNs.
std::optional<std::string> unique_id_of_arn(db::Transaction& tx, std::string_view arn);

}  // namespace iamlocal::store
