// Finding the operation that a request names.
#pragma once

#include <string_view>

#include "api/operation.hpp"
#include "protocol/input_reader.hpp"

namespace iamlocal::app {

/// IAM or STS, as far as the wire is concerned.
struct Service {
    std::string_view name;      ///< as in a credential scope: "iam"
    std::string_view version;   ///< of the API
    std::string_view xmlns;     ///< of answers
    protocol::ShowValues show;  ///< whether validation messages repeat values
    std::span<const std::span<const api::Operation>> operations;
    std::span<const char* const> unbuilt;
};

const Service& iam_service();
const Service& sts_service();

/// The operation, or null.
const api::Operation* find_operation(const Service& service, std::string_view action);
/// Whether AWS has it though we do not.
bool is_unbuilt(const Service& service, std::string_view action);

}  // namespace iamlocal::app
