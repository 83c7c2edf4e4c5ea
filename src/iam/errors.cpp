#include "iam/errors.hpp"

#include <fmt/format.h>

namespace iamlocal::iam {

ApiError invalid_input(std::string message) { return {error_type::invalid_input, std::move(message)}; }

ApiError no_such_entity(std::string_view kind, std::string_view name) {
    return {error_type::no_such_entity, fmt::format("The {} with name {} cannot be found.", kind, name)};
}

ApiError already_exists(std::string_view kind, std::string_view name) {
    return {error_type::entity_already_exists, fmt::format("{} with name {} already exists.", kind, name)};
}

ApiError quota_exceeded(std::string_view quota, std::int64_t limit) {
    return {error_type::limit_exceeded, fmt::format("Cannot exceed quota for {}: {}", quota, limit)};
}

ApiError delete_conflict(std::string_view what_first) {
    return {error_type::delete_conflict, fmt::format("Cannot delete entity, must {} first.", what_first)};
}

ApiError no_such_policy(std::string_view arn) {
    return {error_type::no_such_entity, fmt::format("Policy {} was not found.", arn)};
}

ApiError not_attachable(std::string_view arn) {
    return {error_type::no_such_entity, fmt::format("Policy {} does not exist or is not attachable.", arn)};
}

ApiError no_boundary(std::string_view kind, std::string_view name) {
    return {error_type::no_such_entity, fmt::format("{} {} has no permissions boundary.", kind, name)};
}

ApiError unsupported_status(std::string_view status) {
    return {error_type::invalid_input, fmt::format("Operation does not support status {}", status)};
}

std::string invalid_arn_words(std::string_view arn) { return fmt::format("ARN {} is not valid.", arn); }

}  // namespace iamlocal::iam
