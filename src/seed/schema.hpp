// The JSON schema of seeds, for editors.
#pragma once

#include <string>

namespace iamlocal::seed {

/// Draft 2020-12, made from the lists of members that seeds are read by.
[[nodiscard]] std::string schema();

}  // namespace iamlocal::seed
