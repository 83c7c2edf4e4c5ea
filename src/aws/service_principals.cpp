#include "aws/service_principals.hpp"

#include <algorithm>
#include <array>

#include "base/encoding.hpp"

namespace iamlocal::aws {
namespace {

constexpr std::array<std::string_view, 5> domains{".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",
                                                  ".aws.internal", ".amazon.com"};

bool is_of_labels(char c) {
    const char folded = fold_case(c);
    return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z') || c == '.' || c == '-';
}

}  // namespace

std::optional<std::string_view> find_service_name(std::string_view text) {
    const auto domain = std::find_if(domains.begin(), domains.end(),
                                     [&](std::string_view candidate) { return text.ends_with(candidate); });
    if (domain == domains.end()) return std::nullopt;
    const std::string_view name = text.substr(0, text.size() - domain->size());
    const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), is_of_labels) &&
                         !name.starts_with('.') && !name.ends_with('.') && name.find("..") == std::string_view::npos;
    return is_name ? std::optional(name) : std::nullopt;
}

bool is_service_principal(std::string_view text) { return find_service_name(text).has_value(); }

}  // namespace iamlocal::aws
