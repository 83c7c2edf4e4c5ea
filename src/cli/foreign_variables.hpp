// Variables that begin with IAMLOCAL_ and are none of ours.
#pragma once

#include <string_view>

namespace iamlocal::cli {

/// Whether Kubernetes makes it, for containers beside a Service named `iamlocal` or `iamlocal-…`, or Docker for a link:
/// `IAMLOCAL_SERVICE_HOST`, `IAMLOCAL_SERVICE_PORT_API`, `IAMLOCAL_PORT=tcp://…`, `IAMLOCAL_PORT_4566_TCP_ADDR`.
[[nodiscard]] bool is_of_kubernetes(std::string_view name, std::string_view value);

}  // namespace iamlocal::cli
