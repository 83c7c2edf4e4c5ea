// Session policies: what a request narrows its session by, in its own text and by ARNs of managed policies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/context.hpp"
#include "protocol/fields.hpp"

namespace iamlocal::sts {

/// The members Policy and PolicyArns.
struct SessionPolicies {
    std::optional<std::string> policy;
    std::vector<std::string> arns;

    bool any() const { return policy || !arns.empty(); }
    void describe_policy(protocol::Fields& f);
    void describe_arns(protocol::Fields& f);
};

/// Throws MalformedPolicyDocument for a text that is no session policy and for ARNs that name no policy of the account
/// or of AWS, and ValidationError for more of these than the account may give.
void require_session_policies(api::Context& ctx, const SessionPolicies& policies, const AccountId& account);

}  // namespace iamlocal::sts
