#include "tools/template_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "policy/parse.hpp"
#include "tools/placed_text.hpp"
#include "tools/trim.hpp"

namespace iamlocal::tools {
namespace {

using yaml::Value;
using Json = nlohmann::ordered_json;

/// A name that leads to itself ends here.
constexpr std::size_t most_depth = 100;
/// Values refer to values: a small template can stand for much text.
constexpr std::size_t most_spent = std::size_t{16} << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 7> known{
    {{"AWS::AccountId", "123456789012"},
     {"AWS::Partition", "aws"},
     {"AWS::Region", "us-east-1"},
     {"AWS::StackId", "arn:aws:cloudformation:us-east-1:123456789012:stack/stack/00000000-0000-0000-0000-000000000000"},
     {"AWS::StackName", "stack"},
     {"AWS::URLSuffix", "amazonaws.com"},
     {"AWS::NotificationARNs", ""}}};

std::vector<std::string> split(std::string_view text, std::string_view by) {
    std::vector<std::string> parts;
    while (true) {
        const std::size_t end = by.empty() ? std::string_view::npos : text.find(by);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + by.size());
    }
}

PlainValue made_text(std::string text, const Place& place) {
    return {PlainValue::Kind::text, place, std::move(text), {}, {}};
}

PlainValue made_list(std::vector<PlainValue> items, const Place& place) {
    return {PlainValue::Kind::list, place, {}, std::move(items), {}};
}

void write(const PlainValue& value, PlacedText& out, bool first) {
    if (!first && value.place.line > 0) out.move_to(value.place.line - 1, value.place.column - 1);
    switch (value.kind) {
        case PlainValue::Kind::text:
            return out.raw(json_text(Json(value.text)));
        case PlainValue::Kind::list: {
            const char* before = "[";
            for (const PlainValue& item : value.items) {
                out.raw(std::exchange(before, ","));
                write(item, out, false);
            }
            return out.raw(value.items.empty() ? "[]" : "]");
        }
        case PlainValue::Kind::map: {
            const char* before = "{";
            for (const auto& [key, item] : value.entries) {
                out.raw(std::exchange(before, ","));
                write(key, out, false);
                out.raw(":");
                write(item, out, false);
            }
            return out.raw(value.entries.empty() ? "{}" : "}");
        }
        case PlainValue::Kind::absent:
        case PlainValue::Kind::null:
            return out.raw("null");
    }
}

/// What was somewhere else stands where it is used.
PlainValue moved(PlainValue value, const Place& place) {
    value.place = place;
    for (PlainValue& item : value.items) item = moved(std::move(item), place);
    for (auto& [key, item] : value.entries) {
        key.place = place;
        item = moved(std::move(item), place);
    }
    return value;
}

/// What only CloudFormation knows.
class UnknownValue : public InputError {
  public:
    using InputError::InputError;
};

[[noreturn]] void unknown(const Value& where, std::string_view message) { throw UnknownValue(where.place(), message); }

/// Counts how deep values lead to values.
class Depth {
  public:
    Depth(std::size_t& depth, const Value& where) : depth_(depth) {
        if (++depth_ > most_depth) {
            --depth_;
            where.refuse("refers to itself, or is nested too deep");
        }
    }
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

  private:
    std::size_t& depth_;
};

/// Sets a variable until the end of the scope.
template <class T>
class Restored {
  public:
    Restored(T& variable, T value) : variable_(variable), before_(std::exchange(variable, value)) {}
    ~Restored() { variable_ = before_; }
    Restored(const Restored&) = delete;
    Restored& operator=(const Restored&) = delete;

  private:
    T& variable_;
    T before_;
};

}  // namespace

/// A function and what stands behind it. Behind a tag (`!Sub`) that is the value itself.
struct TemplateValues::Call {
    std::string name;
    Value argument;
    bool tagged;
};

std::string PlainValue::json() const {
    PlacedText out;
    write(*this, out, true);
    return out.take();
}

TemplateValues::TemplateValues(Value root, const TemplateParameters& given) : root_(std::move(root)), given_(given) {}

std::optional<TemplateValues::Call> TemplateValues::find_call(const Value& value) {
    const std::string& tag = value.tag();
    if (tag.size() > 1 && tag.front() == '!' && tag[1] != '!') {
        const std::string name = tag.substr(1);
        return Call{name == "Ref" || name == "Condition" ? name : "Fn::" + name, value, true};
    }
    if (!value.is_map()) return std::nullopt;
    const auto entries = value.entries("a map");
    if (entries.size() != 1) return std::nullopt;
    const std::string name = entries.front().first.scalar("a key");
    if (name != "Ref" && !name.starts_with("Fn::")) return std::nullopt;
    return Call{name, entries.front().second, false};
}

bool TemplateValues::is_function(const Value& value) {
    const std::optional<Call> found = find_call(value);
    return found && found->name != "Fn::If";
}

PlainValue TemplateValues::work_out(const Value& value) { return plain(value); }

PlainValue TemplateValues::work_out(const Value& value, std::string_view stand_in, std::vector<std::string>& problems) {
    const Restored<StandIn> outer(stand_in_, {stand_in, &problems});
    return plain(value);
}

PlainValue TemplateValues::call_or_stand_in(const Call& call, const Value& value) {
    try {
        return this->call(call);
    } catch (const UnknownValue& error) {
        // Nobody knows which branch counts.
        if (!stand_in_.problems || call.name == "Fn::If") throw;
        stand_in_.problems->emplace_back(error.what());
        return made_text(std::string(stand_in_.text), value.place());
    }
}

PlainValue TemplateValues::text_at(std::string text, const Value& where) {
    spent_ += text.size() + 1;
    if (spent_ > most_spent || text.size() > policy::max_document_bytes) where.refuse("stands for too much text");
    return made_text(std::move(text), where.place());
}

PlainValue TemplateValues::plain(const Value& value) {
    const Depth guard(depth_, value);
    if (const std::optional<Call> found = find_call(value)) return call_or_stand_in(*found, value);
    PlainValue made;
    made.place = value.place();
    if (value.is_scalar()) return text_at(value.scalar("a value"), value);
    if (value.is_list()) {
        made.kind = PlainValue::Kind::list;
        for (const Value& item : value.items("a list"))
            if (PlainValue one = plain(item); one.kind != PlainValue::Kind::absent)
                made.items.push_back(std::move(one));
    } else if (value.is_map()) {
        made.kind = PlainValue::Kind::map;
        for (const auto& [key, item] : value.entries("a map"))
            if (PlainValue one = plain(item); one.kind != PlainValue::Kind::absent)
                made.entries.emplace_back(made_text(key.scalar("a key"), key.place()), std::move(one));
    } else {
        made.kind = PlainValue::Kind::null;
    }
    return made;
}

std::string TemplateValues::text_of(const Value& value) {
    PlainValue made = plain(value);
    if (made.kind != PlainValue::Kind::text) value.refuse("is no text");
    return std::move(made.text);
}

std::vector<PlainValue> TemplateValues::list_of(const Value& value) {
    PlainValue made = plain(value);
    if (stand_in_.problems && made.kind == PlainValue::Kind::text && made.text == stand_in_.text) return {made};
    if (made.kind != PlainValue::Kind::list) value.refuse("is no list");
    return std::move(made.items);
}

std::vector<Value> TemplateValues::arguments(const Call& call, std::size_t least, std::size_t most) const {
    std::vector<Value> items = call.argument.items(fmt::format("what {} is given", call.name));
    if (items.size() < least || items.size() > most)
        call.argument.refuse(fmt::format("{} is given {} values", call.name, items.size()));
    return items;
}

PlainValue TemplateValues::call(const Call& call) {
    const Value& where = call.argument;
    const std::string& name = call.name;
    if (name == "Ref") return reference(where.text("what Ref names"), where);
    if (name == "Fn::Sub") return substitute(call);
    if (name == "Fn::Select") return select(call);
    if (name == "Fn::FindInMap") return find_in_map(call);
    if (name == "Fn::GetAtt") {
        const Restored<StandIn> strict(stand_in_, {});
        if (where.is_list()) {
            const std::vector<Value> items = arguments(call, 2, 2);
            return attribute(text_of(items[0]), text_of(items[1]), where);
        }
        const std::string both = where.text("what Fn::GetAtt names");
        const std::size_t dot = both.find('.');
        if (dot == std::string::npos) where.refuse("Fn::GetAtt names a resource and an attribute: RESOURCE.ATTRIBUTE");
        return attribute(both.substr(0, dot), both.substr(dot + 1), where);
    }
    if (name == "Fn::If") {
        const std::vector<Value> items = arguments(call, 3, 3);
        return plain(items[holds(items[0].text("a condition"), items[0]) ? 1 : 2]);
    }
    if (name == "Fn::Join") {
        const std::vector<Value> items = arguments(call, 2, 2);
        const std::string between = items[0].scalar("what Fn::Join puts between");
        std::string joined;
        bool first = true;
        for (const PlainValue& part : list_of(items[1])) {
            if (part.kind != PlainValue::Kind::text) items[1].refuse("Fn::Join joins texts");
            if (!std::exchange(first, false)) joined.append(between);
            joined.append(part.text);
        }
        return text_at(std::move(joined), where);
    }
    if (name == "Fn::Split") {
        const Restored<StandIn> strict(stand_in_, {});
        const std::vector<Value> items = arguments(call, 2, 2);
        std::vector<PlainValue> parts;
        for (std::string& part : split(text_of(items[1]), items[0].text("where Fn::Split splits")))
            parts.push_back(text_at(std::move(part), where));
        return made_list(std::move(parts), where.place());
    }
    if (name == "Fn::GetAZs") {
        std::vector<PlainValue> zones;
        for (const char zone : {'a', 'b', 'c'}) zones.push_back(text_at(place().region + zone, where));
        return made_list(std::move(zones), where.place());
    }
    if (name == "Fn::ImportValue") {
        const Restored<StandIn> strict(stand_in_, {});
        std::string wanted;
        if (where.is_scalar()) {
            wanted = where.scalar("an import");
        } else {
            wanted = text_of(where);
        }
        if (const auto given = given_.find(wanted); given != given_.end()) return text_at(given->second, where);
        unknown(where, fmt::format("Fn::ImportValue '{0}' cannot be resolved: another stack knows it. Give it a value: "
                                   "--parameter {0}=VALUE (in a suite: under parameters)",
                                   wanted));
    }
    unknown(where, fmt::format("{} cannot be resolved: it is not among those that a template alone answers", name));
}

std::optional<std::string> TemplateValues::known_by_aws(std::string_view name) const {
    if (const auto given = given_.find(name); given != given_.end()) return given->second;
    for (const auto& [own, value] : known)
        if (own == name) return std::string(value);
    return std::nullopt;
}

StackPlace TemplateValues::place() const {
    return {known_by_aws("AWS::Partition").value(), known_by_aws("AWS::Region").value(),
            known_by_aws("AWS::AccountId").value()};
}

PlainValue TemplateValues::parameter(const std::string& name, const Value& declared, const Value& where) {
    const std::optional<Value> type = declared.find("Type");
    const std::string kind = type && type->is_scalar() ? type->scalar("a type") : "String";
    std::optional<std::string> value;
    if (const auto given = given_.find(name); given != given_.end()) {
        value = given->second;
    } else if (kind.starts_with("AWS::SSM::")) {
        unknown(where,
                fmt::format("the parameter '{0}' cannot be resolved: its value is in Parameter Store. Give it one: "
                            "--parameter {0}=VALUE (in a suite: under parameters)",
                            name));
    } else if (const auto usual = declared.find("Default")) {
        value = usual->is_null() ? std::string() : usual->scalar("a default");
    } else if (const auto allowed = declared.find("AllowedValues"); allowed && allowed->is_list()) {
        const std::vector<Value> values = allowed->items("the allowed values");
        if (!values.empty()) value = values.front().scalar("an allowed value");
    }
    if (!value)
        unknown(where, fmt::format("the parameter '{0}' cannot be resolved: it has no default. Give it a value: "
                                   "--parameter {0}=VALUE (in a suite: under parameters)",
                                   name));
    if (kind != "CommaDelimitedList" && !kind.starts_with("List<")) return text_at(*value, where);
    std::vector<PlainValue> items;
    for (const std::string& item : split(*value, ",")) items.push_back(text_at(std::string(trim(item)), where));
    return made_list(std::move(items), where.place());
}

StackResource TemplateValues::resource(const std::string& name, const Value& declared) {
    const Restored<StandIn> strict(stand_in_, {});
    StackResource found;
    if (const auto type = declared.find("Type"); type && type->is_scalar()) found.type = type->scalar("a type");
    const std::optional<Value> properties = declared.find("Properties");
    found.path = "/";
    if (properties && found.type.starts_with("AWS::IAM::"))
        if (const auto path = properties->find("Path")) found.path = text_of(*path);
    if (!found.path.starts_with('/')) found.path.insert(0, "/");
    std::string& made = names_[name];
    if (made.empty()) {
        std::string chosen = found.type == "AWS::S3::Bucket" ? fold_case(name) : name;
        const std::string property = naming_property(found.type);
        if (const auto given = properties && !property.empty() ? properties->find(property) : std::nullopt)
            if (PlainValue value = plain(*given); value.kind == PlainValue::Kind::text) chosen = std::move(value.text);
        constexpr std::string_view scheme = "https://";
        if (chosen.starts_with(scheme)) chosen.erase(0, scheme.size());
        made = chosen;
    }
    found.name = made;
    return found;
}

PlainValue TemplateValues::reference(const std::string& name, const Value& where) {
    const Depth guard(depth_, where);
    if (name == "AWS::NoValue") return {};
    const std::optional<Value> parameters = root_.find("Parameters");
    if (const auto declared = parameters ? parameters->find(name) : std::nullopt)
        return parameter(name, *declared, where);
    if (name == "AWS::NotificationARNs") return made_list({}, where.place());
    if (const auto value = known_by_aws(name)) return text_at(*value, where);
    const std::optional<Value> resources = root_.find("Resources");
    const auto declared = resources ? resources->find(name) : std::nullopt;
    if (!declared)
        unknown(where, fmt::format("Ref '{}' cannot be resolved: there is no such parameter or resource{}", name,
                                   name.find(':') == std::string::npos || name.starts_with("AWS::")
                                       ? ""
                                       : ". A variable of the policy is written ${!" + name + "} in Fn::Sub"));
    if (const auto value = resource_reference(resource(name, *declared), place())) return text_at(*value, where);
    unknown(where, fmt::format("Ref '{0}' cannot be resolved: only CloudFormation knows what it is. Give it a value: "
                               "--parameter {0}=VALUE (in a suite: under parameters)",
                               name));
}

PlainValue TemplateValues::attribute(const std::string& name, const std::string& attribute, const Value& where) {
    const Depth guard(depth_, where);
    const std::string both = fmt::format("{}.{}", name, attribute);
    if (const auto given = given_.find(both); given != given_.end()) return text_at(given->second, where);
    const std::optional<Value> resources = root_.find("Resources");
    const auto declared = resources ? resources->find(name) : std::nullopt;
    if (!declared)
        unknown(where, fmt::format("Fn::GetAtt '{}' cannot be resolved: there is no resource '{}'", both, name));
    if (const auto value = resource_attribute(resource(name, *declared), attribute, place()))
        return text_at(*value, where);
    unknown(where, fmt::format("Fn::GetAtt '{0}' cannot be resolved: only CloudFormation knows it. Give it a value: "
                               "--parameter {0}=VALUE (in a suite: under parameters)",
                               both));
}

PlainValue TemplateValues::substitute(const Call& call) {
    Value text = call.argument;
    std::optional<Value> own;
    if (call.argument.is_list()) {
        const std::vector<Value> items = arguments(call, 1, 2);
        text = items.front();
        if (items.size() == 2) own = items.back();
    }
    const std::string whole = text.scalar("the text of Fn::Sub");
    std::string made;
    for (std::string_view rest = whole; !rest.empty();) {
        const std::size_t start = rest.find("${");
        const std::size_t end = start == std::string_view::npos ? start : rest.find('}', start);
        made.append(rest.substr(0, end == std::string_view::npos ? end : start));
        if (end == std::string_view::npos) break;
        const std::string name(trim(rest.substr(start + 2, end - start - 2)));
        rest.remove_prefix(end + 1);
        if (name.starts_with('!')) {
            made.append("${").append(name.substr(1)).append("}");
            continue;
        }
        const auto given = own ? own->find(name) : std::nullopt;
        const std::size_t dot = name.find('.');
        PlainValue value;
        if (given) {
            value = plain(*given);
        } else if (dot != std::string::npos && name.find(':') == std::string::npos) {
            value = attribute(name.substr(0, dot), name.substr(dot + 1), text);
        } else {
            value = reference(name, text);
        }
        if (value.kind != PlainValue::Kind::text) text.refuse(fmt::format("'{}' in Fn::Sub is no text", name));
        made.append(value.text);
        if (made.size() > policy::max_document_bytes) text.refuse("stands for too much text");
    }
    return text_at(std::move(made), call.argument);
}

PlainValue TemplateValues::select(const Call& call) {
    const Restored<StandIn> strict(stand_in_, {});
    const std::vector<Value> items = arguments(call, 2, 2);
    const std::string number = text_of(items[0]);
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
    std::vector<PlainValue> list = list_of(items[1]);
    if (error != std::errc{} || end != number.data() + number.size() || index >= list.size())
        call.argument.refuse(fmt::format("Fn::Select: the list has no item '{}'", number));
    return moved(std::move(list[index]), call.argument.place());
}

PlainValue TemplateValues::find_in_map(const Call& call) {
    const Restored<StandIn> strict(stand_in_, {});
    const std::vector<Value> items = arguments(call, 3, 4);
    std::optional<Value> found = root_.find("Mappings");
    std::string keys;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string key = text_of(items[i]);
        keys += (i == 0 ? "" : ".") + key;
        if (found) found = found->find(key);
    }
    if (!found && items.size() == 4) found = items[3].find("DefaultValue");
    if (!found)
        unknown(call.argument, fmt::format("Fn::FindInMap '{}' cannot be resolved: there is no such mapping", keys));
    return moved(plain(*found), call.argument.place());
}

bool TemplateValues::holds(const std::string& condition, const Value& where) {
    const Depth guard(depth_, where);
    if (++spent_ > most_spent) where.refuse("takes too long to work out");
    const std::optional<Value> conditions = root_.find("Conditions");
    const auto declared = conditions ? conditions->find(condition) : std::nullopt;
    if (!declared) where.refuse(fmt::format("there is no condition '{}'", condition));
    return test(*declared);
}

bool TemplateValues::test(const Value& condition) {
    const Restored<StandIn> strict(stand_in_, {});
    const Depth guard(depth_, condition);
    if (const auto named = condition.find("Condition")) return holds(named->text("a condition"), *named);
    const std::optional<Call> found = find_call(condition);
    if (!found) condition.refuse("is no condition");
    const std::string& name = found->name;
    if (name == "Condition") return holds(condition.text("a condition"), condition);
    if (name == "Fn::Equals") {
        const std::vector<Value> items = arguments(*found, 2, 2);
        return moved(plain(items[0]), {}).json() == moved(plain(items[1]), {}).json();
    }
    const std::vector<Value> items = arguments(*found, 1, 10);
    const auto holds_one = [this](const Value& one) { return test(one); };
    if (name == "Fn::Not") return !test(items.front());
    if (name == "Fn::And") return std::all_of(items.begin(), items.end(), holds_one);
    if (name == "Fn::Or") return std::any_of(items.begin(), items.end(), holds_one);
    condition.refuse(fmt::format("{} is no condition that a template alone answers", name));
}

Value TemplateValues::branch_of(Value value) {
    for (std::optional<Call> found = find_call(value); found && found->name == "Fn::If"; found = find_call(value)) {
        const std::vector<Value> items = arguments(*found, 3, 3);
        value = items[holds(items[0].text("a condition"), items[0]) ? 1 : 2];
    }
    return value;
}

}  // namespace iamlocal::tools
