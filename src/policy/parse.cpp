#include "policy/parse.hpp"

#include <algorithm>
#include <span>
#include <unordered_set>
#include <utility>

#include "base/encoding.hpp"
#include "policy/json.hpp"
#include "policy/outline.hpp"
#include "policy/validate.hpp"

namespace iamlocal::policy {
namespace {

using json::Type;
using json::Value;

constexpr json::Limits limits{max_document_bytes, max_document_depth};

ParseError refuse(Problem problem, std::string_view text) {
    const Position position = position_at(text, problem.at);
    return {"MalformedPolicyDocument", std::move(problem.message), position.line, position.column,
            std::move(problem.reason)};
}

/// Collects context keys in order of first use.
class KeyList {
  public:
    explicit KeyList(std::vector<std::string>& keys) : keys_(keys) {}

    void add(const std::string& spelled, const std::string& folded) {
        if (seen_.insert(folded).second) keys_.push_back(spelled);
    }
    void add(const std::vector<Variable>& variables) {
        for (const Variable& variable : variables) add(variable.spelled, variable.key);
    }

  private:
    std::vector<std::string>& keys_;
    std::unordered_set<std::string> seen_;
};

/// Makes a Policy of an outline. Every text has a compiled form, so nothing can fail here.
class Compiler {
  public:
    Compiler(const Outline& outline, DocumentKind kind, std::string_view text)
        : outline_(outline), cursor_(text), keys_(policy_.context_keys) {
        policy_.kind = kind;
        policy_.variables_enabled = outline.is_2012();
    }

    Policy compile() && {
        policy_.statements.reserve(outline_.statements.size());
        for (const StatementOutline& statement : outline_.statements) add(statement);
        policy_.index = Index(policy_.statements);
        return std::move(policy_);
    }

  private:
    void add(const StatementOutline& source) {
        Statement& statement = policy_.statements.emplace_back();
        if (source.sid) statement.sid = source.sid->text;
        statement.effect = source.effect->text == "Allow" ? Effect::allow : Effect::deny;
        statement.start = cursor_.at(source.start);
        statement.end = cursor_.at(source.whole->end);
        if (source.principal.value) statement.principal = principals(source.principal);
        statement.action = actions(source.action);
        // Keys are listed in the order of the text.
        const bool condition_first =
            source.condition && source.resource.value && source.condition->begin < source.resource.value->begin;
        if (condition_first) statement.conditions = conditions(*source.condition);
        if (source.resource.value) statement.resource = resources(source.resource, statement.resource_cost);
        if (source.condition && !condition_first) statement.conditions = conditions(*source.condition);
    }

    static Matcher<PrincipalPattern> principals(const NegatableElement& element) {
        Matcher<PrincipalPattern> matcher{element.negated, {}};
        const Value& value = *element.value;
        if (value.is(Type::string)) {
            matcher.any.push_back(PrincipalPattern::everyone());
            return matcher;
        }
        for (const Value& names : value.items) {
            const PrincipalPattern::Type type = PrincipalPattern::type_of(names.key);
            for (const Value& name : values_of(names)) matcher.any.push_back(PrincipalPattern::parse(type, name.text));
        }
        return matcher;
    }

    static Matcher<ActionPattern> actions(const NegatableElement& element) {
        Matcher<ActionPattern> matcher{element.negated, {}};
        const std::span<const Value> values = values_of(*element.value);
        matcher.any.reserve(values.size());
        for (const Value& value : values) matcher.any.push_back(ActionPattern::parse(value.text));
        if (values.size() <= few_actions) return matcher;
        std::stable_sort(matcher.any.begin(), matcher.any.end(), [](const ActionPattern& a, const ActionPattern& b) {
            if (a.matches_everything() != b.matches_everything()) return a.matches_everything();
            return service_key(a.service()) < service_key(b.service());
        });
        return matcher;
    }

    /// `cost`: of comparing a resource with all patterns.
    Matcher<ArnPattern> resources(const NegatableElement& element, MatchCost& cost) {
        const ArnPattern::Short missing =
            policy_.kind == DocumentKind::resource ? ArnPattern::Short::any_if_wildcard : ArnPattern::Short::any;
        Matcher<ArnPattern> matcher{element.negated, {}};
        const std::span<const Value> values = values_of(*element.value);
        matcher.any.reserve(values.size());
        for (const Value& value : values) {
            const ArnPattern& pattern =
                matcher.any.emplace_back(ArnPattern::resource(value.text, policy_.variables_enabled, missing));
            cost += pattern.text().cost();
            keys_.add(pattern.variables());
        }
        return matcher;
    }

    std::vector<Condition> conditions(const Value& element) {
        std::vector<Condition> conditions;
        for (const Value& keys : element.items) {
            for (const Value& values : keys.items) {
                const OperatorName name = *parse_operator(keys.key);
                Condition condition{name, fold_case(values.key), std::string(values.key), {}, {}, false};
                keys_.add(condition.spelled, condition.key);
                for (const Value& value : values_of(values)) {
                    condition.operands.push_back(parse_operand(*name.op, value.text, policy_.variables_enabled));
                    const Operand& operand = condition.operands.back();
                    condition.cost += cost_of(operand);
                    const std::vector<Variable>& variables = variables_of(operand);
                    condition.has_variables = condition.has_variables || !variables.empty();
                    keys_.add(variables);
                }
                conditions.push_back(std::move(condition));
            }
        }
        return conditions;
    }

    const Outline& outline_;
    Policy policy_;
    PositionCursor cursor_;
    KeyList keys_;
};

std::string_view not_json(DocumentKind kind) {
    if (kind == DocumentKind::trust) return invalid_json;
    if (kind == DocumentKind::session) return "The policy is not in the valid JSON format.";
    return syntax_errors;
}

}  // namespace

std::variant<Policy, ParseError> parse(std::string_view json, DocumentKind kind, Strictness strictness) {
    const std::variant<json::Document, json::Error> document = json::parse(json, limits);
    if (const auto* error = std::get_if<json::Error>(&document)) {
        return refuse({std::string(not_json(kind)), error->at, std::string(error->reason) + "."}, json);
    }
    const std::variant<Outline, Problem> outlined = outline(std::get<json::Document>(document).root(), kind);
    if (const auto* problem = std::get_if<Problem>(&outlined)) return refuse(*problem, json);
    const Outline& elements = std::get<Outline>(outlined);
    const std::optional<Problem> problem =
        strictness == Strictness::lenient ? find_unusable(elements, kind) : find_problem(elements, kind, strictness);
    if (problem) return refuse(*problem, json);
    return Compiler(elements, kind, json).compile();
}

std::size_t size_without_whitespace(std::string_view json) {
    return static_cast<std::size_t>(std::count_if(json.begin(), json.end(), [](char c) {
        const bool continues_character = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
        return !continues_character && c != ' ' && c != '\t' && c != '\n' && c != '\r';
    }));
}

std::vector<PrincipalText> aws_principals(std::string_view json) {
    std::vector<PrincipalText> found;
    const std::variant<json::Document, json::Error> read = json::parse(json, limits);
    const json::Document* document = std::get_if<json::Document>(&read);
    const Value* statements = document ? document->root().find("Statement") : nullptr;
    if (!statements) return found;
    for (const Value& statement : values_of(*statements)) {
        for (const std::string_view element : {"Principal", "NotPrincipal"}) {
            const Value* principal = statement.find(element);
            const Value* aws = principal ? principal->find("AWS") : nullptr;
            if (!aws) continue;
            for (const Value& value : values_of(*aws)) {
                if (value.is(Type::string)) found.push_back({value.begin, value.end, std::string(value.text)});
            }
        }
    }
    // Principal may stand after NotPrincipal in a text that is not a valid policy.
    std::sort(found.begin(), found.end(),
              [](const PrincipalText& a, const PrincipalText& b) { return a.begin < b.begin; });
    return found;
}

}  // namespace iamlocal::policy
