#include "iam/simulation_exclusions.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/shapes.hpp"

namespace iamlocal::iam {
namespace {

using protocol::Fields;
using protocol::Presence;
using protocol::TextRule;
using store::PolicyOrigin;

constexpr const char* excluded_types[] = {"aws-managed", "inline", "permission-boundary", "rcp", "scp", "user-managed"};
constexpr const char* attachment_types[] = {"group", "role", "user"};
const TextRule excluded_type_rule = {.values = excluded_types};
const TextRule attachment_type_rule = {.values = attachment_types};
const TextRule any_text_rule = {};

// The words of these are ours.

ApiError not_one_member() {
    return invalid_input(
        "Invalid Input: a policy identifier has exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier.");
}

ApiError bad_identifier(std::string_view text) {
    return invalid_input(fmt::format("Invalid Input: {} does not identify a policy.", text));
}

/// Whether a text is a name, or a path with a name, in which there may be any number of `?` and one `*`.
bool is_name_pattern(std::string text, bool with_path) {
    if (std::count(text.begin(), text.end(), '*') > 1) return false;
    std::replace_if(
        text.begin(), text.end(), [=](char c) { return c == '*' || c == '?' || (with_path && c == '/'); }, 'x');
    return shape::policy_name.matches(text);
}

/// Wildcards may stand behind `policy/`.
bool is_policy_arn_pattern(std::string_view text) {
    constexpr std::string_view type = "policy/";
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->partition != "aws" || arn->service != "iam" || !arn->region.empty()) return false;
    if (arn->account != "aws" && !ids::is_account_id(arn->account)) return false;
    return arn->resource.starts_with(type) && is_name_pattern(std::string(arn->resource.substr(type.size())), true);
}

/// Of texts of one length. Names are found whatever the case of their letters.
bool matches_each(std::string_view pattern, std::string_view text) {
    return std::equal(pattern.begin(), pattern.end(), text.begin(),
                      [](char p, char t) { return p == '?' || fold_case(p) == fold_case(t); });
}

/// There is one `*` at most, so what stands before it begins the name, and the rest ends it.
bool matches_name(std::string_view pattern, std::string_view name) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return pattern.size() == name.size() && matches_each(pattern, name);
    const std::string_view end = pattern.substr(star + 1);
    return name.size() >= star + end.size() && matches_each(pattern.substr(0, star), name.substr(0, star)) &&
           matches_each(end, name.substr(name.size() - end.size()));
}

std::string_view type_of_origin(PolicyOrigin origin) {
    if (origin == PolicyOrigin::inlined) return "inline";
    return origin == PolicyOrigin::aws_managed ? "aws-managed" : "user-managed";
}

bool names(const PolicyIdentifier& identifier, const store::GrantedPolicy& policy, const SourceEntity& entity) {
    if (identifier.policy_type) return *identifier.policy_type == type_of_origin(policy.origin);
    const bool is_inline = policy.origin == PolicyOrigin::inlined;
    if (identifier.policy_arn) return !is_inline && matches_name(*identifier.policy_arn, policy.arn);
    if (!is_inline) return false;
    const InlinePolicyIdentifier& wanted = *identifier.inline_policy;
    const bool is_groups = !policy.group.empty();
    return wanted.attachment_type == (is_groups ? "group" : kind_name(entity.kind)) &&
           matches_name(wanted.policy_name, policy.name) &&
           matches_name(wanted.attachment_name, is_groups ? policy.group : entity.name);
}

bool excludes_type(const std::vector<PolicyIdentifier>& list, std::string_view type) {
    return std::any_of(list.begin(), list.end(),
                       [&](const PolicyIdentifier& identifier) { return identifier.policy_type == type; });
}

}  // namespace

void describe_exclusions(Fields& f, std::vector<PolicyIdentifier>& list) {
    f.list("PolicyExclusionList", Presence::optional, list, {.of_unions = true},
           [](PolicyIdentifier& identifier, Fields& fields) {
               fields.optional("PolicyType", identifier.policy_type, excluded_type_rule);
               fields.optional("PolicyArn", identifier.policy_arn, any_text_rule);
               fields.structure("InlinePolicyIdentifier", Presence::optional, identifier.inline_policy,
                                [](std::optional<InlinePolicyIdentifier>& member, Fields& inner) {
                                    InlinePolicyIdentifier& wanted = member.emplace();
                                    inner.required("PolicyName", wanted.policy_name, any_text_rule);
                                    inner.required("AttachmentType", wanted.attachment_type, attachment_type_rule);
                                    inner.required("AttachmentName", wanted.attachment_name, any_text_rule);
                                });
           });
}

void require_identifiers(const std::vector<PolicyIdentifier>& list) {
    for (const PolicyIdentifier& identifier : list) {
        const int given = int{identifier.policy_type.has_value()} + int{identifier.policy_arn.has_value()} +
                          int{identifier.inline_policy.has_value()};
        if (given != 1) throw not_one_member();
        if (identifier.policy_arn && !is_policy_arn_pattern(*identifier.policy_arn))
            throw bad_identifier(*identifier.policy_arn);
        if (!identifier.inline_policy) continue;
        if (!shape::policy_name.matches(identifier.inline_policy->policy_name))
            throw bad_identifier(identifier.inline_policy->policy_name);
        if (!is_name_pattern(identifier.inline_policy->attachment_name, false))
            throw bad_identifier(identifier.inline_policy->attachment_name);
    }
}

std::size_t effort_of_exclusion(const StoredPolicies& stored, const std::vector<PolicyIdentifier>& list) {
    std::size_t characters = list.size();
    for (const PolicyIdentifier& identifier : list) {
        if (identifier.policy_arn) characters += identifier.policy_arn->size();
        if (!identifier.inline_policy) continue;
        characters += identifier.inline_policy->policy_name.size() + identifier.inline_policy->attachment_name.size();
    }
    return characters * stored.policies.identity.size();
}

void exclude(StoredPolicies& stored, const std::vector<PolicyIdentifier>& list) {
    std::erase_if(stored.policies.identity, [&](const store::GrantedPolicy& policy) {
        return std::any_of(list.begin(), list.end(), [&](const PolicyIdentifier& identifier) {
            return names(identifier, policy, stored.entity);
        });
    });
    if (excludes_type(list, "permission-boundary")) stored.policies.boundary.reset();
}

bool excludes_control_policies(const std::vector<PolicyIdentifier>& list) { return excludes_type(list, "scp"); }

}  // namespace iamlocal::iam
