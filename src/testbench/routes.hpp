// What tests may do to a server that no AWS account allows: start from nothing, move the clock, declare an
// organization and templates; and what AWS has from elsewhere: hardware for MFA, identity providers, and services that
// use roles.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "access/enforcement.hpp"
#include "access/recordings.hpp"
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

/// Empties the database and calls `forget`, for what is kept in memory, under all names of reset; with `account=` it
/// empties that account alone and calls `forget_account`. Everything given to these functions must outlive the routes.
std::vector<admin::Route> reset_routes(db::Database& database, std::function<void()> forget,
                                       std::function<void(const AccountId&)> forget_account);

/// What belongs to the state and is in memory, not in the database.
struct KeptInMemory {
    const char* name;  ///< a literal
    std::function<nlohmann::json()> save;
    std::function<void(const nlohmann::json&)> restore;  ///< gets what save() gave, perhaps that of an earlier release
};
/// The clock, as that.
KeptInMemory kept_clock(AdjustableClock& clock);
/// The quotas, likewise: a seed may have set some.
KeptInMemory kept_quotas(aws::Quotas& quotas);

class Faults;
/// Declares, shows and ends faults. `operations`: the actions that there are, such as `iam:GetUser`.
admin::Route faults_route(Faults& faults, std::vector<std::string> operations);
/// The faults, as what belongs to the state.
KeptInMemory kept_faults(Faults& faults, std::vector<std::string> operations);

/// Where snapshots are taken.
struct SnapshotBench {
    db::Database& database;
    const store::Keyring& keyring;
    const AdjustableClock& clock;
    std::function<void(db::Connection&)> write_notes;       ///< writes what is noted of uses, and not written yet
    std::function<void()> forget_notes;                     ///< forgets that
    std::function<void(const AccountId&)> forget_notes_of;  ///< the same of one account
    std::function<void()> forget;                           ///< what else is remembered of the state that goes
    std::vector<KeptInMemory> memory;                       ///< of everything, not of an account
};
/// Saves states under names, lists them and goes back to them: of everything, or with `account=` of one account.
admin::Route snapshots_route(const SnapshotBench& bench);

/// Where accounts are made.
struct AccountBench {
    db::Database& database;
    const store::Keyring& keyring;
    const Clock& clock;
    Entropy& entropy;
    AccountId default_account;
    Secret root_secret;    ///< of every account's root user, whose access key id is the account's
    bool is_secret_known;  ///< it is the one that the program has by itself
    std::function<void(const AccountId&)> forget_account;
};
/// Makes accounts, lists and erases them.
admin::Route accounts_route(const AccountBench& bench);

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

/// What recordings need.
struct RecordingBench {
    access::Recordings& recordings;
    const access::DecisionLog& decisions;
    const Clock& clock;
    access::Enforcement enforcement;
};
/// Starts, stops, lists and removes recordings, and writes the policies that would do for what they have.
admin::Route recordings_route(const RecordingBench& bench);

/// Shows, declares and forgets what programs are told of the machine; and mints the tokens that pods have.
std::vector<admin::Route> metadata_routes(metadata::Metadata& metadata, const Clock& clock, Entropy& entropy);

}  // namespace iamlocal::testbench
