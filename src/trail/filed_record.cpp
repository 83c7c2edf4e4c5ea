#include "trail/filed_record.hpp"

#include <utility>

#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "trail/resources.hpp"

namespace iamlocal::trail {
namespace {

/// The member, or null where there is none.
const Json& member_of(const Json& object, std::string_view name) {
    static const Json none;
    if (!object.is_object()) return none;
    const auto found = object.find(name);
    return found == object.end() ? none : *found;
}

/// Empty where there is no such text. The view lives as long as the object.
std::string_view text_member(const Json& object, std::string_view name) {
    const Json& found = member_of(object, name);
    return found.is_string() ? std::string_view(found.get_ref<const std::string&>()) : std::string_view();
}

constexpr int deepest = 64;

bool is_true(const Json& value) { return value.is_boolean() && value.get<bool>(); }

}  // namespace

std::vector<FiledRecord> FiledRecord::of(std::string_view file) {
    // Writing JSON takes stack for each level; records have few.
    const auto is_shallow = [](int depth, Json::parse_event_t, const Json&) { return depth < deepest; };
    Json parsed = Json::parse(file, is_shallow, false);
    std::vector<FiledRecord> records;
    if (!parsed.is_object() || !parsed.contains("Records") || !parsed["Records"].is_array()) return records;
    for (Json& json : parsed["Records"]) {
        const auto time = parse_iso8601(text_member(json, "eventTime"));
        if (!time || text_member(json, "eventID").empty() || text_member(json, "eventName").empty()) continue;
        records.push_back(FiledRecord(std::move(json), whole_seconds(*time)));
    }
    return records;
}

std::string_view FiledRecord::id() const { return text_member(json_, "eventID"); }

std::string_view FiledRecord::name() const { return text_member(json_, "eventName"); }

std::string_view FiledRecord::source() const { return text_member(json_, "eventSource"); }

bool FiledRecord::is_read() const { return is_true(member_of(json_, "readOnly")); }

std::string_view FiledRecord::access_key_id() const {
    return text_member(member_of(json_, "userIdentity"), "accessKeyId");
}

std::string FiledRecord::user_name() const {
    const Json& identity = member_of(json_, "userIdentity");
    const std::string_view type = text_member(identity, "type");
    if (type == "Root") return "root";
    if (type == "AWSAccount" || type == "AWSService") return {};
    if (type != "AssumedRole" && type != "FederatedUser") return std::string(text_member(identity, "userName"));
    const std::string_view id = text_member(identity, "principalId");
    return std::string(id.substr(id.find(':') + 1));
}

std::vector<NamedResource> FiledRecord::resources() const {
    if (!member_of(json_, "errorCode").is_null()) return {};
    return named_resources(RecordedCall{name(), is_read(), source() == "iam.amazonaws.com",
                                        member_of(json_, "requestParameters"), member_of(json_, "responseElements")});
}

std::string FiledRecord::text() const { return json_text(json_); }

}  // namespace iamlocal::trail
