#include "policy/validate.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/partitions.hpp"
#include "policy/patterns.hpp"
#include "policy/shown_values.hpp"
#include "policy/trust_rules.hpp"

namespace iamlocal::policy {
namespace {

using json::Type;
using json::Value;
using MaybeProblem = std::optional<Problem>;

constexpr std::string_view legacy_parsing = "The policy failed legacy parsing";
constexpr std::string_view vendor_missing =
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";

constexpr std::array<std::string_view, 13> iam_paths{"user/",
                                                     "federated-user/",
                                                     "role/",
                                                     "group/",
                                                     "instance-profile/",
                                                     "mfa/",
                                                     "server-certificate/",
                                                     "policy/",
                                                     "sms-mfa/",
                                                     "saml-provider/",
                                                     "oidc-provider/",
                                                     "report/",
                                                     "access-report/"};
/// Types of resources that are younger than AWS's message.
constexpr std::array<std::string_view, 2> unnamed_iam_paths{"delegation-request/", "role-template/"};

bool has_wildcard(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return c == '*' || c == '?'; });
}

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool is_empty(const NegatableElement& element) {
    return !element.value || (element.value->is(Type::array) && element.value->items.empty());
}

/// Applies `rule` to every statement and gives the first problem.
template <class Rule>
MaybeProblem first_problem(const Outline& outline, Rule rule) {
    for (const StatementOutline& statement : outline.statements) {
        if (MaybeProblem found = rule(statement)) return found;
    }
    return std::nullopt;
}

/// Applies `rule` to every value of an element.
template <class Rule>
MaybeProblem first_value_problem(const NegatableElement& element, Rule rule) {
    if (!element.value) return std::nullopt;
    for (const Value& value : values_of(*element.value)) {
        if (MaybeProblem found = rule(value)) return found;
    }
    return std::nullopt;
}

bool has_variable(std::string_view text) { return text.find("${") != std::string_view::npos; }

/// An ARN's parts, those that a short one leaves out being `*`. What stands before the first colon counts as `arn`.
struct FilledArn {
    std::array<std::string_view, 6> parts;
    std::size_t given = 0;

    /// How messages write it.
    [[nodiscard]] std::string text() const {
        std::string filled = "arn";
        for (std::size_t i = 1; i < parts.size(); ++i) filled.append(":").append(parts[i]);
        return filled;
    }
};

FilledArn fill_arn(std::string_view text) {
    FilledArn arn;
    arn.given = split_arn_pattern(text, arn.parts);
    std::fill(arn.parts.begin() + static_cast<std::ptrdiff_t>(arn.given), arn.parts.end(), "*");
    return arn;
}

/// Variables may stand for any part, or for all of them.
MaybeProblem resource_format(const Value& value) {
    if (value.text == "*") return std::nullopt;
    const FilledArn arn = fill_arn(value.text);
    if (has_variable(arn.parts[0])) return std::nullopt;
    const std::string_view partition = arn.parts[1];
    const std::string_view service = arn.parts[2];
    const std::string_view region = arn.parts[3];
    const std::string_view rest = arn.parts[5];
    if (arn.given == 1)
        return problem(fmt::format("Resource {} must be in ARN format or \"*\".", value.text), value,
                       fmt::format("{} has no colon.", shown(value.text)));
    if (!has_wildcard(partition) && !has_variable(partition) && !aws::is_partition(partition)) {
        return problem(fmt::format("Partition \"{}\" is not valid for resource \"{}\".", partition, arn.text()), value,
                       fmt::format("{} stands where a partition (aws, aws-cn, …) belongs.", shown(partition)));
    }
    if (has_wildcard(service) && !has_variable(service)) {
        return problem("Resource vendor must be fully qualified and cannot contain regexes.", value,
                       fmt::format("The service in {} has a wildcard, or is left out.", shown(value.text)));
    }
    const bool in_region = !region.empty() && !has_variable(region);
    if (service == "iam" && in_region) {
        return problem("IAM resource " + arn.text() + " cannot contain region information.", value,
                       fmt::format("{} stands where a Region belongs, and IAM has none.", shown(region)));
    }
    // Access points and access grants do have a Region, and then an account too.
    if (service == "s3" && in_region && arn.parts[4].empty()) {
        return problem("Resource " + arn.text() + " can not contain region information.", value,
                       fmt::format("{} stands where a Region belongs, and buckets have none.", shown(region)));
    }
    const auto begins_rest = [&](std::string_view path) { return rest.starts_with(path); };
    const bool is_path = rest == "*" || rest == "root" || rest.starts_with("${") ||
                         std::any_of(iam_paths.begin(), iam_paths.end(), begins_rest) ||
                         std::any_of(unnamed_iam_paths.begin(), unnamed_iam_paths.end(), begins_rest);
    if (service == "iam" && !is_path) {
        std::string message = "IAM resource path must either be \"*\", root, or start with ";
        for (const std::string_view path : iam_paths) message.append(path).append(", ");
        message.replace(message.size() - 2, 2, ".");
        return problem(message, value, fmt::format("{} begins with none of these.", shown(rest)));
    }
    return std::nullopt;
}

MaybeProblem action_format(const Value& value) {
    const std::string_view text = value.text;
    if (text == "*" || text == "*:*") return std::nullopt;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        return problem(vendor_missing, value, fmt::format("{} has no colon.", shown(text)));
    if (text.find(':', colon + 1) != std::string_view::npos) {
        return problem("Actions/Condition can contain only one colon.", value,
                       fmt::format("{} has several.", shown(text)));
    }
    const std::string_view vendor = text.substr(0, colon);
    if (has_wildcard(vendor)) {
        return problem("Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.", value,
                       fmt::format("The service in {} has one.", shown(text)));
    }
    const bool valid = !vendor.empty() && std::all_of(vendor.begin(), vendor.end(), [](char c) {
        return is_alphanumeric(c) || c == '-' || c == '.';
    });
    if (!valid)
        return problem("Vendor " + std::string(vendor) + " is not valid", value,
                       fmt::format("The service in {} is {}.", shown(text),
                                   vendor.empty() ? "left out" : "not of letters, digits, hyphens and periods"));
    return std::nullopt;
}

/// A Region as far as the oldest parser looks: no upper case, no hyphen twice (`us-west--2`).
bool is_region(std::string_view text) {
    if (has_variable(text)) return true;
    return text.find("--") == std::string_view::npos && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '*' || c == '?';
           });
}

/// An account, a pattern of accounts, or a name that stands for accounts of AWS (`aws`, `cloudfront`).
bool is_account(std::string_view text) {
    if (has_variable(text)) return true;
    const auto all = [&](std::string_view allowed, char from, char to) {
        return std::all_of(text.begin(), text.end(),
                           [&](char c) { return (c >= from && c <= to) || allowed.find(c) != std::string_view::npos; });
    };
    return all("*?", '0', '9') || all("-", 'a', 'z');
}

bool is_exact_effect(const Value& effect) { return effect.text == "Allow" || effect.text == "Deny"; }

MaybeProblem inexact_effect(const StatementOutline& statement) {
    if (is_exact_effect(*statement.effect)) return std::nullopt;
    return problem(
        legacy_parsing, *statement.effect,
        fmt::format("The Effect {} is neither \"Allow\" nor \"Deny\"; case matters.", shown(statement.effect->text)));
}

/// Whether an operator can read a value. Variables of ARNs are not known yet.
bool is_readable(Family family, std::string_view text) {
    switch (family) {
        case Family::numeric:
            return Decimal::parse(text).has_value();
        case Family::date:
            return PreciseInstant::parse(text).has_value();
        case Family::ip:
            return AddressRange::parse(text).has_value();
        case Family::arn:
            return text == "*" || has_variable(text) || ArnParts::split(text).has_value();
        case Family::binary:
            return Bytes::parse(text).has_value();
        default:
            return true;
    }
}

std::string_view wanted_by(Family family) {
    switch (family) {
        case Family::numeric:
            return "number";
        case Family::date:
            return "date such as 2026-11-28T20:15:00Z";
        case Family::ip:
            return "IP address or network";
        case Family::arn:
            return "ARN of six parts";
        default:
            return "base64";
    }
}

/// A value that its operator cannot read. Policies of sessions may have such, only their base64 is looked at.
MaybeProblem unreadable_value(const StatementOutline& statement, DocumentKind kind) {
    if (!statement.condition) return std::nullopt;
    for (const Value& keys : statement.condition->items) {
        const std::optional<OperatorName> name = parse_operator(keys.key);
        if (!name || (kind == DocumentKind::session && name->op->family != Family::binary)) continue;
        for (const Value& values : keys.items) {
            for (const Value& value : values_of(values)) {
                if (is_readable(name->op->family, value.text)) continue;
                return problem(legacy_parsing, value,
                               fmt::format("{} of {} {} is no {}.", shown(value.text), keys.key, values.key,
                                           wanted_by(name->op->family)));
            }
        }
    }
    return std::nullopt;
}

/// A resource with a part that is empty or of no form. Those of which resource_format() has something to say do not
/// count, as it says more.
MaybeProblem legacy_resource(const Value& value) {
    if (value.text == "*" || resource_format(value)) return std::nullopt;
    const FilledArn arn = fill_arn(value.text);
    if (arn.given == 1) return std::nullopt;
    const auto* const given = arn.parts.begin() + static_cast<std::ptrdiff_t>(arn.given);
    const bool has_gap = arn.given < arn.parts.size() && std::find(arn.parts.begin(), given, "") != given;
    const std::string whole = shown(value.text);
    std::string reason;
    if (arn.parts[2].empty())
        reason = fmt::format("{} names no service in its third part.", whole);
    else if (has_gap)
        reason = fmt::format("{} has {} of an ARN's six parts, and one of them is empty.", whole, arn.given);
    else if (!is_region(arn.parts[3]))
        reason = fmt::format("{} in {} is no name of a Region.", shown(arn.parts[3]), whole);
    else if (!is_account(arn.parts[4]))
        reason = fmt::format("{} in {} is no account.", shown(arn.parts[4]), whole);
    return reason.empty() ? MaybeProblem{} : problem(legacy_parsing, value, std::move(reason));
}

/// What IAM's oldest parser does not survive.
MaybeProblem legacy_problem(const StatementOutline& statement, DocumentKind kind) {
    if (MaybeProblem found = inexact_effect(statement)) return found;
    if (MaybeProblem found = first_value_problem(statement.resource, legacy_resource)) return found;
    return unreadable_value(statement, kind);
}

MaybeProblem sid_problem(const Outline& outline, bool alphanumeric) {
    std::unordered_set<std::string_view> seen(2 * outline.statements.size());
    for (const StatementOutline& statement : outline.statements) {
        if (!statement.sid || statement.sid->text.empty()) continue;
        const std::string_view sid = statement.sid->text;
        if (alphanumeric && !std::all_of(sid.begin(), sid.end(), is_alphanumeric)) {
            return problem(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
                "[0-9A-Za-z]*",
                *statement.sid, fmt::format("{} has other characters.", shown(sid)));
        }
        if (!seen.insert(sid).second) {
            return problem("Statement IDs (SID) in a single policy must be unique.", *statement.sid,
                           fmt::format("{} stands at an earlier statement, too.", shown(sid)));
        }
    }
    return std::nullopt;
}

std::string lack_of(std::string_view name, const NegatableElement& element) {
    if (element.value) return fmt::format("{} is an empty list.", element.value->key);
    return fmt::format("The statement has neither {0} nor Not{0}.", name);
}

MaybeProblem action_missing(const StatementOutline& statement) {
    if (!is_empty(statement.action)) return std::nullopt;
    return problem("Policy statement must contain actions.", *statement.whole, lack_of("Action", statement.action));
}

MaybeProblem resource_missing(const StatementOutline& statement) {
    if (!is_empty(statement.resource)) return std::nullopt;
    return problem("Policy statement must contain resources.", *statement.whole,
                   lack_of("Resource", statement.resource));
}

MaybeProblem principal_prohibited(const StatementOutline& statement) {
    if (!statement.principal.value) return std::nullopt;
    return problem("Policy document should not specify a principal.", *statement.principal.value,
                   fmt::format("{} stands in a policy that is for whoever has it.", statement.principal.value->key));
}

MaybeProblem principal_missing(const StatementOutline& statement) {
    if (statement.principal.value) return std::nullopt;
    return problem("Missing required field Principal", *statement.whole,
                   "The statement has neither Principal nor NotPrincipal.");
}

/// Everywhere but in trust policies only `*` is a principal without a type.
MaybeProblem bare_principal(const StatementOutline& statement) {
    const Value* principal = statement.principal.value;
    if (!principal || !principal->is(Type::string) || principal->text == "*") return std::nullopt;
    return problem(syntax_errors, *principal,
                   fmt::format("The Principal {} is neither \"*\" nor a JSON object.", shown(principal->text)));
}

/// What no service takes when a policy is stored: a value that is no principal's name.
MaybeProblem unknown_principal(const StatementOutline& statement) {
    const Value* principal = statement.principal.value;
    if (!principal || !principal->is(Type::object)) return std::nullopt;
    for (const Value& names : principal->items) {
        const PrincipalPattern::Type type = PrincipalPattern::type_of(names.key);
        for (const Value& value : values_of(names)) {
            if (!PrincipalPattern::parse(type, value.text).names_nobody()) continue;
            return problem(fmt::format("Invalid principal in policy: \"{}\":\"{}\"", names.key, value.text), value,
                           fmt::format("{} is no principal of the kind {}.", shown(value.text), names.key));
        }
    }
    return std::nullopt;
}

/// A statement that is meant to stop somebody, and by a mistake in its principal would stop nobody: a Deny of one who
/// is not there, an Allow of everyone but him.
MaybeProblem harmless_restriction(const StatementOutline& statement) {
    const Value* principal = statement.principal.value;
    const bool deny = statement.effect->text == "Deny";
    if (!principal)
        return deny ? problem(syntax_errors, *statement.whole, "The Deny has no Principal.") : MaybeProblem{};
    if (deny == statement.principal.negated) return std::nullopt;
    const bool lists_nobody =
        principal->is(Type::object) && std::all_of(principal->items.begin(), principal->items.end(),
                                                   [](const Value& names) { return values_of(names).empty(); });
    return lists_nobody ? problem(syntax_errors, *principal, fmt::format("{} names nobody.", principal->key))
                        : unknown_principal(statement);
}

bool is_identity_like(DocumentKind kind) {
    return kind == DocumentKind::identity || kind == DocumentKind::boundary || kind == DocumentKind::session ||
           kind == DocumentKind::scp;
}

/// Of a Version that does not exist, whatever the document is for.
MaybeProblem unknown_version(const Outline& outline) {
    if (!outline.version || outline.version->text == "2008-10-17" || outline.is_2012()) return std::nullopt;
    return problem(syntax_errors, *outline.version,
                   fmt::format("There is no Version {}; there are \"2012-10-17\" and \"2008-10-17\".",
                               shown(outline.version->text)));
}

MaybeProblem old_version(const Outline& outline, DocumentKind kind, Strictness strictness) {
    const bool must_be_new =
        strictness == Strictness::managed || kind == DocumentKind::scp || kind == DocumentKind::rcp;
    if (!must_be_new || outline.is_2012()) return std::nullopt;
    return Problem{"Policy document must be version 2012-10-17 or greater.",
                   outline.version ? outline.version->begin : 0,
                   outline.version ? fmt::format("Version is {}.", shown(outline.version->text))
                                   : "There is no Version, which means 2008-10-17."};
}

}  // namespace

std::optional<Problem> find_problem(const Outline& outline, DocumentKind kind, Strictness strictness) {
    const auto has_unreadable_value = [&](const StatementOutline& statement) {
        return unreadable_value(statement, kind);
    };
    if (auto found = unknown_version(outline)) return found;
    if (kind == DocumentKind::trust) {
        if (auto found = sid_problem(outline, true)) return found;
        if (auto found = first_problem(outline, trust_problem)) return found;
        return first_problem(outline, has_unreadable_value);
    }
    if (auto found = first_problem(outline, bare_principal)) return found;
    if (auto found = old_version(outline, kind, strictness)) return found;
    if (auto found = first_problem(outline, is_identity_like(kind) ? principal_prohibited : principal_missing)) {
        return found;
    }
    // Not even an empty line may stand before an identity-based policy.
    if (is_identity_like(kind) && outline.begin > 0)
        return Problem{std::string(legacy_parsing), 0, "White space stands before the document."};
    if (auto found = first_problem(
            outline, [&](const StatementOutline& statement) { return legacy_problem(statement, kind); })) {
        return found;
    }
    if (auto found = sid_problem(outline, kind != DocumentKind::resource)) return found;
    if (auto found = first_problem(outline, action_missing)) return found;
    if (auto found = first_problem(outline, resource_missing)) return found;
    if (!is_identity_like(kind)) {
        if (auto found = first_problem(outline, unknown_principal)) return found;
        if (auto found = first_problem(outline, harmless_restriction)) return found;
    }
    // What else a resource's own policy may name is the business of its service.
    if (kind == DocumentKind::resource) return std::nullopt;
    if (auto found = first_problem(outline, [](const StatementOutline& statement) {
            return first_value_problem(statement.resource, resource_format);
        })) {
        return found;
    }
    return first_problem(outline, [](const StatementOutline& statement) {
        return first_value_problem(statement.action, action_format);
    });
}

std::optional<Problem> find_unusable(const Outline& outline, DocumentKind kind) {
    if (auto found = unknown_version(outline)) return found;
    if (auto found = first_problem(outline, inexact_effect)) return found;
    if (auto found = first_problem(outline, bare_principal)) return found;
    if (is_identity_like(kind)) {
        if (auto found = first_problem(outline, principal_prohibited)) return found;
    } else if (auto found = first_problem(outline, harmless_restriction)) {
        return found;
    }
    if (auto found = first_problem(outline, action_missing)) return found;
    if (kind == DocumentKind::trust) return std::nullopt;
    return first_problem(outline, resource_missing);
}

}  // namespace iamlocal::policy
