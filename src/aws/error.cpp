#include "aws/error.hpp"

namespace iamlocal {

ApiError invalid_action(const std::string& action, const std::string& version) {
    return {error_type::invalid_action, "Could not find operation " + action + " for version " + version};
}

ApiError not_implemented(const std::string& action) {
    return {error_type::not_implemented, "The operation " + action + " is not implemented."};
}

ApiError missing_action() { return {error_type::missing_action, "The request must contain the parameter Action."}; }

ApiError malformed_input(std::string message) { return {error_type::malformed_input, std::move(message)}; }

ApiError validation_error(std::string message) { return {error_type::validation_error, std::move(message)}; }

ApiError internal_failure() {
    return {error_type::internal_failure,
            "The request processing has failed because of an unknown error, exception or failure."};
}

ApiError service_unavailable() {
    return {error_type::service_unavailable, "The request has failed due to a temporary failure of the server."};
}

}  // namespace iamlocal
