// A policy document as the checks see it: whatever has the right shape is there by name, and what has not is left out,
// so that one mistake does not hide the others. Needs well-formed JSON and nothing more.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/service_reference.hpp"
#include "lint/lint.hpp"
#include "policy/condition.hpp"
#include "policy/document_kind.hpp"
#include "policy/json.hpp"

namespace iamlocal::lint {

using policy::DocumentKind;
using policy::json::Type;
using policy::json::Value;

/// One value of Action or NotAction.
struct Action {
    const Value* value = nullptr;
    bool everything = false;  ///< `*` or `*:*`
    bool has_prefix = false;  ///< written as `prefix:name`; the rest is empty otherwise
    std::string prefix;       ///< in lower case
    std::string name;         ///< in lower case, with its wildcards
    const catalogue::ServiceReference* service = nullptr;
    std::vector<const catalogue::Action*> matches;  ///< the service's actions that it names

    [[nodiscard]] bool has_wildcard() const { return everything || name.find_first_of("*?") != std::string::npos; }
    /// Whether it stands for the action `prefix:name`, both in lower case.
    [[nodiscard]] bool covers(std::string_view action_prefix, std::string_view action_name) const;
};

/// One value of Principal or NotPrincipal.
struct Principal {
    std::string_view type;  ///< `AWS`; empty for the bare `*`
    const Value* value = nullptr;
};

/// One key under one operator.
struct Condition {
    std::string_view operator_text;
    std::size_t operator_at = 0;
    std::optional<policy::OperatorName> op;  ///< nothing: no operator of that name
    std::string_view key;                    ///< as written
    std::string folded_key;                  ///< in lower case
    std::size_t key_at = 0;
    const Value* value = nullptr;                    ///< what stands behind the key
    std::vector<const Value*> values;                ///< its strings, numbers and booleans
    const catalogue::ConditionKey* known = nullptr;  ///< null also for keys of services that are not in the statement

    [[nodiscard]] bool is(policy::Family family) const { return op && op->op->family == family; }
    [[nodiscard]] bool is_quantified() const { return op && op->quantifier != policy::Quantifier::none; }
};

struct Statement {
    const Value* whole = nullptr;
    const Value* sid = nullptr;
    const Value* effect = nullptr;
    bool allows = false;
    bool denies = false;
    const Value* principal = nullptr;
    const Value* not_principal = nullptr;
    const Value* action = nullptr;
    const Value* not_action = nullptr;
    const Value* resource = nullptr;
    const Value* not_resource = nullptr;
    const Value* condition = nullptr;
    std::vector<Principal> principals;                         ///< of Principal, or else of NotPrincipal
    std::vector<Action> actions;                               ///< of Action, or else of NotAction
    std::vector<const catalogue::ServiceReference*> services;  ///< of the actions, each once
    std::vector<const Value*> resources;                       ///< of Resource, or else of NotResource
    std::vector<Condition> conditions;

    /// Whether some condition names this key, which is in lower case.
    [[nodiscard]] const Condition* find_condition(std::string_view folded_key) const;
};

struct Document {
    std::string_view text;
    DocumentKind kind = DocumentKind::identity;
    Use use = Use::usual;
    const Value* root = nullptr;
    const Value* version = nullptr;
    const Value* statement = nullptr;
    std::vector<Statement> statements;  ///< those that are objects

    /// Identity-based, boundary or session policy.
    [[nodiscard]] bool is_identity_like() const;
    [[nodiscard]] bool has_variables() const;  ///< by its version
    /// Where the name of an object's i-th item begins.
    [[nodiscard]] std::size_t key_position(const Value& object, std::size_t i) const;

    static Document read(std::string_view text, const Value& root, DocumentKind kind);
};

}  // namespace iamlocal::lint
