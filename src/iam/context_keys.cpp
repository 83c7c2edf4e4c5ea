// The context keys that policies refer to: what somebody has to supply who wants to simulate them.
#include "policy/context_keys.hpp"

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
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

/// A key that several documents have comes several times.
struct ContextKeysOutput {
    std::vector<std::string> names;
};

void add_inputs(const std::vector<std::string>& documents, ContextKeysOutput& output) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const auto keys = policy::context_keys(documents[i]);
        if (!keys) throw invalid_list_item(std::to_string(i + 1));
        output.names.insert(output.names.end(), keys->begin(), keys->end());
    }
}

void add_stored(const store::GrantedPolicy& granted, ContextKeysOutput& output) {
    const auto keys = policy::context_keys(granted.text());
    if (!keys) throw cannot_be_evaluated(granted.name);
    output.names.insert(output.names.end(), keys->begin(), keys->end());
}

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
    return api::slowly([documents = in.policy_input_list] {
        ContextKeysOutput output;
        add_inputs(documents, output);
        return output;
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
    return api::slowly([stored = load_policies(ctx, source.require(ctx)), documents = in.policy_input_list] {
        ContextKeysOutput output;
        add_inputs(documents, output);
        for (const store::GrantedPolicy& granted : stored.policies.identity) add_stored(granted, output);
        if (stored.policies.boundary)
            for (const store::GrantedPolicy& granted : *stored.policies.boundary) add_stored(granted, output);
        return output;
    });
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> context_key_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_custom_keys, api::no_resource<CustomPolicyInput>>("iam:GetContextKeysForCustomPolicy", reads),
        on_policy_source<get_principal_keys>("iam:GetContextKeysForPrincipalPolicy", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
