#include "policy/control_policy.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

/// "List of AWS services that support RCPs".
constexpr std::array<std::string_view, 11> services{
    "aoss", "cognito-identity", "cognito-idp", "dynamodb", "ecr", "kms", "logs", "s3", "secretsmanager", "sqs", "sts"};

}  // namespace

bool supports_resource_control(std::string_view action) {
    const std::size_t colon = action.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string prefix = fold_case(action.substr(0, colon));
    return std::find(services.begin(), services.end(), prefix) != services.end();
}

}  // namespace iamlocal::policy
