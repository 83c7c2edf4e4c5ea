#include "policy/principal_names.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/encoding.hpp"
#include "base/ids.hpp"
#include "policy/patterns.hpp"

namespace iamlocal::policy {
namespace {

bool only(std::string_view text, std::string_view punctuation) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        const char folded = fold_case(c);
        return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z') ||
               punctuation.find(c) != std::string_view::npos;
    });
}

/// What the names of AWS's services end with, in all partitions.
constexpr std::array<std::string_view, 5> service_domains{".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",
                                                          ".aws.internal", ".amazon.com"};

/// The shortest that IAM takes at the door.
constexpr std::size_t shortest_id = 12;

}  // namespace

bool is_unique_id(std::string_view text) {
    return !text.empty() && only(text, "") && !(text.front() >= '0' && text.front() <= '9');
}

bool is_service_principal(std::string_view text) {
    const auto domain = std::find_if(service_domains.begin(), service_domains.end(),
                                     [&](std::string_view candidate) { return text.ends_with(candidate); });
    if (domain == service_domains.end()) return false;
    const std::string_view name = text.substr(0, text.size() - domain->size());
    return !name.empty() && only(name, ".-") && !name.starts_with('.') && !name.ends_with('.') &&
           name.find("..") == std::string_view::npos;
}

bool is_identity_provider(std::string_view text) {
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) return only(text, ".-") && text.find('.') != std::string_view::npos;
    return parts->part[0] == "arn" && parts->part[2] == "iam" && parts->part[3].empty() &&
           (parts->part[5].starts_with("saml-provider/") || parts->part[5].starts_with("oidc-provider/"));
}

bool is_aws_principal(std::string_view text) {
    if (text == "*") return true;
    const std::optional<ArnParts> parts = ArnParts::split(text);
    if (!parts) return ids::is_account_id(text) || (text.size() >= shortest_id && is_unique_id(text));
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
