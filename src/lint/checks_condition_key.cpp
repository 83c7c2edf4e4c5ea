// Checks of condition keys against the services' own lists: does the key exist, does the operator fit its type, do the
// statement's actions carry it.
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

using policy::Family;
using policy::Quantifier;

std::string_view prefix_of(const Condition& condition) {
    return std::string_view(condition.folded_key).substr(0, condition.folded_key.find(':'));
}

bool has_form(const Condition& condition) {
    const std::size_t colon = condition.folded_key.find(':');
    return colon != std::string::npos && colon > 0 && colon + 1 < condition.folded_key.size();
}

bool is_of_a_provider(const Condition& condition) { return is_provider_prefix(prefix_of(condition)); }

/// Whether only the tag's own name is missing: `aws:ResourceTag`, `aws:ResourceTag/`.
bool lacks_tag_key(const Statement& statement, const Condition& condition) {
    std::string key = condition.folded_key;
    if (!key.ends_with("tag") && !key.ends_with("tag/")) return false;
    if (condition.known && !key.ends_with('/')) return false;
    if (!key.ends_with('/')) key.push_back('/');
    const catalogue::ConditionKey* known = find_key(statement, key.append("x"));
    return known != nullptr && known->name.find("${") != std::string::npos;
}

void invalid_condition_key_format(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (has_form(condition)) continue;
        report.add(
            condition.key_at,
            fmt::format("The condition key format {} is not valid. Use the format service:keyname.", condition.key));
    }
}

void missing_tag_key_in_condition(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (!lacks_tag_key(statement, condition)) continue;
        report.add(condition.key_at,
                   fmt::format("The condition key {} must include a tag key to control access based on tags. "
                               "Use the format {}/tag-key and specify a key name for tag-key.",
                               condition.key, condition.key));
    }
}

void unsupported_global_condition_key(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (condition.folded_key != "aws:arn") continue;
        report.add(condition.key_at,
                   "The condition key aws:ARN is not supported. Use aws:PrincipalArn or aws:SourceArn instead.");
    }
}

void invalid_global_condition_key(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (condition.known || !has_form(condition) || prefix_of(condition) != "aws") continue;
        if (condition.folded_key == "aws:arn" || lacks_tag_key(statement, condition)) continue;
        const std::string similar =
            report.spend(suggestion_cost) ? similar_global_key(condition.folded_key) : std::string();
        report.add(condition.key_at, fmt::format("The condition key {} does not exist. {}", condition.key,
                                                 similar.empty() ? "Use a valid condition key."
                                                                 : fmt::format("Did you mean {}?", similar)));
    }
}

void invalid_service_condition_key(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (condition.known || !has_form(condition) || prefix_of(condition) == "aws") continue;
        const catalogue::ServiceReference* owner = catalogue::service_reference::find_service(prefix_of(condition));
        if (!owner || is_of_a_provider(condition) || lacks_tag_key(statement, condition)) continue;
        const std::string similar =
            report.spend(suggestion_cost) ? similar_key(*owner, condition.folded_key) : std::string();
        report.add(
            condition.key_at,
            fmt::format("The condition key {} does not exist in the service {}.{}", condition.key, owner->prefix,
                        similar.empty() ? " Use a valid condition key." : fmt::format(" Did you mean {}?", similar)));
    }
}

void invalid_key_service(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (condition.known || !has_form(condition) || prefix_of(condition) == "aws") continue;
        if (is_of_a_provider(condition) || catalogue::service_reference::find_service(prefix_of(condition))) continue;
        const std::string similar =
            report.spend(suggestion_cost) ? similar_prefix(prefix_of(condition)) : std::string();
        report.add(condition.key_at, fmt::format("The service {} does not exist.{}", prefix_of(condition),
                                                 similar.empty() ? " Use a valid service name."
                                                                 : fmt::format(" Did you mean {}?", similar)));
    }
}

/// Conditions that make no difference when the key is absent say nothing about what actions must carry.
bool needs_key(const Condition& condition) {
    return condition.op && !condition.op->if_exists && !condition.is(Family::null) && !condition.op->op->negated &&
           condition.op->quantifier != Quantifier::for_all_values;
}

/// Keys that come with the caller's credentials and so with every request.
constexpr std::array<std::string_view, 6> keys_of_credentials{
    "ec2:sourceinstancearn",         "ec2:roledelivery",   "lambda:sourcefunctionarn",
    "glue:credentialissuingservice", "glue:roleassumedby", "ssm:sourceinstancearn"};

/// Whether some action that is meant carries the key. Nothing when too much was asked.
std::optional<bool> carries_key(const Action& action, std::string_view key_name, Report& report) {
    for (const catalogue::Action* known : action.matches) {
        if (!report.spend(known->condition_keys.size() + 8 * known->resources.size())) return std::nullopt;
        if (supports(*action.service, *known, key_name)) return true;
    }
    return false;
}

/// Whether the reference says of any action at all that it carries the key: there are keys of which it does not.
bool is_listed(const Statement& statement, const Condition& condition, Report& report) {
    const auto lists = [&](const catalogue::ServiceReference* service) {
        return service && report.spend(8 * service->actions.size()) && supports(*service, condition.known->name);
    };
    return lists(catalogue::service_reference::find_service(prefix_of(condition))) ||
           std::any_of(statement.services.begin(), statement.services.end(), lists);
}

void unsupported_action_for_condition_key(const Document& document, const Statement& statement, Report& report) {
    if (!statement.action) return;
    for (const Condition& condition : statement.conditions) {
        if (!condition.known || prefix_of(condition) == "aws" || !needs_key(condition)) continue;
        // The keys of tokens stay with the session: only who is about to assume a role must bring them along.
        if (is_of_a_provider(condition) && document.kind != DocumentKind::trust) continue;
        if (std::find(keys_of_credentials.begin(), keys_of_credentials.end(), condition.folded_key) !=
            keys_of_credentials.end()) {
            continue;
        }
        if (has_several_pages(prefix_of(condition)) || !is_listed(statement, condition, report)) continue;
        std::string actions;
        for (const Action& action : statement.actions) {
            if (action.matches.empty()) continue;
            const std::optional<bool> carries = carries_key(action, condition.known->name, report);
            if (!carries) return;
            if (*carries) continue;
            if (!actions.empty()) actions += ", ";
            actions += action.value->text;
        }
        if (actions.empty()) continue;
        report.add(condition.key_at,
                   fmt::format("The following actions are not supported by the condition key {}: {}. Move "
                               "these actions to a statement without this condition key.",
                               condition.key, actions));
    }
}

/// A resource type lists the keys of the action that makes such resources, too: only the action's own count.
bool takes_tags(const catalogue::Action& action) {
    const auto is_listed_in = [](const std::vector<std::string>& keys) {
        return std::any_of(keys.begin(), keys.end(), [](const std::string& key) {
            return key == "aws:RequestTag/${TagKey}" || key == "aws:TagKeys";
        });
    };
    return action.access_level == "Tagging" || is_listed_in(action.condition_keys) ||
           std::any_of(
               action.resources.begin(), action.resources.end(),
               [&](const catalogue::ActionResource& resource) { return is_listed_in(resource.condition_keys); });
}

/// Keys of tags that come with a request are only there where the action makes or changes tags.
void tags_on_untaggable_action(const Document& document, const Statement& statement, Report& report) {
    if (!statement.action || !statement.allows || document.kind == DocumentKind::trust) return;
    for (const Condition& condition : statement.conditions) {
        const bool of_request =
            condition.folded_key.starts_with("aws:requesttag/") || condition.folded_key == "aws:tagkeys";
        if (!of_request || !condition.known || !needs_key(condition)) continue;
        for (const Action& action : statement.actions) {
            if (action.has_wildcard() || action.matches.size() != 1 || has_several_pages(action.prefix)) continue;
            if (takes_tags(*action.matches[0])) continue;
            report.add(condition.key_at,
                       fmt::format("Requests for '{}' never carry tags, so this statement does not allow it: {} is "
                                   "never there. For the tags of the resource use aws:ResourceTag.",
                                   action.value->text, condition.key));
        }
    }
}

/// Keys about who calls. Whoever brings a token or an assertion along has not signed, and is nobody yet.
bool is_about_caller(std::string_view folded_key) {
    constexpr std::array<std::string_view, 11> keys{"aws:multifactorauthage",
                                                    "aws:multifactorauthpresent",
                                                    "aws:principalaccount",
                                                    "aws:principalarn",
                                                    "aws:principalorgid",
                                                    "aws:principalorgmasteraccountid",
                                                    "aws:principalorgpaths",
                                                    "aws:principaltype",
                                                    "aws:userid",
                                                    "aws:username",
                                                    "sts:externalid"};
    return folded_key.starts_with("aws:principaltag/") || std::find(keys.begin(), keys.end(), folded_key) != keys.end();
}

/// Services have no second factor and are no users.
bool is_of_people(std::string_view folded_key) {
    return folded_key == "aws:multifactorauthage" || folded_key == "aws:multifactorauthpresent" ||
           folded_key == "aws:username";
}

/// Whether a role is assumed by tokens or assertions alone.
bool is_for_federation(const Statement& statement) {
    bool any = false;
    for (const Action& action : statement.actions) {
        if (action.prefix != "sts" || action.name == "assumerole" || action.has_wildcard()) return false;
        any = any || action.name == "assumerolewithwebidentity" || action.name == "assumerolewithsaml";
    }
    return any;
}

bool is_for_services(const Statement& statement) {
    return statement.principal && !statement.principals.empty() &&
           std::all_of(statement.principals.begin(), statement.principals.end(),
                       [](const Principal& principal) { return principal.type == "Service"; });
}

/// Keys that no request has which the statement is about: it allows nothing.
void key_that_is_never_there(const Document& document, const Statement& statement, Report& report) {
    if (!statement.action || !statement.allows) return;
    for (const Condition& condition : statement.conditions) {
        if (!needs_key(condition)) continue;
        if (document.kind == DocumentKind::trust) {
            std::string_view who;
            if (is_for_federation(statement) && is_about_caller(condition.folded_key))
                who = "Requests with a token or an assertion are not signed";
            else if (is_for_services(statement) && is_of_people(condition.folded_key))
                who = "The caller is a service";
            if (who.empty()) continue;
            report.add(condition.key_at, fmt::format("{}, so {} is never there, and nobody can assume the role by this "
                                                     "statement. Remove the condition.",
                                                     who, condition.key));
            continue;
        }
        if (!condition.folded_key.starts_with("aws:resourcetag/") || !document.is_identity_like()) continue;
        for (const Action& action : statement.actions) {
            if (action.has_wildcard() || action.matches.size() != 1 || has_several_pages(action.prefix)) continue;
            // Of reading tags pages forget the resource.
            if (action.name.find("tags") != std::string::npos) continue;
            if (!action.matches[0]->resources.empty() ||
                supports(*action.service, *action.matches[0],
                         condition.known ? std::string_view(condition.known->name) : condition.key))
                continue;
            report.add(
                condition.key_at,
                fmt::format("'{}' works on no particular resource, so {} is never there, and this statement does "
                            "not allow it. Move it to a statement without this condition.",
                            action.value->text, condition.key));
        }
    }
}

void missing_qualifier(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (!condition.known || !condition.op || condition.is_quantified() || condition.is(Family::null)) continue;
        if (!type_of(*condition.known).many) continue;
        report.add(condition.operator_at,
                   fmt::format("The request context key {} has multiple values. Use the ForAllValues or "
                               "ForAnyValue condition key qualifiers in your policy.",
                               condition.key));
    }
}

void for_all_values_with_single_valued_key(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (!condition.known || !condition.op || condition.op->quantifier != Quantifier::for_all_values) continue;
        if (type_of(*condition.known).many || condition.is(Family::null)) continue;
        report.add(condition.operator_at,
                   fmt::format("Using ForAllValues qualifier with the single-valued condition key {} can "
                               "be overly permissive. We recommend that you remove ForAllValues:.",
                               condition.key));
    }
}

/// Which operators go with a key's type, and which of them to recommend.
struct TypeRow {
    std::string_view type;
    std::array<Family, 4> families;
    std::string_view recommended;
};
constexpr std::array<TypeRow, 6> types{{
    {"String", {Family::string, Family::folded_string, Family::string, Family::string}, "String"},
    {"ARN", {Family::arn, Family::string, Family::folded_string, Family::arn}, "Arn"},
    {"Bool", {Family::boolean, Family::boolean, Family::boolean, Family::boolean}, "Bool"},
    {"Numeric", {Family::numeric, Family::numeric, Family::numeric, Family::numeric}, "Numeric"},
    {"Date", {Family::date, Family::numeric, Family::date, Family::date}, "Date"},
    {"IPAddress", {Family::ip, Family::ip, Family::ip, Family::ip}, "IpAddress"},
}};

void type_mismatch(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        if (!condition.known || !condition.op || condition.is(Family::null)) continue;
        const std::string_view type = type_of(*condition.known).base;
        const auto row =
            std::find_if(types.begin(), types.end(), [&](const TypeRow& entry) { return entry.type == type; });
        if (row == types.end()) continue;
        const Family family = condition.op->op->family;
        // What a key with a name of the caller's choice holds, nobody knows: kms:EncryptionContext:… may be an ARN.
        if (family == Family::arn && condition.known->name.find("${") != std::string::npos) continue;
        if (std::find(row->families.begin(), row->families.end(), family) != row->families.end()) continue;
        report.add(condition.operator_at,
                   fmt::format("Use the operator type {} instead of operator {} for the condition key {}.",
                               row->recommended, condition.operator_text, condition.key));
    }
}

void string_like_operator_with_arn_condition_keys(const Document&, const Statement& statement, Report& report) {
    for (const Condition& condition : statement.conditions) {
        const bool like = condition.is(Family::string) && condition.op->op->wildcards;
        if (!like || !condition.known || type_of(*condition.known).base != "ARN") continue;
        const bool wild = std::any_of(condition.values.begin(), condition.values.end(),
                                      [](const Value* value) { return has_wildcard(value->text); });
        if (!wild || prefix_of(condition) != "aws") continue;
        report.add(
            condition.operator_at,
            fmt::format("The wildcards of {} also match colons, and so other parts of the ARN in {}. Use ArnLike or "
                        "ArnNotLike.",
                        condition.operator_text, condition.key));
    }
}

/// The services in the statement, as `a, b`, whose requests never carry the tags of the resource.
std::string services_without_tags(const Statement& statement, std::string_view key_name, Report& report) {
    std::vector<std::string_view> prefixes;
    for (const catalogue::ServiceReference* service : statement.services) {
        if (!report.spend(8 * service->actions.size())) return {};
        if (!supports(*service, key_name)) prefixes.push_back(service->prefix);
    }
    return fmt::format("{}", fmt::join(prefixes, ", "));
}

template <bool denies, bool not_action>
void unsupported_tag_key(const Document&, const Statement& statement, Report& report) {
    if (denies ? !statement.denies : !statement.allows) return;
    for (const Condition& condition : statement.conditions) {
        if (!condition.folded_key.starts_with("aws:resourcetag/") || !condition.known || !needs_key(condition))
            continue;
        if constexpr (not_action) {
            if (!statement.not_action) continue;
            report.add(
                condition.key_at,
                fmt::format("The condition key {} does not apply to the actions of some services, which this statement "
                            "with NotAction therefore does not {}. Use Action instead of NotAction.",
                            condition.key, denies ? "deny" : "allow"));
        } else {
            if (!statement.action) continue;
            const std::string services = services_without_tags(statement, condition.known->name, report);
            if (services.empty()) continue;
            report.add(
                condition.key_at,
                fmt::format(
                    "Requests to services with the following prefixes do not carry {}: {}. Their actions are not "
                    "{} by this statement. Move them to a statement without this condition key.",
                    condition.key, services, denies ? "denied" : "allowed"));
        }
    }
}

}  // namespace

std::span<const Check> condition_key_checks() {
    static constexpr Check table[] = {
        {"INVALID_CONDITION_KEY_FORMAT", Severity::error, "A condition key is not written service:key.",
         invalid_condition_key_format},
        {"MISSING_TAG_KEY_IN_CONDITION", Severity::error, "A condition on a tag does not say which.",
         missing_tag_key_in_condition},
        {"UNSUPPORTED_GLOBAL_CONDITION_KEY", Severity::error, "The condition key aws:ARN is not supported.",
         unsupported_global_condition_key},
        {"INVALID_GLOBAL_CONDITION_KEY", Severity::error, "There is no such global condition key.",
         invalid_global_condition_key},
        {"INVALID_SERVICE_CONDITION_KEY", Severity::error, "The service has no such condition key.",
         invalid_service_condition_key},
        {"INVALID_SERVICE", Severity::error, "A condition key's prefix is that of no service.", invalid_key_service},
        {"UNSUPPORTED_ACTION_FOR_CONDITION_KEY", Severity::error, "An action never carries the condition key.",
         unsupported_action_for_condition_key},
        {"REQUEST_TAG_WITHOUT_TAGS", Severity::warning, "A condition on tags of requests that never have any.",
         tags_on_untaggable_action, nullptr, "access_tags.html"},
        {"CONDITION_KEY_NEVER_PRESENT", Severity::warning, "A condition on a key that no such request has.",
         key_that_is_never_there, nullptr, "reference_policies_condition-keys.html"},
        {"MISSING_QUALIFIER", Severity::error, "A key with many values has an operator for one.", missing_qualifier},
        {"TYPE_MISMATCH", Severity::warning, "The operator does not fit the key's type.", type_mismatch},
        {"FORALLVALUES_WITH_SINGLE_VALUED_KEY", Severity::security_warning,
         "ForAllValues with a key that has one value.", for_all_values_with_single_valued_key},
        {"STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", Severity::security_warning,
         "StringLike with a key that is an ARN.", string_like_operator_with_arn_condition_keys},
        {"DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::security_warning,
         "A Deny hangs on tags that the service does not know.", unsupported_tag_key<true, false>},
        {"DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::security_warning,
         "A Deny of all actions but some hangs on tags.", unsupported_tag_key<true, true>},
        {"ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::suggestion,
         "An Allow hangs on tags that the service does not know.", unsupported_tag_key<false, false>},
        {"ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::suggestion,
         "An Allow of all actions but some hangs on tags.", unsupported_tag_key<false, true>},
    };
    return table;
}

}  // namespace iamlocal::lint
