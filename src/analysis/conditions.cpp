#include "analysis/conditions.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "analysis/condition_values.hpp"

namespace iamlocal::analysis {
namespace {

using policy::Holding;
using policy::Values;

/// Texts of one key that are tried in pairs.
constexpr std::size_t most_paired = 12;

bool is_as_wanted(const Literal& literal, const Values* values, const policy::RequestContext& context) {
    const Holding holding = policy::holds(literal.atom->condition, values, context);
    switch (literal.want) {
        case Want::yes:
            return holding == Holding::yes;
        case Want::not_yes:
            return holding != Holding::yes;
        case Want::no:
            return holding == Holding::no;
        case Want::not_no:
            return holding != Holding::no;
    }
    return false;
}

bool exclude_each_other(Want a, Want b) {
    const auto is = [&](Want one, Want other) { return (a == one && b == other) || (a == other && b == one); };
    return is(Want::yes, Want::not_yes) || is(Want::yes, Want::no) || is(Want::no, Want::not_no);
}

using Group = std::vector<Literal>;

std::map<std::string, Group> groups_of(std::span<const Literal> literals) {
    std::map<std::string, Group> groups;
    for (const Literal& literal : literals) groups[literal.atom->condition.key].push_back(literal);
    return groups;
}

/// One condition is to be and not to be.
bool contradicts_itself(const Group& group) {
    for (std::size_t i = 0; i < group.size(); ++i)
        for (std::size_t j = i + 1; j < group.size(); ++j)
            if (group[i].atom->id == group[j].atom->id && exclude_each_other(group[i].want, group[j].want)) return true;
    return false;
}

std::string text_of(const Group& group) {
    std::string text;
    for (const Literal& literal : group) {
        const policy::Condition& condition = literal.atom->condition;
        const bool holds = literal.want == Want::yes || literal.want == Want::not_no;
        text.append(text.empty() ? "" : " and ")
            .append(fmt::format("{}{} {}", holds ? "" : "not ", condition.name.op->name, condition.spelled));
    }
    return text;
}

/// The values that a key may have, the likely ones first. Absent stands for itself.
std::vector<std::optional<Values>> choices_of(const Group& group, const CandidateValues& candidates) {
    std::vector<std::optional<Values>> choices;
    const bool quantified = std::any_of(group.begin(), group.end(), [](const Literal& literal) {
        return literal.atom->condition.name.quantifier != policy::Quantifier::none;
    });
    std::vector<std::string> texts(candidates.texts.begin(), candidates.texts.end());
    if (quantified) {
        for (const std::string& text : texts) choices.emplace_back(Values::list({text}));
        texts.resize(std::min(texts.size(), most_paired));
        for (std::size_t i = 0; i < texts.size(); ++i)
            for (std::size_t j = i + 1; j < texts.size(); ++j) choices.emplace_back(Values::list({texts[i], texts[j]}));
        choices.emplace_back(Values::list({}));
    }
    for (const std::string& text : candidates.texts) choices.emplace_back(Values::single(text));
    choices.emplace_back(std::nullopt);
    choices.emplace_back(Values::list({"example"}));
    return choices;
}

struct KeyAnswer {
    ContextAnswer::Kind kind = ContextAnswer::Kind::unknown;
    std::optional<Values> values;
};

KeyAnswer find_values(const std::string& key, const Group& group, const FixedKeys& fixed, const Keys& given) {
    if (contradicts_itself(group)) return {ContextAnswer::Kind::none, {}};
    policy::MapContext context;
    for (const auto& [name, values] : given) context.set(name, values);
    const auto fits = [&](const std::optional<Values>& values) {
        return std::all_of(group.begin(), group.end(), [&](const Literal& literal) {
            return is_as_wanted(literal, values ? &*values : nullptr, context);
        });
    };
    const auto given_value = fixed ? fixed(key) : std::nullopt;
    if (given_value && fits(*given_value)) return {ContextAnswer::Kind::found, *given_value};
    const CandidateValues candidates = candidate_values(group, given);
    for (std::optional<Values>& values : choices_of(group, candidates)) {
        if (!fits(values)) continue;
        // Somebody else than this caller might have such a value.
        if (given_value) return {};
        return {ContextAnswer::Kind::found, std::move(values)};
    }
    return {candidates.are_all ? ContextAnswer::Kind::none : ContextAnswer::Kind::unknown, {}};
}

}  // namespace

ContextAnswer find_context(std::span<const Literal> literals, const FixedKeys& fixed, const Keys& given) {
    ContextAnswer answer{ContextAnswer::Kind::found, {}, {}};
    for (const auto& [key, group] : groups_of(literals)) {
        KeyAnswer found = find_values(key, group, fixed, given);
        if (found.kind == ContextAnswer::Kind::none) return {found.kind, {}, text_of(group)};
        if (found.kind == ContextAnswer::Kind::unknown) {
            answer.kind = found.kind;
            answer.because = text_of(group);
        } else if (found.values) {
            answer.keys.emplace_back(key, *std::move(found.values));
        }
    }
    return answer;
}

bool is_contradictory(std::span<const Literal> literals) {
    return find_context(literals, {}, {}).kind == ContextAnswer::Kind::none;
}

}  // namespace iamlocal::analysis
