#include "seed/apply.hpp"

#include <memory>

#include "db/error.hpp"
#include "db/transaction.hpp"
#include "seed/declarations.hpp"
#include "seed/passwords.hpp"
#include "seed/things.hpp"

namespace iamlocal::seed {
namespace {

/// How often a seed is tried again that stood in the way of another process's work.
constexpr int most_tries = 10;

/// All things of one kind in all accounts, in the order of the seed.
template <class Items, class Sync>
void each(const Seed& seed, Items items, Sync sync) {
    for (const Named<AccountSeed>& account : seed.accounts.items) {
        const AccountId id(account.name.value);
        for (const auto& thing : (account.value.*items).items) sync(id, thing);
    }
}

/// Also that nothing is to be there.
bool is_said(const Given& value) { return value || value.removed != nullptr; }

void sync_account(Work& work, const Named<AccountSeed>& account) {
    const AccountId id(account.name.value);
    const AccountSeed& wanted = account.value;
    work.see(id);
    if (is_said(wanted.alias)) sync_alias(work, id, wanted.alias);
    if (wanted.settings) sync_settings(work, id, wanted.settings);
    if (is_said(wanted.password_policy)) sync_password_policy(work, id, wanted.password_policy);
    if (wanted.undeletable_roles) sync_undeletable_roles(work, id, wanted.undeletable_roles);
}

/// What others name comes before them.
void sync_all(Work& work, const Seed& seed, const Passwords& passwords) {
    using A = AccountSeed;
    if (is_said(seed.organization)) sync_organization(work, seed.organization);
    if (seed.root_features) sync_root_features(work, seed.root_features);
    if (is_said(seed.templates)) sync_templates(work, seed.templates);
    for (const auto& issuer : seed.issuers.items) sync_issuer(work, issuer);
    for (const auto& provider : seed.saml_identity_providers.items) sync_saml_identity_provider(work, provider);
    for (const Named<AccountSeed>& account : seed.accounts.items) sync_account(work, account);
    each(seed, &A::oidc_providers, [&](auto& id, auto& provider) { sync_oidc_provider(work, id, provider); });
    each(seed, &A::saml_providers, [&](auto& id, auto& provider) { sync_saml_provider(work, id, provider); });
    each(seed, &A::server_certificates, [&](auto& id, auto& one) { sync_server_certificate(work, id, one); });
    each(seed, &A::policies, [&](auto& id, auto& policy) { sync_policy(work, id, policy); });
    each(seed, &A::groups, [&](auto& id, auto& group) { make_group(work, id, group); });
    each(seed, &A::users, [&](auto& id, auto& user) { make_user(work, id, user); });
    each(seed, &A::service_linked_roles, [&](auto& id, auto& role) { sync_service_linked_role(work, id, role); });
    each(seed, &A::roles, [&](auto& id, auto& role) { make_role(work, id, role); });
    each(seed, &A::groups, [&](auto& id, auto& group) { fill_group(work, id, group); });
    each(seed, &A::users, [&](auto& id, auto& user) { fill_user(work, id, user, passwords); });
    for (const Named<AccountSeed>& account : seed.accounts.items) {
        const AccountId id(account.name.value);
        if (account.value.root) sync_root(work, id, account.value.root, passwords);
        // Whoever had one has given it up.
        if (account.value.mfa_devices) sync_unassigned_devices(work, id, account.value.mfa_devices);
    }
    each(seed, &A::roles, [&](auto& id, auto& role) { fill_role(work, id, role); });
    each(seed, &A::instance_profiles, [&](auto& id, auto& profile) { sync_instance_profile(work, id, profile); });
}

/// Whether they show the same, and programs that bring the same secrets are given the same.
bool are_same_machines(const metadata::Machine& a, const metadata::Machine& b) {
    const auto secret_of = [](const std::optional<Secret>& secret) {
        return secret ? secret->reveal() : std::string();
    };
    if (metadata::show_machine(a) != metadata::show_machine(b)) return false;
    if (secret_of(a.authorization) != secret_of(b.authorization)) return false;
    return std::all_of(a.containers.begin(), a.containers.end(), [&](const auto& container) {
        return secret_of(container.second.authorization) == secret_of(b.containers.at(container.first).authorization);
    });
}

Counts try_to_apply(const Bench& bench, const Seed& seed, const aws::Quotas& quotas,
                    const std::optional<metadata::Machine>& machine) {
    const std::unique_ptr<db::Connection> connection = bench.database.connect();
    connection->refresh_revisions();
    const Passwords passwords = hash_passwords(seed, *connection, bench.environment.entropy);
    api::Environment environment = bench.environment;
    environment.quotas = quotas;
    Work work(*connection, environment, bench.clock.now());
    db::Batch batch(*connection);
    sync_all(work, seed, passwords);
    batch.commit();
    bench.database.catch_up();  // tests begin with what is seeded
    Counts counts = work.counts();
    if (machine) ++(are_same_machines(*bench.metadata.machine(), *machine) ? counts.unchanged : counts.updated);
    if (seed.quotas) ++(quotas == bench.quotas ? counts.unchanged : counts.updated);
    return counts;
}

}  // namespace

Counts apply(const Bench& bench, const Seed& seed) {
    const aws::Quotas quotas = read_quotas(seed.quotas, bench.quotas);
    std::optional<metadata::Machine> machine = read_machine(seed.metadata, bench.metadata.configured());
    Counts counts;
    for (int tries = 1;; ++tries) {
        try {
            counts = try_to_apply(bench, seed, quotas, machine);
            break;
        } catch (const db::SerializationFailure&) {
            if (tries == most_tries) throw;
        }
    }
    if (machine && !are_same_machines(*bench.metadata.machine(), *machine)) bench.metadata.declare(*std::move(machine));
    if (seed.quotas) bench.quotas = quotas;
    return counts;
}

}  // namespace iamlocal::seed
