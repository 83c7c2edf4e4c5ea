#include "iam/role_trust.hpp"

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/errors.hpp"
#include "api/policy_documents.hpp"

namespace iamlocal::iam {
namespace {

constexpr std::string_view service_role_path = "/aws-service-role/";
constexpr std::string_view reserved_path = "/aws-reserved/";

}  // namespace

std::string require_trust_policy(api::Context& ctx, std::string_view document) {
    const std::int64_t size = api::admit_policy(document, policy::DocumentKind::trust);
    if (size > ctx.env.trust_policy_quota) throw api::quota_exceeded("ACLSizePerRole", ctx.env.trust_policy_quota);
    auto bound = access::bind_principals(ctx.tx, document);
    if (const auto* const unknown = std::get_if<access::UnknownPrincipal>(&bound))
        throw api::malformed_policy(fmt::format("Invalid principal in policy: \"AWS\":\"{}\"", unknown->principal));
    return std::get<std::string>(std::move(bound));
}

void require_own_role_path(std::string_view path) {
    const bool of_services = path.starts_with(service_role_path);
    if (!of_services && !path.starts_with(reserved_path)) return;
    throw ApiError(
        ErrorCode::invalid_input,
        fmt::format("Path prefix '{}' can only be used for {}", of_services ? service_role_path : reserved_path,
                    of_services ? "AWS Service linked Roles" : "roles reserved by AWS"));
}

void require_modifiable(const store::Role& role) {
    if (!role.path.starts_with(service_role_path) && !role.path.starts_with(reserved_path)) return;
    throw ApiError(
        ErrorCode::unmodifiable_entity,
        fmt::format("Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
                    role.name));
}

}  // namespace iamlocal::iam
