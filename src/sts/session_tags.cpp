#include "sts/session_tags.hpp"

#include <algorithm>

#include "api/tags.hpp"
#include "base/encoding.hpp"
#include "sts/errors.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

ApiError invalid_parameter(const char* message) { return {error_type::invalid_parameter_value, message}; }

bool has_key(const std::vector<store::Tag>& tags, std::string_view key) {
    return std::any_of(tags.begin(), tags.end(), [&](const auto& tag) { return equals_ignoring_case(tag.key, key); });
}

bool contains(const std::vector<std::string>& keys, std::string_view key) {
    return std::any_of(keys.begin(), keys.end(), [&](const auto& other) { return equals_ignoring_case(other, key); });
}

}  // namespace

void describe_session_tags(protocol::Fields& f, std::vector<store::Tag>& tags) {
    f.list("Tags", protocol::Presence::optional, tags, shape::tags, [](store::Tag& tag, protocol::Fields& fields) {
        fields.required("Key", tag.key, shape::tag_key);
        fields.required("Value", tag.value, shape::tag_value);
    });
}

SessionTags session_tags(const auth::SessionClaims* calling, const std::vector<store::Tag>& given,
                         const std::vector<std::string>& transitive_keys) {
    SessionTags tags;
    if (calling != nullptr) {
        tags.transitive = calling->transitive_tag_keys;
        for (const auto& [key, value] : calling->tags)
            if (contains(tags.transitive, key)) tags.all.push_back({key, value});
    }
    for (const std::string& key : transitive_keys)
        if (!has_key(given, key))
            throw invalid_parameter("The specified transitive tag key must be included in the requested tags.");
    std::vector<store::Tag> seen;
    for (const store::Tag& tag : given) {
        if (api::has_reserved_prefix(tag.key))
            throw invalid_parameter("Tag keys beginning with aws: are reserved for system use.");
        if (has_key(seen, tag.key))
            throw invalid_parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        if (contains(tags.transitive, tag.key))
            throw invalid_parameter(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                "from the calling session.");
        seen.push_back(tag);
    }
    tags.all.insert(tags.all.end(), given.begin(), given.end());
    tags.transitive.insert(tags.transitive.end(), transitive_keys.begin(), transitive_keys.end());
    return tags;
}

}  // namespace iamlocal::sts
