#include "api/errors.hpp"

#include <fmt/format.h>

namespace iamlocal::api {

ApiError no_such_entity(std::string_view kind, std::string_view name) {
    return {ErrorCode::no_such_entity, fmt::format("The {} with name {} cannot be found.", kind, name)};
}

ApiError already_exists(std::string_view kind, std::string_view name) {
    return {ErrorCode::entity_already_exists, fmt::format("{} with name {} already exists.", kind, name)};
}

ApiError quota_exceeded(std::string_view quota, std::int64_t limit) {
    return {ErrorCode::limit_exceeded, fmt::format("Cannot exceed quota for {}: {}", quota, limit)};
}

ApiError delete_conflict(std::string_view what_first) {
    return {ErrorCode::delete_conflict, fmt::format("Cannot delete entity, must {} first.", what_first)};
}

ApiError no_such_policy(std::string_view arn) {
    return {ErrorCode::no_such_entity, fmt::format("Policy {} was not found.", arn)};
}

ApiError not_attachable(std::string_view arn) {
    return {ErrorCode::no_such_entity, fmt::format("Policy {} does not exist or is not attachable.", arn)};
}

ApiError invalid_policy_arn() { return {ErrorCode::validation_error, "Invalid ARN:  Could not be parsed!"}; }

ApiError malformed_policy(std::string message) { return {ErrorCode::malformed_policy_document, std::move(message)}; }

ApiError access_denied(std::string message) { return {ErrorCode::access_denied, std::move(message)}; }

ApiError reserved_tag() {
    return {ErrorCode::invalid_input,
            "System tags cannot be added, updated, or deleted: tag keys and values must not begin with aws:."};
}

ApiError duplicate_tag_keys() {
    return {ErrorCode::invalid_input, "Duplicate tag keys found. Please note that Tag keys are case insensitive."};
}

ApiError concurrent_modification() {
    return {ErrorCode::concurrent_modification,
            "The request was rejected because multiple requests to change this object were submitted simultaneously. "
            "Wait a few minutes and submit your request again."};
}

ApiError too_many_tags() { return {ErrorCode::limit_exceeded, "The number of tags has reached the maximum limit."}; }

ApiError lost_race(const db::ConstraintViolation& violation) {
    if (violation.kind() != db::ConstraintViolation::Kind::unique) return concurrent_modification();
    return {ErrorCode::entity_already_exists,
            "The request was rejected because it attempted to create a resource that already exists."};
}

}  // namespace iamlocal::api
