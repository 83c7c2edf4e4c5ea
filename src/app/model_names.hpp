// Names of all operations that AWS's models have, whether the server has them or not.
#pragma once

#include <span>
#include <string_view>

namespace iamlocal::app {

/// In alphabetic order.
std::span<const std::string_view> iam_model_names();
std::span<const std::string_view> sts_model_names();

/// Where a model is from: a package of AWS's, `@aws-sdk/client-iam 3.1169.0`, and the day of its publication.
struct ModelOrigin {
    std::string_view package;
    std::string_view date;
};
ModelOrigin iam_model_origin();
ModelOrigin sts_model_origin();

}  // namespace iamlocal::app
