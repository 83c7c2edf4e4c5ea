// The test bench's way to bring a running server to a seed's state.
#pragma once

#include "admin/router.hpp"
#include "seed/apply.hpp"

namespace iamlocal::seed {

/// PUT /_iamlocal/seed.
[[nodiscard]] admin::Route seed_route(const Bench& bench, std::size_t most_bytes);

}  // namespace iamlocal::seed
