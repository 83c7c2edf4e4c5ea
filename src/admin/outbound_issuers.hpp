// Where verifiers find the keys of accounts' outbound tokens. AWS serves them at the issuer's own address, which is not
// here: below this path there is the same for each issuer.
#pragma once

#include "admin/router.hpp"
#include "db/database.hpp"

namespace iamlocal::admin {

/// `/_iamlocal/outbound/{id}/.well-known/openid-configuration` and `…/jwks.json`; `{id}` is what the issuer's address
/// begins with. The database must outlive the route.
Route outbound_issuers_route(db::Database& database);

}  // namespace iamlocal::admin
