#include "policy/outline.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"

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

/// Reads the elements one by one. Every function is true as long as the syntax is right; the first that is not leaves
/// the problem.
class Outliner {
  public:
    explicit Outliner(DocumentKind kind) : trust_(kind == DocumentKind::trust) {}

    bool read_document(const Value& document) {
        if (!document.is(Type::object)) return wrong(document, invalid_json);
        outline_.begin = document.begin;
        const Value* statement = nullptr;
        for (const Value& value : document.items) {
            if (value.key == "Statement") {
                statement = &value;
                continue;
            }
            const bool version = value.key == "Version";
            if (!version && value.key != "Id") return wrong(value, fmt::format("Unknown field {}", value.key));
            if (!value.is(Type::string)) return wrong(value);
            (version ? outline_.version : outline_.id) = &value;
        }
        return statement ? read_statements(*statement) : wrong(document, "Missing required field Statement");
    }

    Outline take() && { return std::move(outline_); }
    Problem problem() && { return std::move(problem_); }

  private:
    /// `in_trust_policies` is what CreateRole says; everyone else says the same of all.
    bool wrong(const Value& at, std::string_view in_trust_policies = syntax_errors) {
        problem_ = {std::string(trust_ ? in_trust_policies : syntax_errors), at.begin};
        return false;
    }

    bool read_statements(const Value& value) {
        if (value.is(Type::object)) return read_statement(value, value.begin + 1);
        if (!value.is(Type::array)) return wrong(value);
        if (value.items.empty()) return wrong(value, "Could not parse the policy: Statement is empty!");
        std::size_t start = value.begin + 1;
        for (const Value& item : value.items) {
            if (!read_statement(item, start)) return false;
            start = item.end;
        }
        return true;
    }

    bool read_statement(const Value& value, std::size_t start) {
        if (!value.is(Type::object)) return wrong(value);
        StatementOutline& statement = outline_.statements.emplace_back();
        statement.whole = &value;
        statement.start = start;
        for (const Value& element : value.items) {
            if (!read_element(statement, element)) return false;
        }
        if (!statement.effect) return wrong(value, "Missing required field Effect");
        return true;
    }

    bool read_element(StatementOutline& statement, const Value& value) {
        std::string_view key = value.key;
        if (key == "Sid") {
            statement.sid = &value;
            return value.is(Type::string) || wrong(value);
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
        return wrong(value, fmt::format("Unknown field {}", value.key));
    }

    bool read_effect(const Value& value) {
        if (!value.is(Type::string)) return wrong(value);
        const bool exact = value.text == "Allow" || value.text == "Deny";
        // IAM's first look at an identity policy lets `allow` pass; a later one does not (legacy_problem).
        const std::string folded = fold_case(value.text);
        if (exact || (!trust_ && (folded == "allow" || folded == "deny"))) return true;
        return wrong(value, fmt::format("Invalid effect: {}", value.text));
    }

    bool set(NegatableElement& element, const Value& value, bool negated) {
        if (element.value) return wrong(value);
        element = {&value, negated};
        return true;
    }

    bool read_strings(const Value& value) {
        if (value.is(Type::string)) return true;
        if (!value.is(Type::array)) return wrong(value);
        return std::all_of(value.items.begin(), value.items.end(),
                           [&](const Value& item) { return item.is(Type::string) || wrong(item); });
    }

    bool read_principal(const Value& value) {
        if (value.is(Type::string)) return true;
        if (!value.is(Type::object)) return wrong(value);
        for (const Value& names : value.items) {
            const std::string_view type = names.key;
            if (type != "AWS" && type != "Service" && type != "Federated" && type != "CanonicalUser") {
                return wrong(value);
            }
            if (!read_strings(names)) return false;
        }
        return true;
    }

    bool read_condition(const Value& value) {
        if (!value.is(Type::object)) return wrong(value);
        for (const Value& keys : value.items) {
            const std::optional<OperatorName> name = parse_operator(keys.key);
            if (!keys.is(Type::object) || (!name && !keys.items.empty())) return wrong(keys);
            const bool numeric = name && name->op->family == Family::numeric;
            for (const Value& values : keys.items) {
                if (!read_scalars(values, numeric ? Exponents::allowed : Exponents::refused)) return false;
            }
        }
        return true;
    }

    bool read_scalars(const Value& value, Exponents exponents) {
        if (is_scalar(value, exponents)) return true;
        if (!value.is(Type::array)) return wrong(value);
        return std::all_of(value.items.begin(), value.items.end(),
                           [&](const Value& item) { return is_scalar(item, exponents) || wrong(item); });
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
