// A seed tried on a server that exists for a moment only.
#pragma once

#include "seed/model.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

/// Applies the seed to an empty store in memory, with AWS's quotas unless the seed has others. Throws Refused.
Counts check(const Seed& seed);

}  // namespace iamlocal::seed
