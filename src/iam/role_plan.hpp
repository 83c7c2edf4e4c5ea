// What AcquireRole is about to make: a template of a role, found, and filled in with the values of a request.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/context.hpp"
#include "aws/error.hpp"
#include "iam/shapes.hpp"
#include "store/role_sources.hpp"
#include "store/roles.hpp"
#include "templates/template.hpp"

namespace iamlocal::iam {

// AWS's model has no constraints for these members.
extern const protocol::TextRule any_text;
extern const protocol::NumberRule any_number;

struct FoundTemplate {
    templates::RoleTemplate role;
    templates::RoleVersion version;
    Seconds since{};  ///< when it was declared
};

/// Throws InvalidInput for what is no ARN of a role template.
void require_template_arn(std::string_view arn);
/// Without a number the template's default version.
std::optional<FoundTemplate> find_template(api::Context& ctx, std::string_view arn, std::optional<std::int64_t> minor);

struct ReplacementValue {
    std::vector<std::string> values;
};

struct AcquireRoleInput {
    std::string template_arn;
    std::optional<std::int64_t> template_minor_version;
    std::vector<std::pair<std::string, ReplacementValue>> replacement_values;
    void describe(protocol::Fields& f);
};

/// A role as a template makes it. Nothing of it is admitted yet.
struct PlannedRole {
    store::RoleSource source;
    std::string name;
    std::string path;
    std::optional<std::string> description;
    std::string trust_policy;
    std::vector<std::pair<std::string, std::string>> inline_policies;
    std::vector<std::string> managed_policies;
    std::string boundary;  ///< empty: there is none
    std::vector<store::Tag> tags;
    std::int64_t max_session_duration = 0;
};

struct RolePlan {
    std::optional<ApiError> problem;      ///< why there is no role to be made, for whoever may read the template
    std::optional<PlannedRole> role;      ///< absent with a problem
    std::optional<store::Role> existing;  ///< the one that has the name
    bool is_disabled = false;
};

RolePlan plan_role(api::Context& ctx, const AcquireRoleInput& in);

}  // namespace iamlocal::iam
