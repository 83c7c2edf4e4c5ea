// Dates as STS's events have them.
#pragma once

#include <string>

#include "base/clock.hpp"

namespace iamlocal::trail {

/// `Jul 1, 2026, 12:08:19 PM`
std::string in_words(Seconds at);

}  // namespace iamlocal::trail
