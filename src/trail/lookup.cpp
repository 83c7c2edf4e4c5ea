#include "trail/lookup.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"

namespace iamlocal::trail {
namespace {

using Attribute = LookupQuery::Attribute;

constexpr std::size_t most_events = 50;
constexpr std::size_t most_value = 2000;
constexpr std::chrono::days kept{90};
constexpr std::int64_t first_second = -62135596800;  // of the year 1
constexpr std::int64_t last_second = 253402300799;   // of the year 9999

constexpr std::array attributes = {
    std::pair{std::string_view("EventId"), Attribute::event_id},
    std::pair{std::string_view("EventName"), Attribute::event_name},
    std::pair{std::string_view("ReadOnly"), Attribute::read_only},
    std::pair{std::string_view("Username"), Attribute::user_name},
    std::pair{std::string_view("ResourceType"), Attribute::resource_type},
    std::pair{std::string_view("ResourceName"), Attribute::resource_name},
    std::pair{std::string_view("EventSource"), Attribute::event_source},
    std::pair{std::string_view("AccessKeyId"), Attribute::access_key_id},
};

ApiError error(std::string_view type, std::string message) { return {ErrorType{type, 400}, std::move(message)}; }
ApiError unreadable(std::string message) { return error("SerializationException", std::move(message)); }
ApiError bad_attribute(std::string message) { return error("InvalidLookupAttributesException", std::move(message)); }
ApiError bad_token() { return error("InvalidNextTokenException", "The token is not valid for this request."); }

/// In characters. AWS's page has those count twice that are told here, and `_`, of which AWS was seen to take 1,001.
std::size_t length_of(std::string_view value) {
    std::size_t length = 0;
    for (const char c : value) {
        if ((static_cast<unsigned char>(c) & 0xc0) == 0x80) continue;
        length += c == ' ' || c == ',' || c == '\n' ? 2 : 1;
    }
    return length;
}

void read_attribute(LookupQuery& query, const Json& list) {
    if (!list.is_array()) throw unreadable("LookupAttributes is a list.");
    if (list.empty()) return;
    if (list.size() > 1) throw bad_attribute("One lookup attribute can be given at a time.");
    const Json& item = list.front();
    const auto text = [&](const char* name) -> std::string {
        if (!item.is_object() || !item.contains(name))
            throw bad_attribute(fmt::format("A lookup attribute has no {}.", name));
        if (!item[name].is_string()) throw unreadable(fmt::format("{} is a text.", name));
        return item[name].get<std::string>();
    };
    const std::string key = text("AttributeKey");
    std::string value = text("AttributeValue");
    const auto* const found =
        std::find_if(attributes.begin(), attributes.end(), [&](const auto& known) { return known.first == key; });
    if (found == attributes.end()) throw bad_attribute(fmt::format("{} is no lookup attribute.", key));
    if (const std::size_t length = length_of(value); length < 1 || length > most_value)
        throw bad_attribute(fmt::format("The value of a lookup attribute has 1 to {} characters.", most_value));
    if (found->second == Attribute::read_only && value != "true" && value != "false")
        throw bad_attribute("The value of ReadOnly is true or false.");
    query.attribute.emplace(found->second, std::move(value));
}

std::optional<Seconds> read_time(const Json& body, const char* name, double (*round)(double)) {
    if (!body.contains(name) || body[name].is_null()) return std::nullopt;
    if (!body[name].is_number()) throw unreadable(fmt::format("{} is a number of seconds.", name));
    const double seconds = round(body[name].get<double>());
    if (!(seconds >= static_cast<double>(first_second) && seconds <= static_cast<double>(last_second)))
        throw error("InvalidTimeRangeException", fmt::format("{} is outside of the range of possible values.", name));
    return Seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

void read_times(LookupQuery& query, const Json& body, Instant now) {
    // Events have whole seconds: the first one at or after the start, and the last one at or before the end.
    query.start = read_time(body, "StartTime", [](double value) { return std::ceil(value); });
    query.end = read_time(body, "EndTime", [](double value) { return std::floor(value); });
    if (query.start && *query.start > whole_seconds(now))
        throw error("InvalidTimeRangeException", "The start time is in the future.");
    if (query.start && query.end && *query.start > *query.end)
        throw error("InvalidTimeRangeException", "The start time is after the end time.");
}

void read_limit(LookupQuery& query, const Json& body) {
    if (!body.contains("MaxResults") || body["MaxResults"].is_null()) return;
    const Json& value = body["MaxResults"];
    if (!value.is_number_integer()) throw unreadable("MaxResults is a number.");
    const bool fits = value >= 1 && value <= most_events;
    if (!fits) throw error("InvalidMaxResultsException", fmt::format("MaxResults is from 1 to {}.", most_events));
    query.most = value.get<std::size_t>();
}

std::string digest_of(const LookupQuery& query, const LookupScope& scope) {
    const auto seconds = [](const std::optional<Seconds>& at) {
        return at ? std::to_string(at->time_since_epoch().count()) : std::string("-");
    };
    const Json all = {scope.account.str(),
                      scope.region,
                      seconds(query.start),
                      seconds(query.end),
                      query.insights,
                      query.attribute ? static_cast<int>(query.attribute->first) : -1,
                      query.attribute ? query.attribute->second : std::string()};
    const Digest digest = sha256(json_text(all));
    return hex_encode(std::span(digest).first(16));
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end == text.data() + text.size() || *end != ':') return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
    return true;
}

std::string token_of(const Record& last, const LookupQuery& query) {
    const Event& event = last.event();
    return base64_encode(as_bytes(
        fmt::format("{}:{}:{}:{}", event.time.time_since_epoch().count(), event.sequence, last.id(), query.digest)));
}

/// Begins with what no number begins with.
constexpr std::string_view of_file = "f";

std::string token_of(const Archive::Place& place, const LookupQuery& query) {
    return base64_encode(as_bytes(fmt::format("{}{}:{}:{}:{}:{}", of_file, place.file.written, place.passed,
                                              place.file.minute, place.file.name, query.digest)));
}

/// Takes what stands before a colon; a text without one has no such part.
std::optional<std::string> take_part(std::string_view& text) {
    const std::size_t colon = text.find(':');
    if (colon == text.npos) return std::nullopt;
    std::string part(text.substr(0, colon));
    text.remove_prefix(colon + 1);
    return part;
}

/// What token_of() of a place in the files begins with.
bool take_place(std::string_view& text, Archive::Place& place) {
    if (!take_number(text, place.file.written) || !take_number(text, place.passed)) return false;
    auto minute = take_part(text);
    auto name = minute ? take_part(text) : std::nullopt;
    if (!name) return false;
    place.file.minute = *std::move(minute);
    place.file.name = *std::move(name);
    return true;
}

void read_token(LookupQuery& query, const Json& body) {
    if (!body.contains("NextToken") || body["NextToken"].is_null()) return;
    if (!body["NextToken"].is_string()) throw unreadable("NextToken is a text.");
    const auto decoded = base64_decode(body["NextToken"].get_ref<const std::string&>());
    if (!decoded) throw bad_token();
    std::string_view text(*decoded);
    if (text.starts_with(of_file)) {
        text.remove_prefix(of_file.size());
        Archive::Place place;
        if (!take_place(text, place) || text != query.digest) throw bad_token();
        query.from = std::move(place);
        return;
    }
    LookupQuery::Shown& after = query.after.emplace();
    if (!take_number(text, after.place.first) || !take_number(text, after.place.second)) throw bad_token();
    auto id = take_part(text);
    if (!id || text != query.digest) throw bad_token();
    after.id = *std::move(id);
}

/// Whether the record is one of those that are asked for. Cheap attributes are compared without making the record.
template <class AnyRecord>
bool fits(const AnyRecord& record, const LookupQuery& query) {
    if (!query.attribute) return true;
    const auto& [attribute, value] = *query.attribute;
    switch (attribute) {
        case Attribute::event_id:
            return record.id() == value;
        case Attribute::event_name:
            return record.name() == value;
        case Attribute::read_only:
            return (value == "true") == record.is_read();
        case Attribute::user_name:
            return record.user_name() == value;
        case Attribute::event_source:
            return record.source() == value;
        case Attribute::access_key_id:
            return record.access_key_id() == value;
        case Attribute::resource_type:
        case Attribute::resource_name:
            break;
    }
    const std::vector<NamedResource> resources = record.resources();
    const bool by_type = attribute == Attribute::resource_type;
    return std::any_of(resources.begin(), resources.end(), [by_type, &value = value](const NamedResource& resource) {
        return by_type ? resource.type == value : resource.name == value;
    });
}

bool is_in_time(Seconds at, const LookupQuery& query) {
    return (!query.start || at >= *query.start) && (!query.end || at <= *query.end);
}

using Place = std::pair<std::int64_t, std::uint64_t>;

Place place_of(const Record& record) {
    return {record.event().time.time_since_epoch().count(), record.event().sequence};
}

Seconds time_of(const Place& place) { return whole_seconds(Instant(Instant::duration(place.first))); }

template <class AnyRecord>
Json shown(const AnyRecord& record) {
    Json out = {
        {"EventId", record.id()}, {"EventName", record.name()}, {"ReadOnly", record.is_read() ? "true" : "false"}};
    if (const auto key = record.access_key_id(); !key.empty()) out["AccessKeyId"] = key;
    out["EventTime"] = record.time().time_since_epoch().count();
    out["EventSource"] = record.source();
    if (std::string name = record.user_name(); !name.empty()) out["Username"] = std::move(name);
    Json& resources = out["Resources"] = Json::array();
    for (const NamedResource& resource : record.resources())
        resources.push_back({{"ResourceType", resource.type}, {"ResourceName", resource.name}});
    out["CloudTrailEvent"] = record.text();
    return out;
}

std::vector<Record> records_in_memory(const Trail& trail, const LookupScope& scope) {
    std::vector<Record> found;
    for (const EventPtr& event : trail.all())
        for (Record& record : Record::of(event))
            if (record.account() == scope.account.view() && record.region() == scope.region)
                found.push_back(std::move(record));
    return found;
}

/// Fills the page up. `ids`: of the records that memory still has.
void add_from_files(Json& answer, const Archive& archive, const std::unordered_set<std::string>& ids,
                    const LookupQuery& query, const LookupScope& scope) {
    const Seconds oldest = whole_seconds(scope.now - kept);
    // Where the event that the page before has ended with is in the files by now, so are those before it.
    bool is_behind = !query.after || ids.contains(query.after->id);
    const auto was_shown = [&](const FiledRecord& record) {
        if (is_behind) return ids.contains(std::string(record.id()));
        is_behind = record.id() == query.after->id || record.time() < time_of(query.after->place);
        return record.time() >= time_of(query.after->place) || ids.contains(std::string(record.id()));
    };
    Json& events = answer["Events"];
    const auto end = archive.read({.account = scope.account,
                                   .region = scope.region,
                                   .oldest = std::max(oldest, query.start.value_or(oldest)),
                                   .from = query.from},
                                  [&](const FiledRecord& record) {
                                      if (was_shown(record) || record.time() < oldest ||
                                          !is_in_time(record.time(), query) || !fits(record, query))
                                          return true;
                                      if (events.size() == query.most) return false;
                                      events.push_back(shown(record));
                                      return true;
                                  });
    if (end) answer["NextToken"] = token_of(*end, query);
}

}  // namespace

std::variant<LookupQuery, ApiError> LookupQuery::parse(std::string_view body, const LookupScope& scope) {
    try {
        const Json parsed = body.empty() ? Json::object() : Json::parse(body, nullptr, false);
        if (!parsed.is_object()) throw unreadable("The body is no JSON object.");
        LookupQuery query;
        if (parsed.contains("LookupAttributes") && !parsed["LookupAttributes"].is_null())
            read_attribute(query, parsed["LookupAttributes"]);
        read_times(query, parsed, scope.now);
        read_limit(query, parsed);
        if (parsed.contains("EventCategory") && !parsed["EventCategory"].is_null()) {
            if (!parsed["EventCategory"].is_string()) throw unreadable("EventCategory is a text.");
            if (parsed["EventCategory"] != "insight")
                throw error("InvalidEventCategoryException", "The only event category to ask for is insight.");
            query.insights = true;
        }
        query.digest = digest_of(query, scope);
        read_token(query, parsed);
        return query;
    } catch (const ApiError& refused) {
        return refused;
    }
}

std::string look_up(const Trail& trail, const Archive* archive, const LookupQuery& query, const LookupScope& scope) {
    Json answer = {{"Events", Json::array()}};
    if (query.insights) return json_text(answer);
    std::vector<Record> present = records_in_memory(trail, scope);
    std::unordered_set<std::string> ids;
    if (archive != nullptr)
        for (const Record& record : present) ids.insert(record.id());
    std::erase_if(present, [&](const Record& record) {
        return query.from || record.event().time < scope.now - kept || !is_in_time(record.time(), query) ||
               (query.after && place_of(record) >= query.after->place) || !fits(record, query);
    });
    std::sort(present.begin(), present.end(),
              [](const Record& a, const Record& b) { return place_of(b) < place_of(a); });
    const std::size_t shown_here = std::min(present.size(), query.most);
    for (std::size_t i = 0; i < shown_here; ++i) answer["Events"].push_back(shown(present[i]));
    if (present.size() > query.most)
        answer["NextToken"] = token_of(present[query.most - 1], query);
    else if (archive != nullptr)
        add_from_files(answer, *archive, ids, query, scope);
    return json_text(answer);
}

}  // namespace iamlocal::trail
