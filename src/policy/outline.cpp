#include "policy/outline.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "policy/shown_values.hpp"

namespace iamlocal::policy {
namespace {

using json::Type;
using json::Value;

enum class Exponents { refused, allowed };

/// Numbers count as their text. Only operators that compare numbers know what `1e3` is: a Deny of another that waits
/// for it would never apply.
bool is_scalar(const Value& value, Exponents exponents) {
    if (value.is(Type::number))
        return exponents == Exponents::allowed || value.text.find_first_of("eE") == std::string_view::npos;
    return value.is(Type::string) || value.is(Type::boolean);
}

std::string no_element(const Value& value, std::string_view of) {
    return fmt::format("{} is no element of {}.", shown(value.key), of);
}

/// Reads the elements one by one. Every function is true as long as the syntax is right; the first that is not leaves
/// the problem.
class Outliner {
  public:
    explicit Outliner(DocumentKind kind) : trust_(kind == DocumentKind::trust) {}

    bool read_document(const Value& document) {
        if (!document.is(Type::object)) return wrong(document, "The document is no JSON object.", invalid_json);
        outline_.begin = document.begin;
        const Value* statement = nullptr;
        for (const Value& value : document.items) {
            if (value.key == "Statement") {
                statement = &value;
                continue;
            }
            const bool version = value.key == "Version";
            if (!version && value.key != "Id")
                return wrong(value, no_element(value, "a policy"), fmt::format("Unknown field {}", value.key));
            if (!value.is(Type::string)) return wrong(value, fmt::format("{} is no text.", value.key));
            (version ? outline_.version : outline_.id) = &value;
        }
        return statement ? read_statements(*statement)
                         : wrong(document, "There is no Statement.", "Missing required field Statement");
    }

    Outline take() && { return std::move(outline_); }
    Problem problem() && { return std::move(problem_); }

  private:
    /// `in_trust_policies` is what CreateRole says; everyone else says the same of all.
    bool wrong(const Value& at, std::string reason, std::string_view in_trust_policies = syntax_errors) {
        problem_ = {std::string(trust_ ? in_trust_policies : syntax_errors), at.begin, std::move(reason)};
        return false;
    }

    bool read_statements(const Value& value) {
        if (value.is(Type::object)) return read_statement(value, value.begin + 1);
        if (!value.is(Type::array)) return wrong(value, "Statement is neither a statement nor a list of them.");
        if (value.items.empty())
            return wrong(value, "Statement is an empty list.", "Could not parse the policy: Statement is empty!");
        std::size_t start = value.begin + 1;
        for (const Value& item : value.items) {
            if (!read_statement(item, start)) return false;
            start = item.end;
        }
        return true;
    }

    bool read_statement(const Value& value, std::size_t start) {
        if (!value.is(Type::object)) return wrong(value, "A statement is no JSON object.");
        StatementOutline& statement = outline_.statements.emplace_back();
        statement.whole = &value;
        statement.start = start;
        for (const Value& element : value.items) {
            if (!read_element(statement, element)) return false;
        }
        if (!statement.effect) return wrong(value, "The statement has no Effect.", "Missing required field Effect");
        return true;
    }

    bool read_element(StatementOutline& statement, const Value& value) {
        std::string_view key = value.key;
        if (key == "Sid") {
            statement.sid = &value;
            return value.is(Type::string) || wrong(value, "Sid is no text.");
        }
        if (key == "Effect") {
            statement.effect = &value;
            return read_effect(value);
        }
        if (key == "Condition") {
            statement.condition = &value;
            return read_condition(value);
        }
        const bool negated = key.starts_with("Not");
        if (negated) key.remove_prefix(3);
        if (key == "Principal") return set(statement.principal, value, negated) && read_principal(value);
        if (key == "Action") return set(statement.action, value, negated) && read_strings(value);
        if (key == "Resource") return set(statement.resource, value, negated) && read_strings(value);
        return wrong(value, no_element(value, "a statement"), fmt::format("Unknown field {}", value.key));
    }

    bool read_effect(const Value& value) {
        if (!value.is(Type::string)) return wrong(value, "Effect is no text.");
        const bool exact = value.text == "Allow" || value.text == "Deny";
        // IAM's first look at an identity policy lets `allow` pass; a later one does not (legacy_problem).
        const std::string folded = fold_case(value.text);
        if (exact || (!trust_ && (folded == "allow" || folded == "deny"))) return true;
        return wrong(value, fmt::format("The Effect {} is neither \"Allow\" nor \"Deny\".", shown(value.text)),
                     fmt::format("Invalid effect: {}", value.text));
    }

    bool set(NegatableElement& element, const Value& value, bool negated) {
        if (element.value)
            return wrong(value, fmt::format("{} and {} stand in one statement.", element.value->key, value.key));
        element = {&value, negated};
        return true;
    }

    bool read_strings(const Value& value) {
        if (value.is(Type::string)) return true;
        if (!value.is(Type::array)) return wrong(value, fmt::format("{} is neither a text nor a list.", value.key));
        return std::all_of(value.items.begin(), value.items.end(), [&](const Value& item) {
            return item.is(Type::string) || wrong(item, fmt::format("A value in the list {} is no text.", value.key));
        });
    }

    bool read_principal(const Value& value) {
        if (value.is(Type::string)) return true;
        if (!value.is(Type::object)) return wrong(value, "Principal is neither \"*\" nor a JSON object.");
        for (const Value& names : value.items) {
            const std::string_view type = names.key;
            if (type != "AWS" && type != "Service" && type != "Federated" && type != "CanonicalUser") {
                return wrong(value, fmt::format("{} is no kind of principal; there are AWS, Service, Federated and "
                                                "CanonicalUser.",
                                                shown(type)));
            }
            if (!read_strings(names)) return false;
        }
        return true;
    }

    bool read_condition(const Value& value) {
        if (!value.is(Type::object)) return wrong(value, "Condition is no JSON object.");
        for (const Value& keys : value.items) {
            const std::optional<OperatorName> name = parse_operator(keys.key);
            if (!keys.is(Type::object))
                return wrong(keys,
                             fmt::format("The condition operator {} has no JSON object of keys.", shown(keys.key)));
            if (!name && !keys.items.empty())
                return wrong(keys, fmt::format("{} is no condition operator.", shown(keys.key)));
            const bool numeric = name && name->op->family == Family::numeric;
            for (const Value& values : keys.items) {
                if (!read_scalars(values, numeric ? Exponents::allowed : Exponents::refused)) return false;
            }
        }
        return true;
    }

    bool read_scalars(const Value& value, Exponents exponents) {
        if (is_scalar(value, exponents)) return true;
        const auto no_value = [&](const Value& at) {
            return wrong(at, fmt::format("The condition key {} has a value that is no text, number or boolean{}.",
                                         shown(value.key), exponents == Exponents::refused ? " without exponent" : ""));
        };
        if (!value.is(Type::array)) return no_value(value);
        return std::all_of(value.items.begin(), value.items.end(),
                           [&](const Value& item) { return is_scalar(item, exponents) || no_value(item); });
    }

    bool trust_;
    Outline outline_;
    Problem problem_;
};

}  // namespace

std::variant<Outline, Problem> outline(const Value& document, DocumentKind kind) {
    Outliner outliner(kind);
    if (!outliner.read_document(document)) return std::move(outliner).problem();
    return std::move(outliner).take();
}

std::span<const Value> values_of(const Value& value) {
    if (value.is(Type::array)) return value.items;
    return {&value, 1};
}

}  // namespace iamlocal::policy
