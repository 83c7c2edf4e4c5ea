#include "api/operation.hpp"

#include <fmt/format.h>

#include "access/authorization_id.hpp"
#include "api/errors.hpp"
#include "auth/errors.hpp"
#include "store/account.hpp"
#include "store/organization.hpp"

namespace iamlocal::api {
namespace {

/// How often a request is decided anew because what it names keeps changing under it.
constexpr unsigned max_attempts = 16;

Credentials credentials_of(const access::Identity& caller) {
    if (!caller.session) return Credentials::long_term;
    // Of a user or of root they may be delegated: somebody else's to work with, not their own to prove MFA with.
    if (!caller.session->delegated_policy.empty()) return Credentials::role_session;
    switch (caller.session->kind) {
        case auth::SessionKind::user:
        case auth::SessionKind::root:
            return Credentials::user_session;
        case auth::SessionKind::federated_user:
            return Credentials::federated_user;
        case auth::SessionKind::role:
        case auth::SessionKind::root_task:
            break;
    }
    return Credentials::role_session;
}

bool contains(Credentials set, Credentials one) {
    return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

access::RequiredFacts required_facts(const Call& call, const Target& target) {
    return access::required_facts(call.caller, call.organization.get(),
                                  target.resource_policy ? &*target.resource_policy : nullptr);
}

/// The first write of an account is when the account began; who is anonymous has none.
void note_account(Context& ctx) {
    if (ctx.account().view().empty()) return;
    if (!store::account::created(ctx.tx, ctx.account())) store::account::note(ctx.tx, ctx.account(), ctx.second());
}

/// The details can be asked for where somebody keeps them.
ApiError refusal(const Operation& op, const Call& call, bool is_kept) {
    std::string message = call.verdict.denied;
    if (is_kept && access::has_authorization_id(op.action))
        message.append(access::where_the_details_are(call.request_id));
    return access_denied(std::move(message));
}

bool is_of_iam(const Operation& op) { return std::string_view(op.action).starts_with("iam:"); }

/// IAM's writes are held against the newest state. What IAM shows may be older, and so may be what STS finds, whose
/// sessions are part of deciding.
db::Connection& lookup_connection(const Operation& op, const Call& call) {
    if (call.delayed == nullptr || op.reads_newest) return call.connection;
    if (!is_of_iam(op)) return call.delayed->decisions;
    return op.access == db::Access::write ? call.connection : call.delayed->reads;
}

/// What a request was decided and answered without.
void note_pending(const Operation& op, const Call& call, const Target& target) {
    const AccountId& owner = target.resource_policy ? target.resource_policy->owner : call.caller.account;
    const auto pending_of = [&](db::Sight sight) {
        return call.delayed->replicas.pending_of(sight,
                                                 {call.caller.account, owner, store::organization::revision_key()});
    };
    db::PendingChanges pending = pending_of(db::Sight::decisions);
    if (&lookup_connection(op, call) == &call.delayed->reads) {
        // Both have the changes in their order: the longer list has those of the shorter one.
        db::PendingChanges not_shown = pending_of(db::Sight::reads);
        if (not_shown.count > pending.count) pending = std::move(not_shown);
    }
    if (pending.count > 0) call.record->not_visible = std::make_shared<const db::PendingChanges>(std::move(pending));
}

/// Loads the tags of whatever the target needs permission for, where some policy may ask for them.
void load_tags(Context& ctx, Target& target, const access::RequiredFacts& required) {
    if (!required.resource_tags) return;
    const AccountId& owner = target.resource_policy ? target.resource_policy->owner : ctx.account();
    const auto load = [&](access::ResourceTags& tags) {
        if (!tags.id.empty()) tags.tags = store::tags::all(ctx.tx, owner, tags.id);
    };
    load(target.tags);
    for (access::Permission& permission : target.dependent_permissions) load(permission.tags);
}

}  // namespace

void require_callable(const Operation& operation, const access::Identity& caller) {
    if (operation.is_anonymous() || contains(operation.credentials, credentials_of(caller))) return;
    // IAM takes sessions of GetSessionToken with MFA, and those of the sign-in, as it takes long-term keys, and fails
    // for those without as if the token were invalid.
    if (std::string_view(operation.action).starts_with("iam:")) {
        const bool is_own = credentials_of(caller) == Credentials::user_session;
        if (is_own && (caller.session->mfa || caller.session->from_console) &&
            contains(operation.credentials, Credentials::long_term))
            return;
        auth::SignatureError error = auth::invalid_client_token_id();
        throw ApiError(error.type, std::move(error.message));
    }
    throw access_denied(fmt::format("Cannot call {} with session credentials", operation.name));
}

namespace detail {

namespace {

/// Somebody has gone back to another state while the request ran: it begins again, and nothing of it has happened.
void require_one_state(const Call& call, const Target& target) {
    if (!call.state) return;
    const db::Database& database = call.connection.database();
    if (!database.was_exchanged_since(*call.state)) return;
    const AccountId& caller = call.caller.account;
    if (caller.view().empty() || database.was_exchanged_since(*call.state, caller) ||
        (target.resource_policy && database.was_exchanged_since(*call.state, target.resource_policy->owner)))
        throw db::SerializationFailure("the state was exchanged meanwhile");
}

/// The target with its tags.
Target resolve(Call& call, Context& ctx, Steps& steps) {
    Target target = steps.resolve(ctx);
    load_tags(ctx, target, required_facts(call, target));
    return target;
}

/// Whether the caller's account is all that the lookup depends on; who is anonymous has none.
bool is_of_own_account(const Call& call, const Target& target) {
    if (call.caller.account.view().empty()) return false;
    return !target.resource_policy || target.resource_policy->owner == call.caller.account;
}

}  // namespace

void prepare(Call& call, const std::function<std::optional<ApiError>(Context& ctx)>& preparation) {
    db::Transaction tx(call.connection, db::Access::write);
    Context ctx(call, tx);
    const std::optional<ApiError> refused = preparation(ctx);
    tx.commit();
    if (refused) throw ApiError(*refused);
}

void look_up(Call& call, const std::function<void(Context& ctx)>& lookup) {
    db::Transaction tx(call.delayed != nullptr ? call.delayed->decisions : call.connection, db::Access::read);
    Context ctx(call, tx);
    lookup(ctx);
    tx.commit();
}

void conduct_for(std::shared_ptr<const access::Identity> caller, const Operation& op, Call& call, Steps& steps) {
    if (call.record) call.record->caller = caller;
    call.introduced = std::move(caller);
    Call own{.env = call.env,
             .caller = *call.introduced,
             .connection = call.connection,
             .now = call.now,
             .facts = call.facts,
             .policies = call.policies,
             .organization = call.organization,
             .record = call.record,
             .request_id = call.request_id,
             .delayed = call.delayed,
             .state = call.state};
    try {
        conduct(op, own, steps);
    } catch (...) {
        call.verdict = std::move(own.verdict);
        throw;
    }
    call.verdict = std::move(own.verdict);
}

void conduct(const Operation& op, Call& call, Steps& steps, Target* kept_target) {
    db::Connection& lookup = lookup_connection(op, call);
    db::Connection& action = op.access == db::Access::write ? call.connection : lookup;
    const db::Database& database = lookup.database();
    for (unsigned attempt = 0; attempt < max_attempts; ++attempt) {
        const std::uint64_t revision = database.revision(call.caller.account);
        const std::uint64_t revision_of_all = database.revision_of_all();
        Target target;
        {
            db::Transaction tx(lookup, db::Access::read);
            Context ctx(call, tx);
            target = resolve(call, ctx, steps);
            tx.commit();
        }
        const access::AccessRequest request{call.caller, call.organization.get(),     call.facts, op.action,
                                            target,      required_facts(call, target)};
        call.verdict = access::authorize(call.env.enforcement, request, call.record);
        if (call.delayed && call.record) note_pending(op, call, target);
        const bool is_kept = call.record && call.verdict.is_decision();
        if (is_kept) call.record->finish(std::move(target));
        const Target& decided_on = is_kept ? call.record->target : target;
        if (call.verdict.refused()) throw refusal(op, call, is_kept);

        db::Transaction tx(action, op.access);
        Context ctx(call, tx);
        if (op.access == db::Access::write) {
            tx.start();  // a write holds its lock from here on, so nothing changes after the look below
            tx.describe(op.action, decided_on.resource);
            if (!kept_target) note_account(ctx);  // a change that is slow stores nothing yet
        }
        // What was looked up before the decision is good only while nothing has changed.
        const bool has_changed = is_of_own_account(call, decided_on)
                                     ? database.revision(call.caller.account) != revision
                                     : database.revision_of_all() != revision_of_all;
        const bool may_be_outdated = has_changed || (op.access == db::Access::write && database.is_shared());
        // What was looked up elsewhere is looked up there again.
        if (may_be_outdated && (&lookup != &action || resolve(call, ctx, steps) != decided_on)) continue;
        steps.handle(ctx);
        require_one_state(call, decided_on);
        tx.commit();
        if (kept_target) *kept_target = decided_on;
        return;
    }
    throw concurrent_modification();
}

void conduct_change(const Operation& op, Call& call, Steps& steps, const Target& decided_on,
                    const std::function<void(Context& ctx)>& change) {
    db::Connection& lookup = lookup_connection(op, call);
    // The caller's policies may be others by now.
    Target target;
    {
        db::Transaction tx(lookup, db::Access::read);
        Context ctx(call, tx);
        target = resolve(call, ctx, steps);
        tx.commit();
    }
    const access::AccessRequest request{call.caller, call.organization.get(),     call.facts, op.action,
                                        target,      required_facts(call, target)};
    call.verdict = access::authorize(call.env.enforcement, request, nullptr);
    if (call.verdict.refused()) throw refusal(op, call, false);

    db::Transaction tx(op.access == db::Access::write ? call.connection : lookup, op.access);
    Context ctx(call, tx);
    if (op.access == db::Access::write) {
        tx.start();
        tx.describe(op.action, decided_on.resource);
        note_account(ctx);
    }
    if (resolve(call, ctx, steps) != decided_on) throw concurrent_modification();
    change(ctx);
    require_one_state(call, decided_on);
    tx.commit();
}

}  // namespace detail
}  // namespace iamlocal::api
