#include "policy/control_policy.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"
#include "policy/outline.hpp"

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

std::vector<ResourceControlBreach> resource_control_breaches(const json::Value& statement) {
    std::vector<ResourceControlBreach> breaches;
    const auto add = [&](ResourceControlRule rule, const json::Value& at) { breaches.push_back({rule, &at}); };
    if (const json::Value* effect = statement.find("Effect"); effect && effect->text == "Allow") {
        add(ResourceControlRule::deny_only, *effect);
    }
    if (const json::Value* element = statement.find("NotPrincipal")) {
        add(ResourceControlRule::no_not_principal, *element);
    }
    if (const json::Value* element = statement.find("NotAction")) add(ResourceControlRule::no_not_action, *element);
    if (const json::Value* principal = statement.find("Principal")) {
        const bool everyone = principal->is(json::Type::string) && principal->text == "*";
        if (!everyone) add(ResourceControlRule::everyone, *principal);
    }
    if (const json::Value* action = statement.find("Action")) {
        for (const json::Value& value : values_of(*action)) {
            if (!supports_resource_control(value.text)) add(ResourceControlRule::supported_action, value);
        }
    }
    return breaches;
}

}  // namespace iamlocal::policy
