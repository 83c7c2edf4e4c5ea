#include "protocol/input_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "base/encoding.hpp"

namespace iamlocal::protocol {
namespace {

/// Characters, not bytes: lengths in AWS's model count what a person sees.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// `UserName` is `userName` in messages; only the first letter changes (`SAMLMetadataDocument` becomes
/// `sAMLMetadataDocument`).
std::string lower_first(const char* name) {
    std::string out(name);
    out[0] = fold_case(out[0]);
    return out;
}

bool is_value_of(std::span<const char* const> values, std::string_view text) {
    return std::any_of(values.begin(), values.end(), [&](const char* value) { return text == value; });
}

}  // namespace

std::string_view InputReader::wire_name(const char* name) {
    if (prefix_.empty()) return name;
    name_buffer_.assign(prefix_).append(name);
    return name_buffer_;
}

std::string InputReader::path_of(const char* name) const { return path_prefix_ + lower_first(name); }

void InputReader::violation(const char* name, std::string_view value, std::string_view constraint) {
    if (violation_count_++ > 0) violations_.append("; ");
    violations_.append("Value");
    if (show_values_ == ShowValues::yes) violations_.append(" '").append(value).append("'");
    violations_.append(" at '").append(path_of(name)).append("' failed to satisfy constraint: ").append(constraint);
}

void InputReader::missing(const char* name, Presence presence) {
    if (presence == Presence::optional) return;
    if (violation_count_++ > 0) violations_.append("; ");
    violations_.append("Value null at '").append(path_of(name));
    violations_.append("' failed to satisfy constraint: Member must not be null");
}

void InputReader::check(const char* name, std::string_view value, const TextRule& rule) {
    if (!rule.values.empty() && !is_value_of(rule.values, value)) {
        std::string constraint = "Member must satisfy enum value set";
        if (show_values_ == ShowValues::yes) {
            constraint.append(": [");
            for (std::size_t i = 0; i < rule.values.size(); ++i)
                constraint.append(i == 0 ? "" : ", ").append(rule.values[i]);
            constraint.append("]");
        }
        violation(name, value, constraint);
        return;
    }
    if (rule.matches != nullptr && !rule.matches(value)) {
        if (rule.entity_name && !value.empty()) {
            if (bad_name_.empty())
                bad_name_ = fmt::format(
                    "The specified value for {} is invalid. It must contain only alphanumeric characters and/or the "
                    "following: +=,.@_-",
                    path_of(name));
        } else {
            violation(name, value, fmt::format("Member must satisfy regular expression pattern: {}", rule.pattern));
        }
    }
    const std::size_t length = length_of(value);
    if (length < rule.min)
        violation(name, value, fmt::format("Member must have length greater than or equal to {}", rule.min));
    if (length > rule.max)
        violation(name, value, fmt::format("Member must have length less than or equal to {}", rule.max));
}

void InputReader::check_length(const char* name, std::size_t length, const ListRule& rule) {
    if (length < rule.min)
        violation(name, "[]", fmt::format("Member must have length greater than or equal to {}", rule.min));
    if (length > rule.max)
        violation(name, "[]", fmt::format("Member must have length less than or equal to {}", rule.max));
}

void InputReader::text(const char* name, Presence presence, const TextRule& rule, Slot<std::string_view> slot) {
    const std::optional<std::string_view> value = parameters_.find(wire_name(name));
    if (!value) return missing(name, presence);
    check(name, *value, rule);
    slot.set(slot.target, *value);
}

void InputReader::integer(const char* name, Presence presence, const NumberRule& rule, Slot<std::int64_t> slot) {
    const std::optional<std::string_view> value = parameters_.find(wire_name(name));
    if (!value) return missing(name, presence);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    if (error != std::errc{} || end != value->data() + value->size() || number < INT32_MIN || number > INT32_MAX) {
        if (bad_encoding_.empty())
            bad_encoding_ = fmt::format("Value '{}' at '{}' is not a valid integer", *value, path_of(name));
        return;
    }
    if (rule.min && number < *rule.min)
        violation(name, *value, fmt::format("Member must have value greater than or equal to {}", *rule.min));
    if (rule.max && number > *rule.max)
        violation(name, *value, fmt::format("Member must have value less than or equal to {}", *rule.max));
    slot.set(slot.target, number);
}

void InputReader::boolean(const char* name, Presence presence, Slot<bool> slot) {
    const std::optional<std::string_view> value = parameters_.find(wire_name(name));
    if (!value) return missing(name, presence);
    if (equals_ignoring_case(*value, "true")) return slot.set(slot.target, true);
    if (equals_ignoring_case(*value, "false")) return slot.set(slot.target, false);
    if (bad_encoding_.empty())
        bad_encoding_ = fmt::format("Value '{}' at '{}' is not a valid boolean", *value, path_of(name));
}

void InputReader::text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                            Slot<std::string_view> append) {
    const std::string prefix = std::string(wire_name(name)) + ".member.";
    const std::vector<unsigned> indices = parameters_.indices(prefix);
    if (indices.empty()) {
        // `Tags=` is how clients send an empty list.
        if (!parameters_.find(wire_name(name))) return missing(name, presence);
        return check_length(name, 0, rule);
    }
    check_length(name, indices.size(), rule);
    std::string shown = "[";
    bool broken = false;
    for (const unsigned index : indices) {
        const std::string_view value = parameters_.find(fmt::format("{}{}", prefix, index)).value_or("");
        if (shown.size() > 1) shown.append(", ");
        shown.append(value);
        const std::size_t length = length_of(value);
        broken = broken || length < item.min || length > item.max ||
                 (item.matches != nullptr && !item.matches(value)) ||
                 (!item.values.empty() && !is_value_of(item.values, value));
        append.set(append.target, value);
    }
    if (!broken) return;
    // A broken item is reported at the list, with all the rules of its items.
    std::string rules;
    const auto add = [&](const std::string& text) { rules.append(rules.empty() ? "" : ", ").append(text); };
    if (item.max != unlimited) add(fmt::format("Member must have length less than or equal to {}", item.max));
    if (item.min > 0) add(fmt::format("Member must have length greater than or equal to {}", item.min));
    if (item.pattern != nullptr) add(fmt::format("Member must satisfy regular expression pattern: {}", item.pattern));
    if (!item.values.empty()) add("Member must satisfy enum value set");
    add("Member must not be null");
    violation(name, shown + "]", fmt::format("Member must satisfy constraint: [{}]", rules));
}

void InputReader::structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) {
    const std::string prefix = std::string(wire_name(name)) + ".member.";
    const std::vector<unsigned> indices = parameters_.indices(prefix);
    if (indices.empty()) {
        if (!parameters_.find(wire_name(name))) return missing(name, presence);
        return check_length(name, 0, rule);
    }
    check_length(name, indices.size(), rule);
    const std::string outer_prefix = prefix_;
    const std::string outer_path = path_prefix_;
    const std::string path = path_of(name);
    unsigned position = 0;
    for (const unsigned index : indices) {
        prefix_ = fmt::format("{}{}.", prefix, index);
        path_prefix_ = fmt::format("{}.{}.member.", path, ++position);
        list.append(list.target, *this);
    }
    prefix_ = outer_prefix;
    path_prefix_ = outer_path;
}

bool InputReader::is_given(std::string_view name) const {
    return std::any_of(parameters_.begin(), parameters_.end(), [&](const Parameter& parameter) {
        if (!parameter.name.starts_with(name)) return false;
        return parameter.name.size() == name.size() || parameter.name[name.size()] == '.';
    });
}

std::string_view InputReader::operation() const { return parameters_.find("Action").value_or(std::string_view()); }

void InputReader::finish() const {
    if (!bad_encoding_.empty()) throw validation_error(bad_encoding_);
    if (violation_count_ > 0)
        throw validation_error(fmt::format("{} validation error{} detected: {}", violation_count_,
                                           violation_count_ == 1 ? "" : "s", violations_));
    if (!bad_name_.empty()) throw validation_error(bad_name_);
}

}  // namespace iamlocal::protocol
