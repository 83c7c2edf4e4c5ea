// What a seed says twice.
#pragma once

#include "seed/model.hpp"

namespace iamlocal::seed {

/// Throws Refused for two things of one kind and account whose names differ in case at most, for an access key id that
/// stands in two places, and for whatever stands twice in a list that has everything once.
void require_no_duplicates(const Seed& seed);

}  // namespace iamlocal::seed
