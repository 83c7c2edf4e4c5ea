// What AWS Organizations demands of service and resource control policies besides the language.
#pragma once

#include <cstddef>
#include <string_view>

#include "policy/document.hpp"

namespace iamlocal::policy {

/// How many characters a policy of an organization may have ("Quotas and service limits for AWS Organizations", as of
/// May 2026).
[[nodiscard]] constexpr std::size_t max_control_characters(DocumentKind kind) {
    return kind == DocumentKind::scp ? 10'240 : 5'120;
}

/// Whether a resource control policy can limit an action, given as policies have it: only services that support them
/// can be named, and `*` names all.
[[nodiscard]] bool supports_resource_control(std::string_view action);

}  // namespace iamlocal::policy
