// What the account that a delegation request is for does with it, from state to state ("Building your integration" in
// the IAM User Guide).
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "auth/session_token.hpp"
#include "iam/delegation.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"

namespace iamlocal::iam {
namespace {

using protocol::Fields;
using store::DelegationRequest;
using store::DelegationState;

struct NotesInput {
    std::string name;
    std::optional<std::string> notes;
    void describe(Fields& f) {
        f.required("DelegationRequestId", name, shape::delegation_request_id);
        f.optional("Notes", notes, shape::delegation_notes);
    }
};

using States = std::initializer_list<DelegationState>;

/// Throws `error` for a request that is in none of these states.
void require_state(const Context& ctx, DelegationRequest& request, States from, std::string_view done,
                   ErrorType error = error_type::invalid_input) {
    let_expire(ctx, request);
    if (std::find(from.begin(), from.end(), request.state) != from.end()) return;
    throw ApiError(error, fmt::format("Delegation Request {} is in state {} and cannot be {}.", request.id,
                                      name_of(request.state), done));
}

/// Stores the request in its new state, which lasts from now on.
void move_to(Context& ctx, DelegationRequest& request, DelegationState state) {
    const DelegationState before = std::exchange(request.state, state);
    request.updated = ctx.second();
    request.expires = expiry_of(state, request.updated);
    // Somebody of another account may have been here since the request was read.
    if (!store::delegation_requests::update(ctx.tx, request, before)) throw api::concurrent_modification();
}

void associate_request(Context& ctx, const NameInput<DelegationKind>&, DelegationRequest& request) {
    require_state(ctx, request, {DelegationState::unassigned}, "associated");
    request.owner_account = ctx.account();
    request.owner = ctx.caller.arn;
    move_to(ctx, request, DelegationState::assigned);
}

void update_request(Context& ctx, const NotesInput& in, DelegationRequest& request) {
    require_state(ctx, request, {DelegationState::assigned, DelegationState::pending_approval}, "updated");
    if (in.notes) request.notes = in.notes;
    move_to(ctx, request, DelegationState::pending_approval);
}

/// The session that the approver acts in, or would get.
auth::SessionClaims claims_of(const access::Identity& approver, Seconds now) {
    if (approver.session) return *approver.session;
    auth::SessionClaims claims;
    claims.issued = now;
    claims.kind = approver.is_root() ? auth::SessionKind::root : auth::SessionKind::user;
    claims.account = approver.account;
    claims.principal_id = approver.principal_id;
    return claims;
}

void accept_request(Context& ctx, const NameInput<DelegationKind>&, DelegationRequest& request) {
    constexpr std::int64_t longest_of_root = 4 * 3600;
    // The model has no error for a state that is not the right one but this.
    require_state(ctx, request, {DelegationState::assigned, DelegationState::pending_approval}, "accepted",
                  error_type::concurrent_modification);
    if (ctx.caller.has_roots_arn() && request.session_duration > longest_of_root)
        throw api::access_denied("Root users can only approve delegation requests with a duration of 4 hours or less.");
    request.approver = ctx.caller.arn;
    request.approver_session = auth::seal_session_claims(ctx.env.keyring.session_tokens(),
                                                         claims_of(ctx.caller, ctx.second()), ctx.env.entropy);
    move_to(ctx, request, DelegationState::accepted);
}

void reject_request(Context& ctx, const NotesInput& in, DelegationRequest& request) {
    require_state(ctx, request,
                  {DelegationState::assigned, DelegationState::pending_approval, DelegationState::accepted},
                  "rejected");
    request.rejection_reason = in.notes;
    move_to(ctx, request, DelegationState::rejected);
}

/// The delegated time begins. There is nobody to send the token to: the test bench hands it out.
void send_token(Context& ctx, const NameInput<DelegationKind>&, DelegationRequest& request) {
    if (request.only_send_by_owner && ctx.caller.arn != request.owner)
        throw api::access_denied(
            fmt::format("Only the owner of delegation request {} can send its token.", request.id));
    require_state(ctx, request, {DelegationState::accepted}, "finalized");
    move_to(ctx, request, DelegationState::finalized);
}

using api::writes;

}  // namespace

std::span<const api::Operation> delegation_state_operations() {
    static constexpr api::Operation rows[] = {
        on<DelegationKind, associate_request>("iam:AssociateDelegationRequest", writes),
        on<DelegationKind, update_request>("iam:UpdateDelegationRequest", writes),
        on<DelegationKind, accept_request>("iam:AcceptDelegationRequest", writes),
        on<DelegationKind, reject_request>("iam:RejectDelegationRequest", writes),
        on<DelegationKind, send_token>("iam:SendDelegationToken", writes),
    };
    return rows;
}

}  // namespace iamlocal::iam
