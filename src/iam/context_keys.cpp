// The context keys that policies refer to: what somebody has to supply who wants to simulate them.
#include <string>
#include <vector>

#include "api/operation.hpp"
#include "iam/operations.hpp"
#include "iam/shapes.hpp"
#include "iam/simulated_policies.hpp"
#include "iam/simulation_input.hpp"

namespace iamlocal::iam {
namespace {

using api::Slow;
using policy::DocumentKind;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

struct ContextKeysOutput {
    std::vector<std::string> names;
};

void write(AnswerWriter& out, const ContextKeysOutput& output) {
    out.begin_list("ContextKeyNames");
    for (const std::string& name : output.names) out.member(name);
    out.end_list("ContextKeyNames");
}

// GetContextKeysForCustomPolicy

struct CustomPolicyInput {
    std::vector<std::string> policy_input_list;
    void describe(Fields& f) { describe_documents(f, "PolicyInputList", Presence::required, policy_input_list); }
};

Slow<ContextKeysOutput> get_custom_keys(Context&, const CustomPolicyInput& in) {
    return api::slowly([documents = in.policy_input_list]() -> ContextKeysOutput {
        SimulatedPolicies policies;
        policies.add_inputs("PolicyInputList", documents, DocumentKind::identity);
        policy::ContextKeyList keys;
        policies.list_context_keys(keys);
        return {std::move(keys).take()};
    });
}

// GetContextKeysForPrincipalPolicy

struct PrincipalPolicyInput {
    std::string policy_source_arn;
    std::vector<std::string> policy_input_list;
    void describe(Fields& f) {
        f.required("PolicySourceArn", policy_source_arn, shape::arn);
        describe_documents(f, "PolicyInputList", Presence::optional, policy_input_list);
    }
};

/// The boundary's keys count, too: whoever simulates the entity must supply them.
Slow<ContextKeysOutput> get_principal_keys(Context& ctx, const PrincipalPolicyInput& in, PolicySource& source) {
    return api::slowly(
        [stored = load_policies(ctx, source.require(ctx)), documents = in.policy_input_list]() -> ContextKeysOutput {
            SimulatedPolicies identity;
            SimulatedPolicies boundary;
            stored.add_identity_to(identity);
            stored.add_boundary_to(boundary);
            identity.add_inputs("PolicyInputList", documents, DocumentKind::identity);
            policy::ContextKeyList keys;
            identity.list_context_keys(keys);
            boundary.list_context_keys(keys);
            return {std::move(keys).take()};
        });
}

using api::operation;
using api::reads;

constexpr api::Operation rows[] = {
    operation<get_custom_keys, api::no_resource<CustomPolicyInput>>("iam:GetContextKeysForCustomPolicy", reads),
    on_policy_source<get_principal_keys>("iam:GetContextKeysForPrincipalPolicy", reads),
};

}  // namespace

std::span<const api::Operation> context_key_operations() { return rows; }

}  // namespace iamlocal::iam
