#include "policy/principal_names.hpp"

#include <algorithm>
#include <optional>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

bool only(std::string_view text, std::string_view punctuation) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        const char folded = fold_case(c);
        return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z') ||
               punctuation.find(c) != std::string_view::npos;
    });
}

/// The shortest that IAM takes at the door.
constexpr std::size_t shortest_id = 12;

}  // namespace

bool is_identity_provider(std::string_view text) {
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) return only(text, ".-") && text.find('.') != std::string_view::npos;
    return parts->part[0] == "arn" && parts->part[2] == "iam" && parts->part[3].empty() &&
           (parts->part[5].starts_with("saml-provider/") || parts->part[5].starts_with("oidc-provider/"));
}

bool is_aws_principal(std::string_view text) {
    if (text == "*") return true;
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) return ids::is_account_id(text) || (text.size() >= shortest_id && ids::is_unique_id(text));
    const auto& [arn, partition, service, region, account, resource] = parts->part;
    if (arn != "arn" || partition.empty() || !region.empty() || account.size() != 12 || !only(account, ""))
        return false;
    if (resource.find_first_of("*?") != std::string_view::npos || resource.ends_with('/')) return false;
    if (service == "iam") {
        return resource == "root" || resource.starts_with("user/") || resource.starts_with("role/");
    }
    return service == "sts" && (resource.starts_with("assumed-role/") || resource.starts_with("federated-user/"));
}

}  // namespace iamlocal::policy
