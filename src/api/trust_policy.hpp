// The principals of a trust policy, stored by unique id and shown by ARN ("AWS JSON policy elements: Principal"): a
// user or role that is deleted and made again under its name is not trusted any more.
#pragma once

#include <string>
#include <string_view>

#include "db/transaction.hpp"

namespace iamlocal::api {

/// The document to store: the ARNs of users and roles, of whatever account, are replaced by their unique ids, and the
/// rest stays byte for byte. Any twelve digits are an account. Throws MalformedPolicyDocument for a principal that does
/// not exist. `document` is one that policy::parse() accepts.
std::string bind_principals(db::Transaction& tx, std::string_view document);

/// The document to show: unique ids become the ARNs that their owners have now, those of deleted ones stay; an
/// account's twelve digits become its root's ARN.
std::string show_principals(db::Transaction& tx, std::string_view document);

}  // namespace iamlocal::api
