#include "iam/role_trust.hpp"

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/errors.hpp"
#include "api/policy_documents.hpp"
#include "aws/arn.hpp"
#include "iam/errors.hpp"
#include "iam/quotas.hpp"

namespace iamlocal::iam {
namespace {

constexpr std::string_view reserved_path = "/aws-reserved/";

}  // namespace

std::string require_trust_policy(api::Context& ctx, std::string_view document) {
    const std::int64_t size = api::admit_policy(document, policy::DocumentKind::trust);
    if (size > quota(ctx, Quota::trust_policy_size)) throw quota_exceeded(ctx, Quota::trust_policy_size);
    auto bound = access::bind_principals(ctx.tx, document);
    if (const auto* const unknown = std::get_if<access::UnknownPrincipal>(&bound))
        throw api::malformed_policy(fmt::format("Invalid principal in policy: \"AWS\":\"{}\"", unknown->principal));
    return std::get<std::string>(std::move(bound));
}

void require_own_role_path(std::string_view path) {
    const bool of_services = path.starts_with(arn::service_role_path);
    if (!of_services && !path.starts_with(reserved_path)) return;
    throw ApiError(
        error_type::invalid_input,
        fmt::format("Path prefix '{}' can only be used for {}", of_services ? arn::service_role_path : reserved_path,
                    of_services ? "AWS Service linked Roles" : "roles reserved by AWS"));
}

void require_modifiable(const store::Role& role) {
    if (!role.path.starts_with(arn::service_role_path) && !role.path.starts_with(reserved_path)) return;
    throw ApiError(
        error_type::unmodifiable_entity,
        fmt::format("Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
                    role.name));
}

}  // namespace iamlocal::iam
