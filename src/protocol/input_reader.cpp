#include "protocol/input_reader.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

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

/// So many violations are listed, and the others left out.
constexpr int most_violations = 10;

std::string max_length_rule(std::size_t max) {
    return fmt::format("Member must have length less than or equal to {}", max);
}
std::string min_length_rule(std::size_t min) {
    return fmt::format("Member must have length greater than or equal to {}", min);
}
std::string pattern_rule(const TextRule& rule) {
    return fmt::format("Member must satisfy regular expression pattern: {}",
                       rule.printed_pattern != nullptr ? rule.printed_pattern : rule.pattern);
}
std::string values_rule(std::span<const char* const> values) {
    return fmt::format("Member must satisfy enum value set: [{}]", fmt::join(values, ", "));
}

/// An optional sign and digits, within 32 bits.
std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return std::nullopt;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (number < INT32_MIN || number > INT32_MAX) return std::nullopt;
    return number;
}

/// Shows the members of a structure as Java does: `key=team, value=blue`.
class ItemShower final : public Fields {
  public:
    ItemShower(const Parameters& parameters, std::string prefix, std::string& out)
        : parameters_(parameters), prefix_(std::move(prefix)), out_(out) {}

  protected:
    void text(const char* name, Presence, const TextRule&, Slot<std::string_view>) override {
        out_.append(std::exchange(first_, false) ? "" : ", ").append(lower_first(name)).append("=");
        out_.append(parameters_.find(prefix_ + name).value_or("null"));
    }
    void integer(const char*, Presence, const NumberRule&, Slot<std::int64_t>) override {}
    void boolean(const char*, Presence, Slot<bool>) override {}
    void text_list(const char*, Presence, const ListRule&, const TextRule&, Slot<std::string_view>) override {}
    void structure_list(const char*, Presence, const ListRule&, StructureList) override {}
    void structure_member(const char*, Presence, StructureMember) override {}
    void map_member(const char*, Presence, MapEntries) override {}

  private:
    const Parameters& parameters_;
    std::string prefix_;
    std::string& out_;
    bool first_ = true;
};

}  // namespace

std::string_view InputReader::wire_name(const char* name) {
    if (prefix_.empty()) return name;
    name_buffer_.assign(prefix_).append(name);
    return name_buffer_;
}

std::string InputReader::path_of(const char* name) const { return path_prefix_ + lower_first(name); }

bool InputReader::is_full() const { return violation_count_ == most_violations; }

void InputReader::violation(const char* name, std::string_view value, std::string_view constraint) {
    if (is_full()) return;
    if (violation_count_++ > 0) violations_.append("; ");
    violations_.append("Value");
    if (show_values_ == ShowValues::yes) violations_.append(" '").append(value).append("'");
    violations_.append(" at '").append(path_of(name)).append("' failed to satisfy constraint: ").append(constraint);
}

void InputReader::missing(const char* name, Presence presence) {
    if (presence == Presence::optional || is_full()) return;
    if (violation_count_++ > 0) violations_.append("; ");
    violations_.append(show_values_ == ShowValues::yes ? "Value null at '" : "Value at '").append(path_of(name));
    violations_.append("' failed to satisfy constraint: Member must not be null");
}

void InputReader::check(const char* name, std::string_view value, const TextRule& rule) {
    if (!rule.values.empty() && !is_value_of(rule.values, value)) {
        violation(name, value, values_rule(rule.values));
        return;
    }
    const std::size_t length = length_of(value);
    if (length > rule.max) violation(name, value, max_length_rule(rule.max));
    if (length < rule.min) violation(name, value, min_length_rule(rule.min));
    if (rule.matches == nullptr || rule.matches(value)) return;
    if (rule.explained == nullptr || value.empty())
        violation(name, value, pattern_rule(rule));
    else if (bad_name_.empty())
        bad_name_ = fmt::format("The specified value for {} is invalid. {}", path_of(name), rule.explained);
}

void InputReader::check_length(const char* name, std::size_t length, std::string_view shown, const ListRule& rule) {
    if (length > rule.max) violation(name, shown, max_length_rule(rule.max));
    if (length < rule.min) violation(name, shown, min_length_rule(rule.min));
}

// `Tags=` is how clients send an empty list; STS takes it for none.
void InputReader::empty_list(const char* name, Presence presence, const ListRule& rule) {
    if (show_values_ == ShowValues::yes || !parameters_.find(wire_name(name))) return missing(name, presence);
    check_length(name, 0, "[]", rule);
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
    const std::optional<std::int64_t> number = parse_integer(*value);
    if (!number) throw malformed_input(fmt::format("Value '{}' at '{}' is not a valid integer", *value, path_of(name)));
    if (rule.min && *number < *rule.min)
        violation(name, *value, fmt::format("Member must have value greater than or equal to {}", *rule.min));
    if (rule.max && *number > *rule.max)
        violation(name, *value, fmt::format("Member must have value less than or equal to {}", *rule.max));
    slot.set(slot.target, *number);
}

void InputReader::boolean(const char* name, Presence presence, Slot<bool> slot) {
    const std::optional<std::string_view> value = parameters_.find(wire_name(name));
    if (!value) return missing(name, presence);
    const bool is_true = *value == "true" || *value == "1";
    if (!is_true && *value != "false" && *value != "0")
        throw malformed_input(fmt::format("Value '{}' at '{}' is not a valid boolean", *value, path_of(name)));
    slot.set(slot.target, is_true);
}

void InputReader::text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                            Slot<std::string_view> append) {
    const std::string prefix = std::string(wire_name(name)) + ".member.";
    const ListItems items = parameters_.items(prefix);
    if (items.numbers.empty()) {
        if (items.has_words) throw malformed_input("Start of list found where not expected");
        return empty_list(name, presence, rule);
    }
    // A hole between two items is an item that is null.
    const std::size_t count = items.numbers.back();
    bool broken = items.numbers.size() < count;
    std::string shown = "[";
    for (const unsigned number : items.numbers) {
        const std::optional<std::string_view> found = parameters_.find(fmt::format("{}{}", prefix, number));
        const std::string_view value = found.value_or("");
        if (shown.size() > 1) shown.append(", ");
        shown.append(value);
        const std::size_t length = length_of(value);
        broken = broken || !found || length < item.min || length > item.max ||
                 (item.matches != nullptr && !item.matches(value)) ||
                 (!item.values.empty() && !is_value_of(item.values, value));
        append.set(append.target, value);
    }
    shown.append("]");
    check_length(name, count, shown, rule);
    if (!broken) return;
    // A broken item is reported at the list, with all the rules of its items.
    std::string rules;
    const auto add = [&](const std::string& text) { rules.append(rules.empty() ? "" : ", ").append(text); };
    if (item.max != unlimited) add(max_length_rule(item.max));
    if (item.min > 0) add(min_length_rule(item.min));
    if (item.pattern != nullptr) add(pattern_rule(item));
    if (!item.values.empty()) add(values_rule(item.values));
    if (item.says_not_null || rules.empty()) add("Member must not be null");
    violation(name, shown, fmt::format("Member must satisfy constraint: [{}]", rules));
}

std::string InputReader::show_items(const std::string& prefix, std::size_t count, const ListRule& rule,
                                    StructureList list) {
    std::string shown = "[";
    for (std::size_t number = 1; number <= count; ++number) {
        shown.append(number == 1 ? "" : ", ").append(rule.structure).append("(");
        ItemShower shower(parameters_, fmt::format("{}{}.", prefix, number), shown);
        list.append(list.target, shower);
        shown.append(")");
    }
    return shown.append("]");
}

void InputReader::structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) {
    const std::string prefix = std::string(wire_name(name)) + ".member.";
    const ListItems items = parameters_.items(prefix);
    if (items.numbers.empty() && !items.has_words) {
        return empty_list(name, presence, rule);
    }
    // A hole between two items is an item without members, and so is one with a word in the place of its number.
    const std::size_t count = items.numbers.empty() ? 1 : items.numbers.back();
    const bool shows = count > rule.max && rule.structure != nullptr && show_values_ == ShowValues::yes;
    check_length(name, count, shows ? show_items(prefix, count, rule, list) : "[]", rule);
    const std::string outer_prefix = prefix_;
    const std::string outer_path = path_prefix_;
    const std::string path = path_of(name);
    for (std::size_t number = 1; number <= count && !is_full(); ++number) {
        prefix_ = fmt::format("{}{}.", prefix, number);
        path_prefix_ = fmt::format("{}.{}.member.", path, number);
        list.append(list.target, *this);
    }
    prefix_ = outer_prefix;
    path_prefix_ = outer_path;
}

void InputReader::structure_member(const char* name, Presence presence, StructureMember member) {
    const std::string wire(wire_name(name));
    if (!is_given(wire)) return missing(name, presence);
    const std::string outer_prefix = std::exchange(prefix_, wire + ".");
    const std::string outer_path = std::exchange(path_prefix_, path_of(name) + ".");
    member.describe(member.target, *this);
    prefix_ = outer_prefix;
    path_prefix_ = outer_path;
}

void InputReader::map_member(const char* name, Presence presence, MapEntries entries) {
    const std::string prefix = std::string(wire_name(name)) + ".entry.";
    const ListItems items = parameters_.items(prefix);
    if (items.numbers.empty()) {
        if (items.has_words) throw malformed_input("Start of map found where not expected");
        // `Properties=` is how clients send an empty map.
        if (!parameters_.find(wire_name(name))) missing(name, presence);
        return;
    }
    const std::string outer_prefix = prefix_;
    const std::string outer_path = path_prefix_;
    const std::string path = path_of(name);
    for (const unsigned number : items.numbers) {
        if (is_full()) break;
        prefix_ = fmt::format("{}{}.", prefix, number);
        const std::optional<std::string_view> key = parameters_.find(prefix_ + "key");
        if (!key) {
            prefix_ = outer_prefix;
            violation(name, "{}", "Map keys must satisfy constraint: [Member must not be null]");
            continue;
        }
        path_prefix_ = fmt::format("{}.{}.member.", path, *key);
        entries.append(entries.target, *key, *this);
        prefix_ = outer_prefix;
        path_prefix_ = outer_path;
    }
}

bool InputReader::is_given(std::string_view name) const {
    return std::any_of(parameters_.begin(), parameters_.end(), [&](const Parameter& parameter) {
        if (!parameter.name.starts_with(name)) return false;
        return parameter.name.size() == name.size() || parameter.name[name.size()] == '.';
    });
}

std::string_view InputReader::operation() const { return parameters_.find("Action").value_or(std::string_view()); }

void InputReader::finish() const {
    if (violation_count_ > 0)
        throw validation_error(fmt::format("{} validation error{} detected: {}", violation_count_,
                                           violation_count_ == 1 ? "" : "s", violations_));
    if (!bad_name_.empty()) throw validation_error(bad_name_);
}

}  // namespace iamlocal::protocol
