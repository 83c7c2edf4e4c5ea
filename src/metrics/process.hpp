// What the operating system knows of this process, by the names that Prometheus' own libraries use.
#pragma once

#include "metrics/text.hpp"

namespace iamlocal::metrics {

/// Appends the families `process_…`. Those that take /proc are left out where there is none.
void write_process(Text& text);

}  // namespace iamlocal::metrics
