#include "lint/lint.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "lint/document.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "policy/json.hpp"
#include "policy/locate.hpp"
#include "policy/parse.hpp"

namespace iamlocal::lint {
namespace {

using policy::Position;

constexpr policy::json::Limits limits{policy::max_document_bytes, policy::max_document_depth};
/// What PolicyDocument can have at most, whatever the quotas are.
constexpr std::size_t most_characters = 131'072;
/// For loops within loops: about a second of work.
constexpr std::size_t most_steps = 200'000'000;

constexpr Check json_check{"JSON_SYNTAX_ERROR", Severity::error, "The document is no JSON."};
constexpr Check refused_check{refused_code, Severity::error, "AWS refuses the document.",
                              nullptr,      nullptr,         "troubleshoot_policies.html"};
constexpr Check size_check{
    "POLICY_SIZE_EXCEEDS_MAXIMUM", Severity::error, "The document is longer than any may be.", nullptr, nullptr,
    "reference_iam-quotas.html"};

constexpr Check left_out_check{"FINDINGS_LEFT_OUT",
                               Severity::error,
                               "There is more to say about the document than was said.",
                               nullptr,
                               nullptr,
                               "access-analyzer-policy-validation.html"};

const std::array<std::span<const Check>, 13>& tables() {
    static const std::array<std::span<const Check>, 13> all{
        structure_checks(),  principal_checks(),  trust_checks(),         provider_checks(), action_checks(),
        resource_checks(),   condition_checks(),  condition_key_checks(), value_checks(),    variable_checks(),
        permission_checks(), escalation_checks(), redundancy_checks()};
    return all;
}

/// Whether a bracket closes what a comma says goes on.
bool is_after_comma(std::string_view text, std::size_t at) {
    if (at >= text.size() || (text[at] != '}' && text[at] != ']')) return false;
    const std::size_t before = at == 0 ? std::string_view::npos : text.find_last_not_of(" \t\r\n", at - 1);
    return before != std::string_view::npos && text[before] == ',';
}

void run_checks(const Document& document, Report& report) {
    for (const std::span<const Check> table : tables()) {
        for (const Check& check : table) {
            report.set_check(check);
            if (check.on_document) check.on_document(document, report);
            if (!check.on_statement) continue;
            for (const Statement& statement : document.statements) check.on_statement(document, statement, report);
        }
    }
}

std::vector<Finding> to_findings(std::string_view text, std::vector<Report::Entry>& entries) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Report::Entry& a, const Report::Entry& b) { return a.at < b.at; });
    policy::PositionCursor places(text);
    std::vector<Finding> findings;
    findings.reserve(entries.size());
    for (Report::Entry& entry : entries) {
        const Position position = places.at(entry.at);
        findings.push_back({entry.check->severity, entry.check->code, std::move(entry.message), position.line,
                            position.column, help_address(*entry.check)});
    }
    return findings;
}

/// AWS's words seldom say which value they are about, and why.
std::string what_is_meant(const policy::ParseError& error) {
    if (error.reason.empty()) return {};
    return fmt::format("{} {}", error.message.ends_with('.') ? "" : ".", error.reason);
}

/// Whether services differ about what IAM's parser refuses: KMS takes a Sid twice, ECR and EFS want no Resource.
bool is_left_to_services(const policy::ParseError& error, const std::vector<Finding>& findings) {
    if (error.message == "Policy statement must contain resources.")
        return std::none_of(findings.begin(), findings.end(),
                            [](const Finding& finding) { return finding.code == "MISSING_RESOURCE"; });
    return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.code == "UNIQUE_SIDS_RECOMMENDED" && finding.line == error.line &&
               finding.column == error.column;
    });
}

/// What IAM answers when the document is stored; other services take other kinds, in their own words. Where a check has
/// said what is wrong at that place, or there is but one error to which it can belong, the answer goes there; else it
/// stands for itself.
void add_refusal(std::string_view text, DocumentKind kind, Use use, std::vector<Finding>& findings) {
    const auto parsed = policy::parse(text, kind);
    const auto* error = std::get_if<policy::ParseError>(&parsed);
    if (!error) return;
    if (use == Use::inline_policy && error->message.starts_with("Policy document must be version")) return;
    if (kind == DocumentKind::resource && is_left_to_services(*error, findings)) return;
    const bool of_iam = kind != DocumentKind::scp && kind != DocumentKind::rcp && kind != DocumentKind::resource;
    const auto same_place = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.severity == Severity::error && finding.line == error->line && finding.column == error->column;
    });
    if (same_place != findings.end()) {
        same_place->message += of_iam ? fmt::format(" (IAM answers {}: {})", error->code, error->message)
                                      : fmt::format(" (AWS refuses it: {})", error->message);
        return;
    }
    const auto after = std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) {
        return std::pair(finding.line, finding.column) > std::pair(error->line, error->column);
    });
    findings.insert(after, {Severity::error, refused_code,
                            fmt::format("{} refuses this document: {}{}", of_iam ? "IAM" : "AWS", error->message,
                                        what_is_meant(*error)),
                            error->line, error->column, help_address(refused_check)});
}

/// Whoever goes by the severities must not take what was left out for nothing: as severe as the worst of it.
void add_left_out(const Report& report, std::vector<Finding>& findings) {
    if (report.left_out() == 0 && !report.is_unfinished()) return;
    const Severity severity = report.is_unfinished() ? Severity::error : report.worst_left_out();
    std::string message;
    if (report.left_out() > 0) message = fmt::format("{} more findings are not shown.", report.left_out());
    if (report.is_unfinished()) {
        message += message.empty() ? "" : " ";
        message += "The document is too large for all checks to be finished. Split it.";
    }
    const Finding last = findings.empty() ? Finding{} : findings.back();
    findings.push_back(
        {severity, left_out_check.code, std::move(message), last.line, last.column, help_address(left_out_check)});
}

/// Whether some action is one of trust policies, or none says what the document is for.
bool may_assume_roles(const Document& document) {
    bool other = false;
    for (const Statement& statement : document.statements) {
        for (const Action& action : statement.actions) {
            if (is_trust_action(action) || action.prefix == "sts") return true;
            other = other || action.has_prefix;
        }
    }
    return !other;
}

/// Whether all actions are those of trust policies.
bool assumes_roles(const Document& document) {
    return std::all_of(document.statements.begin(), document.statements.end(), [](const Statement& statement) {
        return statement.action && !statement.actions.empty() &&
               std::all_of(statement.actions.begin(), statement.actions.end(), is_trust_action);
    });
}

}  // namespace

std::vector<Finding> lint(std::string_view text, DocumentKind kind, Use use) {
    Report report(most_steps);
    const auto parsed = policy::json::parse(text, limits);
    if (const auto* error = std::get_if<policy::json::Error>(&parsed)) {
        report.set_check(json_check);
        report.add(error->at, fmt::format("Fix the JSON syntax error at this place: {}.{}", error->reason,
                                          is_after_comma(text, error->at)
                                              ? " A comma stands before it, with nothing behind the comma."
                                              : ""));
    } else if (const std::size_t size = policy::size_without_whitespace(text); size > most_characters) {
        report.set_check(size_check);
        report.add(0, fmt::format("The document has {} characters; no API takes more than {}.", size, most_characters));
    } else {
        Document document = Document::read(text, std::get<policy::json::Document>(parsed).root(), kind);
        document.use = use;
        run_checks(document, report);
    }
    std::vector<Finding> findings = to_findings(text, report.entries());
    add_refusal(text, kind, use, findings);
    add_left_out(report, findings);
    return findings;
}

DocumentKind guess_kind(std::string_view text) {
    const auto parsed = policy::json::parse(text, limits);
    const auto* values = std::get_if<policy::json::Document>(&parsed);
    if (!values) return DocumentKind::identity;
    const Document document = Document::read(text, values->root(), DocumentKind::identity);
    bool principal = false;
    bool resource = false;
    bool allows = false;
    for (const Statement& statement : document.statements) {
        allows = allows || statement.allows;
        principal = principal || statement.principal || statement.not_principal;
        resource = resource || statement.resource || statement.not_resource;
    }
    if (!principal) return DocumentKind::identity;
    // A Resource does not make it anything else, it is a mistake.
    if (allows && assumes_roles(document)) return DocumentKind::trust;
    // Registries and file systems have policies without Resource, too.
    return resource || !may_assume_roles(document) ? DocumentKind::resource : DocumentKind::trust;
}

const std::vector<Rule>& rules() {
    static const std::vector<Rule> all = [] {
        std::vector<Rule> made;
        const auto add = [&](const Check& check) {
            const bool known =
                std::any_of(made.begin(), made.end(), [&](const Rule& rule) { return rule.code == check.code; });
            if (!known) made.push_back({check.code, check.severity, check.summary, help_address(check)});
        };
        add(json_check);
        add(refused_check);
        add(size_check);
        add(left_out_check);
        for (const std::span<const Check> table : tables()) {
            for (const Check& check : table) add(check);
        }
        return made;
    }();
    return all;
}

}  // namespace iamlocal::lint
