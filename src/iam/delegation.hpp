// What the operations on delegation requests share: the request as a thing that one acts on, its states, and what it
// asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "iam/existing.hpp"
#include "iam/shapes.hpp"
#include "store/delegation_requests.hpp"

namespace iamlocal::iam {

namespace shape {
extern const TextRule delegation_request_id;
extern const TextRule delegation_notes;
}  // namespace shape

/// AWS's name of a state.
std::string_view name_of(store::DelegationState state);

/// A request by its id. It belongs to the account of its owner, and before there is one to the account that asks.
///
/// As long as nobody owns it, anybody of the account that it is meant for may look at it and make it his own; without
/// such an account anybody at all. Its owner may look at it and hand it on. That is a policy of the request itself, so
/// that an explicit deny of the caller's policies still counts.
struct DelegationKind {
    using Entity = store::DelegationRequest;
    static constexpr const char* member = "DelegationRequestId";
    static constexpr const protocol::TextRule& name_rule = shape::delegation_request_id;

    static std::optional<Entity> find(Context& ctx, std::string_view id);
    static Target target(Context& ctx, std::string_view id, const std::optional<Entity>& request);
    static Entity& require(std::optional<Entity>& request, std::string_view id);
};

/// A request by its ARN. Throws InvalidInput for what is the ARN of something else.
struct DelegationArnKind {
    using Entity = store::DelegationRequest;
    static constexpr const char* member = "EntityArn";
    static constexpr const protocol::TextRule& name_rule = shape::arn;

    static std::optional<Entity> find(Context& ctx, std::string_view arn);
    static Target target(Context& ctx, std::string_view arn, const std::optional<Entity>& request);
    static Entity& require(std::optional<Entity>& request, std::string_view arn);
};

/// Puts a request into the state that it is in by now: time may have ended it.
void let_expire(const Context& ctx, store::DelegationRequest& request);

/// When a request that is in this state from now on expires.
Seconds expiry_of(store::DelegationState state, Seconds now);

/// What the caller's policies say to all that a request asks for. It is near the truth, as AWS's is: parts of a policy
/// with wild cards are held against each other as texts.
enum class PermissionCheck { allowed, denied, unsure };
PermissionCheck check_permissions(Context& ctx, const store::DelegationRequest& request);

/// The boundaries that the document demands of roles it lets somebody create.
std::vector<std::string> demanded_boundaries(std::string_view document);

/// What a request asks for, in words for people.
std::string summarize(const store::DelegationRequest& request);

}  // namespace iamlocal::iam
