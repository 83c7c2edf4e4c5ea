// PolicyExclusionList of SimulatePrincipalPolicy: what would be decided without some of an entity's policies.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "iam/simulated_policies.hpp"
#include "protocol/fields.hpp"

namespace iamlocal::iam {

/// An inline policy by its name and its owner, in whose name `*` and `?` are wildcards.
struct InlinePolicyIdentifier {
    std::string policy_name;
    std::string attachment_type;
    std::string attachment_name;
};

/// A union of the model's: exactly one member is to be there.
struct PolicyIdentifier {
    std::optional<std::string> policy_type;
    std::optional<std::string> policy_arn;
    std::optional<InlinePolicyIdentifier> inline_policy;
};

/// Describes the member PolicyExclusionList.
void describe_exclusions(protocol::Fields& f, std::vector<PolicyIdentifier>& list);
/// Throws InvalidInput for an identifier with none or several members, a malformed ARN, or a wildcard where none may
/// be.
void require_identifiers(const std::vector<PolicyIdentifier>& list);
/// At most how many characters exclude() compares.
std::size_t effort_of_exclusion(const StoredPolicies& stored, const std::vector<PolicyIdentifier>& list);
/// Takes out of the policies what the identifiers name. What they name besides is no error.
void exclude(StoredPolicies& stored, const std::vector<PolicyIdentifier>& list);
/// Whether they exclude service control policies.
bool excludes_control_policies(const std::vector<PolicyIdentifier>& list);

}  // namespace iamlocal::iam
