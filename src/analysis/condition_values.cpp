#include "analysis/condition_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "policy/operands.hpp"

namespace iamlocal::analysis {
namespace {

using policy::Family;

constexpr const char* something_else = "example";

/// The operator holds, or does not, by whether some value of the policy matches. Null is apart.
bool wants_match(const Literal& literal) {
    const bool wants_yes = literal.want == Want::yes || literal.want == Want::not_no;
    return wants_yes != literal.atom->condition.name.op->negated;
}

bool is_null(const Literal& literal) { return literal.atom->condition.name.op->family == Family::null; }

/// A text that the pattern matches, with something in place of what is open.
std::string filled(const TextPattern& pattern, const VariableNames& names, const Keys& given) {
    SymbolText text;
    std::vector<std::string> values;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const VariableNames::Variable& variable = names.of(first_variable + static_cast<Symbol>(i));
        const auto found =
            std::find_if(given.begin(), given.end(), [&](const auto& key) { return key.first == variable.key; });
        values.push_back(found != given.end() && found->second.items.size() == 1 ? found->second.items.front()
                                                                                 : variable.fallback);
    }
    for (const Token& token : pattern.tokens()) {
        if (token.kind == Token::Kind::any_run) {
            for (const char c : std::string_view(something_else)) text.push_back(static_cast<Symbol>(c));
        } else {
            text.push_back(token.kind == Token::Kind::any_one ? 'x' : token.symbol);
        }
    }
    return spell(text, values).value_or("");
}

void add_texts(const Literal& literal, const Keys& given, std::set<std::string>& texts) {
    const policy::Operator& op = *literal.atom->condition.name.op;
    for (const std::string& value : literal.atom->values) {
        VariableNames names;
        texts.insert(filled(TextPattern::glob(value, op.wildcards, literal.atom->variables && op.variables, names),
                            names, given));
    }
}

/// What a text has to satisfy; where all of it is about texts of one kind and without variables.
std::optional<Clauses> text_clauses(std::span<const Literal> of_key, Family family) {
    Clauses clauses;
    VariableNames names;
    for (const Literal& literal : of_key) {
        if (is_null(literal)) continue;
        Clause clause{{}, !wants_match(literal)};
        for (std::string value : literal.atom->values) {
            if (family == Family::folded_string) {
                if (std::any_of(value.begin(), value.end(),
                                [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
                    return std::nullopt;
                value = fold_case(value);
            }
            const bool variables = literal.atom->variables;
            const TextPattern pattern =
                family == Family::arn
                    ? TextPattern::arn(value, variables, names)
                    : TextPattern::glob(value, literal.atom->condition.name.op->wildcards, variables, names);
            // What is no ARN decides by its place among the values.
            if (pattern.matches_nothing()) return std::nullopt;
            clause.any.push_back(pattern);
        }
        clauses.push_back(std::make_shared<const Clause>(std::move(clause)));
    }
    if (names.size() > 0) return std::nullopt;
    if (family == Family::arn)
        clauses.push_back(
            std::make_shared<const Clause>(Clause{{TextPattern::arn("*:*:*:*:*:*", false, names)}, false}));
    return clauses;
}

/// Numbers, and one between each two and beyond both ends. Whether they are plain enough to stand for all.
bool add_numbers(std::span<const Literal> of_key, std::set<std::string>& texts) {
    constexpr std::size_t most_digits = 12;
    std::set<long double> points;
    bool plain = true;
    for (const Literal& literal : of_key) {
        if (is_null(literal)) continue;
        for (const std::string& value : literal.atom->values) {
            const auto number = policy::Decimal::parse(value);
            if (!number) continue;
            if (number->digits.size() > most_digits ||
                std::abs(number->point) > static_cast<std::int64_t>(most_digits)) {
                plain = false;
                continue;
            }
            points.insert(std::strtold(value.c_str(), nullptr));
        }
    }
    const auto add = [&](long double number) { texts.insert(fmt::format("{:.18g}", number)); };
    for (auto point = points.begin(); point != points.end(); ++point) {
        add(*point);
        add(point == points.begin() ? *point - 1 : (*point + *std::prev(point)) / 2);
    }
    if (!points.empty()) add(*points.rbegin() + 1);
    return plain;
}

bool add_dates(std::span<const Literal> of_key, std::set<std::string>& texts) {
    constexpr std::int64_t last_year = 253'370'764'800;  // 9999
    bool plain = true;
    for (const Literal& literal : of_key) {
        if (is_null(literal)) continue;
        for (const std::string& value : literal.atom->values) {
            const auto instant = policy::PreciseInstant::parse(value);
            if (!instant) continue;
            if (instant->seconds < 1 || instant->seconds > last_year) {
                plain = false;
                continue;
            }
            const std::chrono::milliseconds at{instant->seconds * 1000 + instant->millisecond};
            for (const int step : {-1, 0, 1})
                texts.insert(format_iso8601(Milliseconds(at + std::chrono::milliseconds(step))));
        }
    }
    return plain;
}

std::string text_of(const policy::Address& address) {
    const auto& bytes = address.bytes;
    if (!address.v6) return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
    std::string text;
    for (std::size_t i = 0; i < 16; i += 2)
        text.append(i == 0 ? "" : ":").append(fmt::format("{:x}", bytes[i] * 256 + bytes[i + 1]));
    return text;
}

/// The first address of each network, and the one behind it: between two of these nothing changes.
void add_addresses(std::span<const Literal> of_key, std::set<std::string>& texts) {
    texts.insert({"0.0.0.0", "::", "203.0.113.7"});
    for (const Literal& literal : of_key) {
        if (is_null(literal)) continue;
        for (const std::string& value : literal.atom->values) {
            const auto range = policy::AddressRange::parse(value);
            if (!range) continue;
            policy::Address first = range->base;
            const std::size_t size = first.v6 ? 16 : 4;
            policy::Address behind = first;
            for (std::size_t bit = range->prefix; bit < size * 8; ++bit) {
                const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
                first.bytes[bit / 8] = static_cast<std::uint8_t>(first.bytes[bit / 8] & ~mask);
                behind.bytes[bit / 8] = static_cast<std::uint8_t>(behind.bytes[bit / 8] | mask);
            }
            for (std::size_t i = size; i-- > 0;)
                if (++behind.bytes[i] != 0) break;
            texts.insert(text_of(first));
            texts.insert(text_of(behind));
        }
    }
}

}  // namespace

CandidateValues candidate_values(std::span<const Literal> of_key, const Keys& given) {
    CandidateValues made;
    std::set<Family> families;
    bool simple = true;
    for (const Literal& literal : of_key) {
        const policy::Condition& condition = literal.atom->condition;
        simple = simple && condition.name.quantifier == policy::Quantifier::none && !condition.has_variables;
        if (is_null(literal)) continue;
        families.insert(condition.name.op->family);
        add_texts(literal, given, made.texts);
    }
    made.texts.insert({something_else, "true", "false"});
    bool all = simple && families.size() <= 1;
    if (families.empty()) {
        made.are_all = all;
        return made;
    }
    const Family family = *families.begin();
    if (families.contains(Family::numeric)) all = add_numbers(of_key, made.texts) && all;
    if (families.contains(Family::date)) all = add_dates(of_key, made.texts) && all;
    if (families.contains(Family::ip)) add_addresses(of_key, made.texts);
    if (family == Family::binary) all = false;
    const bool textual = family == Family::string || family == Family::folded_string || family == Family::arn;
    if (all && textual) {
        const std::optional<Clauses> clauses = text_clauses(of_key, family);
        const TextAnswer answer = clauses ? find_text(*clauses) : TextAnswer{};
        // All texts that these conditions want behave as this one, and all others as something else.
        all = answer.kind == TextAnswer::Kind::none;
        if (answer.kind == TextAnswer::Kind::found) {
            auto text = spell(answer.text, {});
            all = text.has_value();
            if (text) made.texts.insert(*std::move(text));
        }
    }
    made.are_all = all;
    return made;
}

}  // namespace iamlocal::analysis
