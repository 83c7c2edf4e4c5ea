// Checks of a document's frame: its elements, their types, Sids, version and size.
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>

#include "aws/quotas.hpp"
#include "base/encoding.hpp"
#include "lint/report.hpp"
#include "policy/parse.hpp"

namespace iamlocal::lint {
namespace {

constexpr std::array<std::string_view, 3> document_elements{"Version", "Id", "Statement"};
constexpr std::array<std::string_view, 9> statement_elements{
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"};

template <std::size_t size>
void check_elements(const Document& document, const Value& object, const std::array<std::string_view, size>& known,
                    Report& report) {
    for (std::size_t i = 0; i < object.items.size(); ++i) {
        const std::string_view key = object.items[i].key;
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto meant = std::find_if(known.begin(), known.end(), [&](std::string_view name) {
            return equals_ignoring_case(name, key) ||
                   (key.size() > 1 && equals_ignoring_case(name, key.substr(0, key.size() - 1)));
        });
        std::string message = fmt::format("The policy element {} is not valid.", key);
        if (meant != known.end()) message += fmt::format(" Did you mean {}?", *meant);
        report.add(document.key_position(object, i), std::move(message));
    }
}

void invalid_policy_element(const Document& document, Report& report) {
    if (!document.root->is(Type::object)) return;
    check_elements(document, *document.root, document_elements, report);
    for (const Statement& statement : document.statements) {
        check_elements(document, *statement.whole, statement_elements, report);
    }
}

/// A JSON type by the name that people use for it.
std::string_view name_of(Type type) {
    switch (type) {
        case Type::null:
            return "null";
        case Type::boolean:
            return "a boolean";
        case Type::number:
            return "a number";
        case Type::string:
            return "a string";
        case Type::array:
            return "an array";
        case Type::object:
            break;
    }
    return "an object";
}

class TypeCheck {
  public:
    explicit TypeCheck(Report& report) : report_(report) {}

    void expect(const Value* value, Type type) {
        if (value && !value->is(type)) complain(*value, name_of(type));
    }

    void expect_strings(const Value* value) {
        if (!value || value->is(Type::string)) return;
        if (!value->is(Type::array)) return complain(*value, "a string or an array of strings");
        for (const Value& item : value->items) expect(&item, Type::string);
    }

    void expect_principal(const Value* value) {
        if (!value || value->is(Type::string)) return;
        if (!value->is(Type::object)) return complain(*value, "\"*\" or an object");
        for (const Value& item : value->items) expect_strings(&item);
    }

    void expect_condition(const Value* value) {
        if (!value) return;
        expect(value, Type::object);
        if (!value->is(Type::object)) return;
        for (const Value& block : value->items) {
            expect(&block, Type::object);
            if (block.is(Type::object)) expect_scalars(block);
        }
    }

  private:
    void expect_scalars(const Value& block) {
        for (const Value& item : block.items) {
            if (!item.is(Type::array)) {
                expect_scalar(item);
                continue;
            }
            for (const Value& value : item.items) expect_scalar(value);
        }
    }

    void expect_scalar(const Value& value) {
        if (value.is(Type::object) || value.is(Type::array) || value.is(Type::null)) {
            complain(value, "a string, a number or a boolean");
        }
    }

    void complain(const Value& value, std::string_view expected) {
        report_.add(value,
                    fmt::format("The text does not match the expected JSON data type: here is {}, expected is {}.",
                                name_of(value.type), expected));
    }

    Report& report_;
};

void data_type_mismatch(const Document& document, Report& report) {
    TypeCheck check(report);
    check.expect(document.root, Type::object);
    if (!document.root->is(Type::object)) return;
    check.expect(document.version, Type::string);
    check.expect(document.root->find("Id"), Type::string);
    if (!document.statement || document.statement->is(Type::object)) return;
    if (!document.statement->is(Type::array)) return check.expect(document.statement, Type::array);
    for (const Value& item : document.statement->items) check.expect(&item, Type::object);
}

void statement_type_mismatch(const Document&, const Statement& statement, Report& report) {
    TypeCheck check(report);
    check.expect(statement.sid, Type::string);
    check.expect(statement.effect, Type::string);
    check.expect_strings(statement.action);
    check.expect_strings(statement.not_action);
    check.expect_strings(statement.resource);
    check.expect_strings(statement.not_resource);
    check.expect_principal(statement.principal);
    check.expect_principal(statement.not_principal);
    check.expect_condition(statement.condition);
}

void missing_statement(const Document& document, Report& report) {
    if (!document.root->is(Type::object)) return;
    const Value* statement = document.statement;
    if (!statement) return report.add(*document.root, "Add a statement to the policy.");
    if (statement->is(Type::array) && statement->items.empty())
        report.add(*statement, "Add a statement to the policy.");
}

void missing_effect(const Document&, const Statement& statement, Report& report) {
    if (statement.effect) return;
    report.add(*statement.whole, "Add an Effect element to the policy statement with a value of Allow or Deny.");
}

void invalid_effect(const Document&, const Statement& statement, Report& report) {
    if (!statement.effect || !statement.effect->is(Type::string) || statement.allows || statement.denies) return;
    report.add(*statement.effect,
               fmt::format("The effect {} is not valid. Use Allow or Deny.", statement.effect->text));
}

void missing_action(const Document&, const Statement& statement, Report& report) {
    if (statement.action || statement.not_action) return;
    report.add(*statement.whole, "Add an Action or NotAction element to the policy statement.");
}

/// Policies of registries and of file systems are about the one that has them, and leave Resource out.
bool needs_no_resource(const Statement& statement) {
    return !statement.actions.empty() &&
           std::all_of(statement.actions.begin(), statement.actions.end(), [](const Action& action) {
               return action.everything || action.prefix == "ecr" || action.prefix == "ecr-public" ||
                      action.prefix == "elasticfilesystem";
           });
}

void missing_resource(const Document& document, const Statement& statement, Report& report) {
    if (document.kind == DocumentKind::trust || statement.resource || statement.not_resource) return;
    if (document.kind == DocumentKind::resource && needs_no_resource(statement)) return;
    report.add(*statement.whole, "Add a Resource or NotResource element to the policy statement.");
}

void unsupported_element_combination(const Document&, const Statement& statement, Report& report) {
    const auto check = [&](const Value* one, const Value* other, std::string_view name) {
        if (!one || !other) return;
        const Value& later = one->begin < other->begin ? *other : *one;
        report.add(later,
                   fmt::format("The policy elements {0} and Not{0} can not be used in the same statement. Remove "
                               "one of these elements.",
                               name));
    };
    check(statement.principal, statement.not_principal, "Principal");
    check(statement.action, statement.not_action, "Action");
    check(statement.resource, statement.not_resource, "Resource");
}

bool has_text(const Value* sid) { return sid && sid->is(Type::string) && !sid->text.empty(); }

void unsupported_sid(const Document& document, const Statement& statement, Report& report) {
    if (document.kind == DocumentKind::resource || !has_text(statement.sid)) return;
    const std::string_view sid = statement.sid->text;
    const bool plain = std::all_of(sid.begin(), sid.end(), [](char c) {
        const char folded = fold_case(c);
        return (c >= '0' && c <= '9') || (folded >= 'a' && folded <= 'z');
    });
    if (!plain) {
        report.add(*statement.sid,
                   "Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, "
                   "0-9]");
    }
}

template <class Complain>
void repeated_sids(const Document& document, Complain complain) {
    std::unordered_set<std::string_view> seen;
    for (const Statement& statement : document.statements) {
        if (has_text(statement.sid) && !seen.insert(statement.sid->text).second) complain(*statement.sid);
    }
}

void unique_sids_required(const Document& document, Report& report) {
    if (document.kind == DocumentKind::resource) return;
    repeated_sids(document, [&](const Value& sid) {
        report.add(sid,
                   fmt::format("Duplicate statement IDs are not supported for this policy type. Update the Sid value "
                               "{}.",
                               sid.text));
    });
}

void unique_sids_recommended(const Document& document, Report& report) {
    if (document.kind != DocumentKind::resource) return;
    repeated_sids(document, [&](const Value& sid) {
        report.add(sid,
                   fmt::format("We recommend that you use statement IDs that are unique to your policy. Update the Sid "
                               "value {}.",
                               sid.text));
    });
}

void empty_sid_value(const Document&, const Statement& statement, Report& report) {
    if (statement.sid && statement.sid->is(Type::string) && statement.sid->text.empty()) {
        report.add(*statement.sid, "Add a value to the empty string in the Sid element.");
    }
}

bool is_version(std::string_view text) { return text == "2012-10-17" || text == "2008-10-17"; }

void invalid_version(const Document& document, Report& report) {
    if (!document.version || !document.version->is(Type::string) || is_version(document.version->text)) return;
    report.add(*document.version,
               fmt::format("The version {} is not valid. Use one of the following versions: 2012-10-17, "
                           "2008-10-17",
                           document.version->text));
}

void missing_version(const Document& document, Report& report) {
    if (!document.root->is(Type::object) || document.version) return;
    report.add(
        *document.root,
        "Add \"Version\": \"2012-10-17\". Without it the policy is read as 2008-10-17, whose variables are plain "
        "text.");
}

void outdated_version(const Document& document, Report& report) {
    if (!document.version || document.version->text != "2008-10-17") return;
    report.add(*document.version,
               "The version 2008-10-17 is an old version of the policy language, without variables. Use 2012-10-17.");
}

/// What a kind of document may have without white space.
struct SizeLimit {
    std::size_t characters;
    std::string_view explanation;
};

/// Findings are about AWS's own quotas, since they are for documents on their way there.
std::size_t quota(aws::Quota of) { return static_cast<std::size_t>(aws::Quotas()[of]); }

constexpr auto highest_trust_quota = static_cast<std::size_t>(aws::highest_trust_policy_size);

std::size_t control_policy_quota(DocumentKind kind) {
    return quota(kind == DocumentKind::scp ? aws::Quota::service_control_policy_size
                                           : aws::Quota::resource_control_policy_size);
}

std::optional<SizeLimit> size_limit(DocumentKind kind, Use use) {
    if (use == Use::inline_policy)
        return SizeLimit{quota(aws::Quota::role_policy_size),
                         "the inline policies of a role together. Those of a user may have 2,048, those of a group "
                         "5,120"};
    switch (kind) {
        case DocumentKind::identity:
        case DocumentKind::boundary:
            return SizeLimit{
                quota(aws::Quota::policy_size),
                "a managed policy. The inline policies of a user may have 2,048 together, those of a group "
                "5,120, those of a role 10,240"};
        case DocumentKind::session:
            return SizeLimit{quota(aws::Quota::session_policy_size), "session policies"};
        case DocumentKind::trust:
            return SizeLimit{highest_trust_quota, "a role's trust policy, at the most"};
        case DocumentKind::scp:
        case DocumentKind::rcp:
            return SizeLimit{control_policy_quota(kind), "a policy of an organization"};
        case DocumentKind::resource:
            break;
    }
    return std::nullopt;
}

template <DocumentKind... kinds>
void policy_size(const Document& document, Report& report) {
    if (((document.kind != kinds) && ...)) return;
    const std::optional<SizeLimit> limit = size_limit(document.kind, document.use);
    if (!limit) return;
    const std::size_t size = policy::size_without_whitespace(document.text);
    if (size <= limit->characters) return;
    report.add(*document.root, fmt::format("The policy has {} characters without white space; the quota is {} for {}.",
                                           size, limit->characters, limit->explanation));
}

void trust_policy_size(const Document& document, Report& report) {
    if (document.kind != DocumentKind::trust) return;
    const std::size_t size = policy::size_without_whitespace(document.text);
    const std::size_t usual = quota(aws::Quota::trust_policy_size);
    if (size <= usual || size > highest_trust_quota) return;
    report.add(*document.root,
               fmt::format("The policy has {} characters without white space; a role's trust policy may have {} unless "
                           "AWS has raised the account's quota, which can be up to {}.",
                           size, usual, highest_trust_quota));
}

/// The API of AWS Organizations keeps white space and counts it; the console removes it.
template <DocumentKind kind>
void size_with_white_space(const Document& document, Report& report) {
    if (document.kind != kind) return;
    const std::size_t limit = control_policy_quota(kind);
    if (document.text.size() <= limit || policy::size_without_whitespace(document.text) > limit) return;
    report.add(*document.root,
               fmt::format("The policy has {} characters with white space; the quota is {}. Remove the white space "
                           "before you use it: the API of AWS Organizations counts it.",
                           document.text.size(), limit));
}

bool is_empty_array(const Value* value) { return value && value->is(Type::array) && value->items.empty(); }

void empty_array_action(const Document&, const Statement& statement, Report& report) {
    for (const Value* value : {statement.action, statement.not_action}) {
        if (is_empty_array(value)) {
            report.add(*value, "This statement includes no actions and does not affect the policy. Specify actions.");
        }
    }
}

void empty_array_resource(const Document&, const Statement& statement, Report& report) {
    for (const Value* value : {statement.resource, statement.not_resource}) {
        if (is_empty_array(value)) {
            report.add(*value,
                       "This statement includes no resources and does not affect the policy. Specify resources.");
        }
    }
}

void empty_array_principal(const Document&, const Statement& statement, Report& report) {
    for (const Value* element : {statement.principal, statement.not_principal}) {
        if (!element || !element->is(Type::object)) continue;
        for (const Value& value : element->items) {
            if (is_empty_array(&value)) {
                report.add(value,
                           "This statement includes no principals and does not affect the policy. Specify "
                           "principals.");
            }
        }
    }
}

void empty_object_principal(const Document&, const Statement& statement, Report& report) {
    for (const Value* element : {statement.principal, statement.not_principal}) {
        if (element && element->is(Type::object) && element->items.empty()) {
            report.add(*element,
                       "This statement includes no principals and does not affect the policy. Specify "
                       "principals.");
        }
    }
}

void empty_object_condition(const Document&, const Statement& statement, Report& report) {
    constexpr std::string_view message =
        "This condition block is empty and it does not affect the policy. Specify conditions.";
    const Value* condition = statement.condition;
    if (!condition || !condition->is(Type::object)) return;
    if (condition->items.empty()) report.add(*condition, std::string(message));
    for (const Value& block : condition->items) {
        if (block.is(Type::object) && block.items.empty()) report.add(block, std::string(message));
    }
}

}  // namespace

std::span<const Check> structure_checks() {
    static constexpr Check table[] = {
        {"DATA_TYPE_MISMATCH", Severity::error, "An element has the wrong JSON type.", statement_type_mismatch,
         data_type_mismatch},
        {"INVALID_POLICY_ELEMENT", Severity::error, "There is no policy element of this name.", nullptr,
         invalid_policy_element},
        {"MISSING_STATEMENT", Severity::error, "The policy has no statement.", nullptr, missing_statement},
        {"INVALID_VERSION", Severity::error, "There is no such version of the policy language.", nullptr,
         invalid_version},
        {"MISSING_EFFECT", Severity::error, "A statement has no Effect.", missing_effect},
        {"INVALID_EFFECT", Severity::error, "An Effect is neither Allow nor Deny.", invalid_effect},
        {"MISSING_ACTION", Severity::error, "A statement has neither Action nor NotAction.", missing_action},
        {"MISSING_RESOURCE", Severity::error, "A statement has neither Resource nor NotResource.", missing_resource},
        {"UNSUPPORTED_ELEMENT_COMBINATION", Severity::error, "A statement has an element and its Not… form.",
         unsupported_element_combination},
        {"UNSUPPORTED_SID", Severity::error, "A Sid has characters other than letters and digits.", unsupported_sid},
        {"UNIQUE_SIDS_REQUIRED", Severity::error, "Two statements have the same Sid.", nullptr, unique_sids_required},
        {"POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", Severity::error, "The policy is too long for a managed policy.",
         nullptr, policy_size<DocumentKind::identity, DocumentKind::boundary>, "reference_iam-quotas.html"},
        {"POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA", Severity::error, "The policy is too long for a session policy.",
         nullptr, policy_size<DocumentKind::session>, "reference_iam-quotas.html"},
        {"POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", Severity::error, "The policy is too long for a trust policy.",
         nullptr, policy_size<DocumentKind::trust>, "reference_iam-quotas.html"},
        {"POLICY_SIZE_EXCEEDS_SCP_QUOTA", Severity::error, "The policy is too long for a service control policy.",
         nullptr, policy_size<DocumentKind::scp>},
        {"POLICY_SIZE_EXCEEDS_RCP_QUOTA", Severity::error, "The policy is too long for a resource control policy.",
         nullptr, policy_size<DocumentKind::rcp>},
        {"POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", Severity::warning,
         "The policy is too long for a trust policy of an account with the default quota.", nullptr, trust_policy_size,
         "reference_iam-quotas.html"},
        {"POLICY_SIZE_EXCEEDS_SCP_QUOTA", Severity::warning, "The policy is too long with its white space.", nullptr,
         size_with_white_space<DocumentKind::scp>},
        {"POLICY_SIZE_EXCEEDS_RCP_QUOTA", Severity::warning, "The policy is too long with its white space.", nullptr,
         size_with_white_space<DocumentKind::rcp>},
        {"MISSING_VERSION", Severity::warning, "The policy has no Version.", nullptr, missing_version},
        {"OUTDATED_VERSION", Severity::warning, "The policy is written in the old version of the policy language.",
         nullptr, outdated_version, "reference_policies_elements_version.html"},
        {"UNIQUE_SIDS_RECOMMENDED", Severity::warning, "Two statements have the same Sid.", nullptr,
         unique_sids_recommended},
        {"EMPTY_SID_VALUE", Severity::suggestion, "A Sid is empty.", empty_sid_value},
        {"EMPTY_ARRAY_ACTION", Severity::suggestion, "A statement names no actions.", empty_array_action},
        {"EMPTY_ARRAY_RESOURCE", Severity::suggestion, "A statement names no resources.", empty_array_resource},
        {"EMPTY_ARRAY_PRINCIPAL", Severity::suggestion, "A statement names no principals.", empty_array_principal},
        {"EMPTY_OBJECT_PRINCIPAL", Severity::suggestion, "A Principal is an empty object.", empty_object_principal},
        {"EMPTY_OBJECT_CONDITION", Severity::suggestion, "A condition block is empty.", empty_object_condition},
    };
    return table;
}

}  // namespace iamlocal::lint
