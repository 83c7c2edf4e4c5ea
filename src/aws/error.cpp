#include "aws/error.hpp"

#include "base/characters.hpp"

namespace iamlocal {

namespace {

/// What somebody sent as a name, of which there is none this long.
std::string beginning_of(std::string_view text) {
    constexpr std::size_t most = 256;
    if (text.size() <= most) return std::string(text);
    return std::string(whole_characters(text, most)) + "...";
}

}  // namespace

ApiError unknown_operation() { return {error_type::invalid_action, "Unknown Operation"}; }

ApiError invalid_action(const std::string& action, const std::string& version) {
    return {error_type::invalid_action,
            "Could not find operation " + beginning_of(action) + " for version " + beginning_of(version)};
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
