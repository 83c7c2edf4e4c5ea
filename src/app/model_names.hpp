// Names of all operations that AWS's models have, whether the server has them or not.
#pragma once

#include <span>
#include <string_view>

namespace iamlocal::app {

/// In alphabetic order.
std::span<const std::string_view> iam_model_names();
std::span<const std::string_view> sts_model_names();

}  // namespace iamlocal::app
