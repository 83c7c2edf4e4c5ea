// Paths of moto's server that mean something here, by moto's documentation. docs/moto.md says what differs.
#pragma once

#include <vector>

#include "admin/router.hpp"
#include "base/entropy.hpp"

namespace iamlocal::foreign {

/// `POST /moto-api/seed?a=N` of the test bench, and refusals for what there is no counterpart of. Reset is one of the
/// test bench's.
///
/// @param repeatable_ids what ids are made from; null: they are random, and stay so. Outlives the routes.
[[nodiscard]] std::vector<admin::Route> moto_routes(SeededEntropy* repeatable_ids);

}  // namespace iamlocal::foreign
