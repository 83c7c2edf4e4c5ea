// Finding the operation that a request names.
#pragma once

#include <string_view>

#include "service/operation.hpp"
#include "wire/input_reader.hpp"

namespace iamlocal::app {

/// IAM or STS, as far as the wire is concerned.
struct Service {
    std::string_view name;     ///< as in a credential scope: "iam"
    std::string_view version;  ///< of the API
    std::string_view xmlns;    ///< of answers
    wire::ShowValues show;     ///< whether validation messages repeat values
    std::span<const std::span<const service::Operation>> operations;
    std::span<const std::string_view> model_names;  ///< of all operations that AWS has
};

const Service& iam_service();
const Service& sts_service();

/// The operation, or null.
const service::Operation* find_operation(const Service& service, std::string_view action);
/// Whether AWS has it though we do not.
bool is_unbuilt(const Service& service, std::string_view action);

}  // namespace iamlocal::app
