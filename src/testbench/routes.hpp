// What tests may do to a server that no AWS account allows: start from nothing, move the clock, declare an
// organization and templates; and what AWS has from elsewhere: hardware for MFA, identity providers, and services that
// use roles.
#pragma once

#include <functional>
#include <vector>

#include "admin/router.hpp"
#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/named.hpp"
#include "db/database.hpp"
#include "db/propagation.hpp"
#include "metadata/metadata.hpp"
#include "store/keyring.hpp"

namespace iamlocal::testbench {

/// Empties the database and calls `forget`, for what is kept in memory, under both names of reset; with `account=` it
/// empties that account alone and calls `forget_account`. Everything given to these functions must outlive the routes.
std::vector<admin::Route> reset_routes(db::Database& database, std::function<void()> forget,
                                       std::function<void(const AccountId&)> forget_account);
/// Tells the time, moves and stops it.
admin::Route clock_route(AdjustableClock& clock);
/// Shows, sets and removes the time that changes take to be visible.
admin::Route propagation_route(db::Propagation& propagation, const Clock& clock);
/// Shows, declares and removes the templates of roles and delegation requests.
admin::Route templates_route(db::Database& database, const AdjustableClock& clock);
/// Shows, declares and removes the organization.
admin::Route organization_route(db::Database& database, const aws::Quotas& quotas);
/// Says that the deletion of a service-linked role is to fail, and why.
admin::Route undeletable_role_route(db::Database& database);

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

/// What built-in issuers need.
struct IssuerBench {
    db::Database& database;
    const store::Keyring& keyring;
    const Clock& clock;
    Entropy& entropy;
};
/// Identity providers for tests: declared, asked for tokens, and verified by their keys.
admin::Route issuers_route(const IssuerBench& bench);
/// The same for SAML: their metadata, and signed responses.
admin::Route saml_route(const IssuerBench& bench);

/// Where the token of a delegation request is made.
struct DelegationChannel {
    db::Database& database;
    const store::Keyring& keyring;
    Entropy& entropy;
};
/// Hands out what SendDelegationToken sends to a partner.
admin::Route delegation_token_route(const DelegationChannel& channel);

/// Shows, declares and forgets what programs are told of the machine; and mints the tokens that pods have.
std::vector<admin::Route> metadata_routes(metadata::Metadata& metadata, const Clock& clock, Entropy& entropy);

}  // namespace iamlocal::testbench
