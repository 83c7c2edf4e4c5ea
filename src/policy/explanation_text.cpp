#include <fmt/format.h>

#include "policy/explanation.hpp"

namespace iamlocal::policy {
namespace {

std::string_view words_for(Outcome outcome) {
    switch (outcome) {
        case Outcome::allowed:
            return "ALLOWED";
        case Outcome::explicit_deny:
            return "DENIED (explicit deny)";
        case Outcome::implicit_deny:
            return "DENIED (implicit deny)";
    }
    return {};
}

bool has_levels(PolicyType type) { return type == PolicyType::scp || type == PolicyType::rcp; }

std::string level_suffix(PolicyType type, std::size_t level) {
    return has_levels(type) ? fmt::format(" at level {}", level) : std::string();
}

std::string_view caller_of(const Principal* principal) {
    if (!principal) return "anonymous";
    if (!principal->arn.empty()) return principal->arn;
    return principal->provider.empty() ? "anonymous" : std::string_view(principal->provider);
}

void append_statement(std::string& out, const StatementReport& line, bool decided) {
    // The place of the element to blame: it is where the reader wants to look.
    const Position at = line.match.applies() ? line.start : line.element;
    out.append(fmt::format("  {} {}:{} {} {}{}: {}\n", decided ? "=>" : "  ", at.line, at.column,
                           line.effect == Effect::allow ? "Allow" : "Deny", line.index + 1,
                           line.sid.empty() ? "" : fmt::format(" ({})", line.sid), line.text));
}

void append_policy(std::string& out, const Explanation& explanation, std::size_t index) {
    const PolicyReport& report = explanation.policies[index];
    const bool decided = explanation.deciding_policy == index;
    out.append(fmt::format("{}{} {}{}{}\n", title_of(report.type), level_suffix(report.type, report.level), report.name,
                           owner_suffix(report),
                           report.arn.empty() || report.arn == report.name ? "" : fmt::format(" ({})", report.arn)));
    if (report.unreadable) out.append("  cannot be read as a policy: it denies everything\n");
    for (const StatementReport& line : report.statements) {
        append_statement(out, line, decided && explanation.deciding_statement == line.index);
    }
}

void append_context(std::string& out, const ContextReport& context) {
    out.append("  ").append(context.key);
    if (!context.values) {
        out.append(" is absent\n");
        return;
    }
    out.append(" =");
    for (std::size_t i = 0; i < context.values->items.size(); ++i) {
        out.append(i == 0 ? " " : ", ").append(context.values->items[i]);
    }
    out.append(context.values->multivalued ? " (list)\n" : "\n");
}

}  // namespace

std::string to_text(const Explanation& explanation, const Request& request) {
    std::string out = fmt::format("{}: {} on {} by {}\n{}\n", words_for(explanation.outcome), request.action,
                                  request.resource, caller_of(request.principal), explanation.step);
    for (std::size_t i = 0; i < explanation.policies.size(); ++i) {
        if (i == 0) out.append("\nPolicies:\n");
        append_policy(out, explanation, i);
    }
    if (!explanation.context.empty()) out.append("\nCondition keys that they ask for:\n");
    for (const ContextReport& context : explanation.context) append_context(out, context);
    if (!explanation.additions.empty()) out.append("\nWhat would allow it:\n");
    for (const Addition& addition : explanation.additions) {
        out.append(fmt::format("  in {} {}{}: {}\n", addition.type == PolicyType::identity ? "an" : "a",
                               title_of(addition.type), level_suffix(addition.type, addition.level),
                               addition.statement));
    }
    if (!explanation.obstacle.empty()) out.append("\nIn the way: ").append(explanation.obstacle).append(".\n");
    return out;
}

}  // namespace iamlocal::policy
