// Choices of the settings, as the parts of the server have them.
#pragma once

#include "access/enforcement.hpp"
#include "app/metrics.hpp"
#include "base/log.hpp"
#include "iamlocal/config.hpp"

namespace iamlocal {

LogLevel level_of(Config::LogLevel level);
/// `automatic` is text where standard error is a terminal.
LogFormat format_of(Config::LogFormat format);
access::Enforcement enforcement_of(Config::Enforcement enforcement);
app::ServeMetrics metrics_of(Config::Metrics metrics);

}  // namespace iamlocal
