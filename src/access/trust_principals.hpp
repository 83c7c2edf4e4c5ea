// The principals of a trust policy, stored by unique id and shown by ARN ("AWS JSON policy elements: Principal"): a
// user or role that is deleted and made again under its name is not trusted any more.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "db/transaction.hpp"

namespace iamlocal::access {

/// A principal that a trust policy names and that does not exist.
struct UnknownPrincipal {
    std::string principal;
};

/// The document to store: the ARNs of users and roles, of whatever account, are replaced by their unique ids, and the
/// rest stays byte for byte; or the first principal that does not exist. Any twelve digits are an account. `document`
/// is one that policy::parse() accepts.
std::variant<std::string, UnknownPrincipal> bind_principals(db::Transaction& tx, std::string_view document);

/// The document to show: unique ids become the ARNs that their owners have now, those of deleted ones stay; an
/// account's twelve digits become its root's ARN.
std::string show_principals(db::Transaction& tx, std::string_view document);

}  // namespace iamlocal::access
