// What SimulateCustomPolicy and SimulatePrincipalPolicy are asked: the members that both have, and the rules that go
// beyond the model's, which are answered with InvalidInput.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/page.hpp"
#include "aws/error.hpp"
#include "base/named.hpp"
#include "policy/request.hpp"
#include "protocol/fields.hpp"

namespace iamlocal::iam {

struct ContextEntry {
    std::string name;
    std::vector<std::string> values;
    std::string type;
};

/// The members that both operations have.
struct SimulationMembers {
    std::vector<std::string> policy_input_list;
    std::vector<std::string> boundary_input_list;
    std::vector<std::string> action_names;
    std::vector<std::string> resource_arns;
    std::optional<std::string> resource_policy;
    std::optional<std::string> resource_owner;
    std::optional<std::string> caller_arn;
    std::vector<ContextEntry> context_entries;
    std::optional<std::string> resource_handling_option;
    api::PageInput page;

    void describe(protocol::Fields& f, protocol::Presence policies);
};

/// A list of documents, as PolicyInputList is one.
void describe_documents(protocol::Fields& f, const char* name, protocol::Presence presence,
                        std::vector<std::string>& list);

/// Each of these throws InvalidInput for what it refuses.

/// Actions are `service:Operation`. Wildcards stand for themselves.
void require_action_names(const std::vector<std::string>& actions);
/// Beside resources, actions that AWS has and actions that it has not cannot be in one request.
void require_same_knowledge(const std::vector<std::string>& actions);
/// ARNs or `*`; an empty list becomes `*`.
std::vector<std::string> resources_of(const std::vector<std::string>& arns);
/// The EC2 scenarios want certain resources ("ResourceHandlingOption").
void require_scenario(const std::optional<std::string>& option, const std::vector<std::string>& resources);
/// A resource policy must be of the service of every resource: it could not be attached otherwise.
void require_applicable(std::string_view resource_policy, const std::vector<std::string>& resources);
/// Keys once each, values of their type. A `…List` type makes a multivalued key.
policy::MapContext context_of(const std::vector<ContextEntry>& entries);
/// Whether a document is a role's trust policy: about actions of STS, with a principal and without a resource.
bool is_trust_policy(std::string_view document);
/// The account in the ARN of an account's root, or of a user.
AccountId account_of_owner(std::string_view resource_owner);

/// The end of a user's, group's or role's ARN, `user/division/alice`, taken apart.
struct EntityResource {
    std::string_view type;
    std::string_view path;
    std::string_view name;
};
/// nullopt unless path and name are ones that such an entity can have.
std::optional<EntityResource> parse_entity_resource(std::string_view resource);
/// The account of the simulated caller, who must be a user or role, though not one that exists.
AccountId account_of_caller(std::string_view caller_arn);
bool is_role(std::string_view arn);
/// What is said when the caller is no user.
ApiError caller_is_no_user();

}  // namespace iamlocal::iam
