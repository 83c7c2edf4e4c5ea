#include "iam/role_trust.hpp"

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "iam/quotas.hpp"
#include "service/errors.hpp"
#include "service/policy_documents.hpp"
#include "service/trust_policy.hpp"

namespace iamlocal::iam {
namespace {

constexpr std::string_view reserved_path = "/aws-reserved/";

}  // namespace

std::string require_trust_policy(Context& ctx, std::string_view document) {
    const std::int64_t size = service::admit_policy(document, policy::DocumentKind::trust);
    if (size > quota(ctx, Quota::trust_policy_size)) throw quota_exceeded(ctx, Quota::trust_policy_size);
    return service::bind_principals(ctx.tx, document);
}

void require_own_role_path(std::string_view path) {
    const bool of_services = path.starts_with(arn::service_role_path);
    if (!of_services && !path.starts_with(reserved_path)) return;
    throw service::ApiError(
        service::ErrorCode::invalid_input,
        fmt::format("Path prefix '{}' can only be used for {}", of_services ? arn::service_role_path : reserved_path,
                    of_services ? "AWS Service linked Roles" : "roles reserved by AWS"));
}

void require_modifiable(const store::Role& role) {
    if (!role.path.starts_with(arn::service_role_path) && !role.path.starts_with(reserved_path)) return;
    throw service::ApiError(
        service::ErrorCode::unmodifiable_entity,
        fmt::format("Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
                    role.name));
}

store::Role get_own_role(Context& ctx, std::string_view name) {
    store::Role role = get_role(ctx, name);
    require_modifiable(role);
    return role;
}

}  // namespace iamlocal::iam
