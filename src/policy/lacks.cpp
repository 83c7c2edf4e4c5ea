#include "policy/lacks.hpp"

#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "policy/document.hpp"
#include "policy/json.hpp"
#include "policy/key_advice.hpp"
#include "policy/locate.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"
#include "policy/shown_values.hpp"

namespace iamlocal::policy {
namespace {

using Json = nlohmann::ordered_json;

bool holds_for(const Condition& condition, const RequestContext& context) {
    const std::optional<Values> values = context.find(condition.key);
    return holds(condition, values ? &*values : nullptr, context) == Holding::yes;
}

/// The one text that the condition wants; nothing where it takes several, or patterns.
std::optional<std::string> wanted_text(const Condition& condition, const RequestContext& context) {
    const Operator& op = *condition.name.op;
    if (op.negated || condition.operands.size() != 1) return std::nullopt;
    const Operand& operand = condition.operands.front();
    const auto* glob = std::get_if<Glob>(&operand);
    const auto* arn = std::get_if<ArnPattern>(&operand);
    if (!glob && arn) glob = &arn->text();
    if (!glob) return std::nullopt;
    if (!glob->has_variables())
        return glob->is_leading_text() ? std::optional(std::string(glob->leading_text())) : std::nullopt;
    const std::optional<Glob> resolved = glob->resolve(context, max_document_bytes);
    if (!resolved || !resolved->is_leading_text()) return std::nullopt;
    return std::string(resolved->leading_text());
}

std::string_view relation_of(const Operator& op) {
    const bool date = op.family == Family::date;
    switch (op.relation) {
        case Relation::less:
            return date ? "must be before" : "must be less than";
        case Relation::less_equal:
            return date ? "must not be after" : "must be at most";
        case Relation::greater:
            return date ? "must be after" : "must be greater than";
        case Relation::greater_equal:
            return date ? "must not be before" : "must be at least";
        case Relation::equal:
            break;
    }
    if (op.family == Family::ip) return op.negated ? "must not be in" : "must be in";
    if (op.wildcards) return op.negated ? "must not match" : "must match";
    return op.negated ? "must not be" : "must be";
}

/// `must be "x"`; of several values `must be one of ["x", "y"]`.
std::string demand(const Condition& condition, const WrittenElement* written, bool wants_absence) {
    const auto& [op, quantifier, if_exists] = condition.name;
    if (op->family == Family::null) return wants_absence ? "must be absent" : "must be there";
    std::string text(relation_of(*op));
    if (quantifier == Quantifier::for_any_value) text = "needs a value that " + text;
    if (quantifier == Quantifier::for_all_values) text = "may only have values each of which " + text;
    if (condition.operands.size() > 1) text.append(" one of");
    return text.append(" ").append(written ? written->quoted : "what the policy says");
}

/// Null with `true`: the key has to be absent.
bool wants_absence(const Condition& condition) {
    if (condition.name.op->family != Family::null) return false;
    for (const Operand& operand : condition.operands)
        if (const bool* absent = std::get_if<bool>(&operand); absent && *absent) return true;
    return false;
}

std::string advice_for(const Condition& condition, const RequestContext& context, std::string_view action) {
    if (condition.name.op->negated) return {};
    if (wants_absence(condition)) return "leave it out";
    std::string advice = key_advice(condition.spelled, wanted_text(condition, context));
    // Else it would lead to the next refusal.
    if (const std::string_view further = permission_to_send(condition.spelled, action);
        !advice.empty() && !further.empty())
        advice.append(fmt::format(", which needs {} as well", further));
    return advice;
}

std::string show(const std::optional<Values>& values) {
    if (!values) return "is absent";
    const bool is_one = !values->multivalued && values->items.size() == 1;
    return (is_one ? "is " : "has the values ") + shown(*values);
}

/// The request's own value where the condition compares texts or addresses with it, and with no pattern in it. Nothing
/// for keys that whoever asks may choose: with another boundary, external id or subject allowed, the condition is none.
std::optional<std::string> narrow_value(const Condition& condition, const RequestContext& context) {
    const auto& [op, quantifier, if_exists] = condition.name;
    const bool comparable = op->family == Family::string || op->family == Family::folded_string ||
                            op->family == Family::ip || op->family == Family::arn;
    if (!comparable || op->negated || quantifier != Quantifier::none || condition.has_variables) return std::nullopt;
    if (!is_about_who_where_or_what(condition.key)) return std::nullopt;
    const std::optional<Values> values = context.find(condition.key);
    if (!values || values->multivalued || values->items.size() != 1) return std::nullopt;
    const std::string& value = values->items.front();
    if (value.empty() || value.find_first_of("*?$") != std::string::npos) return std::nullopt;
    return value;
}

}  // namespace

std::vector<LackedCondition> find_lacked(const SourcedPolicy& source, std::size_t statement, const Request& request) {
    std::vector<LackedCondition> lacked;
    const Statement& of = source.policy->statements[statement];
    const std::vector<WrittenStatement> written = locate(source.text, source.policy->kind);
    const bool known = written.size() == source.policy->statements.size() &&
                       written[statement].conditions.size() == of.conditions.size();
    const RequestContext& context = context_of(request);
    for (std::size_t i = 0; i < of.conditions.size(); ++i) {
        const Condition& condition = of.conditions[i];
        if (holds_for(condition, context)) continue;
        const WrittenElement* place = known ? &written[statement].conditions[i] : nullptr;
        const std::optional<Values> had = context.find(condition.key);
        LackedCondition lack;
        lack.key = place ? place->key : condition.spelled;
        lack.text =
            fmt::format("{} {} and {}{}", lack.key, show(had), demand(condition, place, wants_absence(condition)),
                        shown_variables(condition, context));
        lack.advice = advice_for(condition, context, request.action);
        lacked.push_back(std::move(lack));
    }
    return lacked;
}

std::optional<std::string> keep_conditions(const SourcedPolicy& source, std::size_t statement, const Request& request) {
    const auto read = json::parse(source.text, {max_document_bytes, max_document_depth});
    const auto* document = std::get_if<json::Document>(&read);
    if (!document) return std::nullopt;
    const auto outlined = outline(document->root(), source.policy->kind);
    const auto* elements = std::get_if<Outline>(&outlined);
    if (!elements || statement >= elements->statements.size()) return std::nullopt;
    const json::Value* element = elements->statements[statement].condition;
    if (!element) return std::nullopt;
    const std::string_view text = source.text.substr(element->begin, element->end - element->begin);
    // In an older document this is literal text; the statement is for one of today.
    if (!source.policy->variables_enabled && text.find("${") != std::string_view::npos) return std::nullopt;
    Json kept = Json::parse(text, nullptr, false);
    const std::vector<Condition>& conditions = source.policy->statements[statement].conditions;
    std::size_t i = 0;
    for (Json& keys : kept) {
        for (Json& values : keys) {
            if (i == conditions.size()) return std::nullopt;
            const Condition& condition = conditions[i++];
            if (holds_for(condition, context_of(request))) continue;
            const std::optional<std::string> value = narrow_value(condition, context_of(request));
            if (!value) return std::nullopt;
            values = *value;
        }
    }
    if (i != conditions.size()) return std::nullopt;
    return json_text(kept);
}

}  // namespace iamlocal::policy
