// What tests may do to a server that no AWS account allows: start from nothing, move the clock, declare an
// organization and templates.
#pragma once

#include <functional>
#include <vector>

#include "admin/router.hpp"
#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "db/database.hpp"

namespace iamlocal::testbench {

/// Empties the database and calls `forget`, for what is kept in memory, under both names of reset; with `account=` it
/// empties that account alone. Everything given to these functions must outlive the routes.
std::vector<admin::Route> reset_routes(db::Database& database, std::function<void()> forget);
/// Tells the time, moves and stops it.
admin::Route clock_route(AdjustableClock& clock);
/// Shows, declares and removes the templates of roles and delegation requests.
admin::Route templates_route(db::Database& database, const AdjustableClock& clock);
/// Shows, declares and removes the organization.
admin::Route organization_route(db::Database& database, const aws::Quotas& quotas);

}  // namespace iamlocal::testbench
