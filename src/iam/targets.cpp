#include "iam/targets.hpp"

#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "catalogue/managed_policies.hpp"
#include "iam/errors.hpp"

namespace iamlocal::iam {
namespace {

constexpr std::string_view boundary_key = "iam:permissionsboundary";
constexpr std::string_view policy_arn_key = "iam:policyarn";
/// AWS's policies under this path belong to the roles of AWS's services.
constexpr std::string_view service_role_path = "/aws-service-role/";
/// And these to the sessions of AssumeRoot.
constexpr std::string_view root_task_path = "/root-task/";

/// AWS's words for a boundary that is not there (hashicorp/boundary#4255 quotes them).
ApiError no_such_boundary(std::string_view arn) {
    return {error_type::no_such_entity, fmt::format("Scope ARN: {} does not exist or is not attachable.", arn)};
}

void replace_key(Target& target, std::string_view key, std::string_view value) {
    std::erase_if(target.keys, [&](const auto& entry) { return entry.first == key; });
    target.keys.push_back({key, {false, {std::string(value)}}});
}

}  // namespace

bool is_policy_arn(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    return arn && arn->service == "iam" && arn->region.empty() && arn->resource.starts_with("policy/") &&
           !arn->resource.ends_with(' ');
}

void require_policy_arn(std::string_view text) {
    if (!is_policy_arn(text)) throw validation_error(invalid_arn_words(text));
    if (Arn::parse(text)->partition != "aws") throw validation_error("Invalid ARN partition");
}

Target creation_target(Context& ctx, const Creation& what, std::vector<store::Tag> tags) {
    Target target;
    target.resource = arn::iam(ctx.account(), what.type, what.path, what.name);
    if (!tags.empty()) target.dependent_permissions.push_back({.action = what.tag_action, .resource = target.resource});
    target.request_tags = std::move(tags);
    return target;
}

Target list_target(Context& ctx, std::string_view type, std::string_view path_prefix) {
    Target target;
    target.resource = arn::iam(ctx.account(), type, path_prefix.empty() ? "/" : path_prefix, "");
    return target;
}

void set_boundary_key(Target& target, std::string_view boundary_arn) {
    replace_key(target, boundary_key, boundary_arn);
}

void set_policy_arn_key(Target& target, std::string_view policy_arn) {
    replace_key(target, policy_arn_key, policy_arn);
}

void require_attachable(const store::ManagedPolicy& policy, std::string_view holder_title) {
    if (!policy.is_aws()) return;
    const bool of_services = policy.path.starts_with(service_role_path);
    if (holder_title == "User" && (of_services || policy.path.starts_with(root_task_path)))
        throw ApiError(error_type::policy_not_attachable, "Cannot attach AWS reserved policy to an IAM user.");
    if (of_services)
        throw ApiError(error_type::policy_not_attachable,
                       fmt::format("Cannot attach a Service Role Policy to a Customer {}.", holder_title));
}

void require_boundary_policy(Context& ctx, std::string_view arn, std::string_view holder_title) {
    if (!is_policy_arn(arn)) throw ApiError(error_type::invalid_input, invalid_arn_words(arn));
    require_policy_arn(arn);
    const std::optional<store::ManagedPolicy> policy = store::policies::find(ctx.tx, ctx.account(), arn);
    if (!policy) throw no_such_boundary(arn);
    require_attachable(*policy, holder_title);
}

}  // namespace iamlocal::iam
