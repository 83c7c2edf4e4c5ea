// What tests may do to a server that no AWS account allows: start from nothing, move the clock, declare an
// organization; and what AWS has from elsewhere: hardware for MFA.
#pragma once

#include <functional>
#include <vector>

#include "admin/router.hpp"
#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/named.hpp"
#include "db/database.hpp"
#include "store/keyring.hpp"

namespace iamlocal::testbench {

/// Empties the database and calls `forget`, for what is kept in memory, under both names of reset; with `account=` it
/// empties that account alone. Everything given to these functions must outlive the routes.
std::vector<admin::Route> reset_routes(db::Database& database, std::function<void()> forget);
/// Tells the time, moves and stops it.
admin::Route clock_route(AdjustableClock& clock);
/// Shows, declares and removes the organization.
admin::Route organization_route(db::Database& database, const aws::Quotas& quotas);

/// Where hardware for MFA is stored, and how.
struct MfaHardware {
    db::Database& database;
    const store::Keyring& keyring;
    const Clock& clock;
    Entropy& entropy;
    AccountId account;  ///< unless another one is named
};
/// Takes tokens, of which AWS knows the seeds from those who make them, and security keys, which users register with a
/// browser and no API.
admin::Route mfa_devices_route(const MfaHardware& hardware);

}  // namespace iamlocal::testbench
