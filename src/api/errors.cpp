#include "api/errors.hpp"

#include <utility>

namespace iamlocal::api {

ApiError malformed_policy(std::string message) { return {error_type::malformed_policy_document, std::move(message)}; }

ApiError access_denied(std::string message) { return {error_type::access_denied, std::move(message)}; }

ApiError reserved_tag_key() {
    return {error_type::invalid_input, "Tag keys beginning with aws: are reserved for system use."};
}

ApiError duplicate_tag_keys(store::tags::KeyCase key_case) {
    if (key_case == store::tags::KeyCase::kept) return {error_type::invalid_input, "Duplicate tag keys found."};
    return {error_type::invalid_input, "Duplicate tag keys found. Please note that Tag keys are case insensitive."};
}

ApiError concurrent_modification() {
    return {error_type::concurrent_modification,
            "The request was rejected because multiple requests to change this object were submitted simultaneously. "
            "Wait a few minutes and submit your request again."};
}

ApiError too_many_tags() { return {error_type::limit_exceeded, "The number of tags has reached the maximum limit."}; }

ApiError lost_race(const db::ConstraintViolation& violation) {
    if (violation.kind() != db::ConstraintViolation::Kind::unique) return concurrent_modification();
    return {error_type::entity_already_exists,
            "The request was rejected because it attempted to create a resource that already exists."};
}

}  // namespace iamlocal::api
