#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "policy/explanation.hpp"

namespace iamlocal::policy {
namespace {

/// More statements about other actions than these are counted, not shown.
constexpr std::size_t few_others = 3;

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

std::string level_suffix(PolicyType type, std::size_t level) {
    return has_levels(type) ? fmt::format(" at level {}", level) : std::string();
}

std::string_view caller_of(const Principal* principal) {
    if (!principal) return "anonymous";
    if (!principal->arn.empty()) return principal->arn;
    return principal->provider.empty() ? "anonymous" : std::string_view(principal->provider);
}

std::size_t columns_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

/// Where a list without spaces ends that is longer than the room for it: behind its last comma within the room. Commas
/// of anything else stay where they are: it may be there to be copied.
std::size_t end_of_piece(std::string_view word, std::size_t room) {
    if (columns_of(word) <= room) return word.size();
    const std::size_t quote = word.substr(0, room).rfind("\",");
    return quote == std::string_view::npos ? word.size() : quote + 2;
}

/// Adds a line, broken at spaces where it is too long, and lists that are too long at commas; what follows is indented
/// by `indent`.
void append_wrapped(std::string& out, std::string_view line, std::size_t indent, std::size_t width) {
    const std::size_t room = width > indent ? width - indent : 1;
    std::size_t used = 0;
    bool first = true;
    while (!line.empty()) {
        // A word with the spaces before it.
        const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
        std::size_t end = std::min(line.find(' ', start), line.size());
        end = start + end_of_piece(line.substr(start, end - start), room);
        const std::string_view word = line.substr(start, end - start);
        const std::size_t columns = columns_of(word);
        if (!first && used + start + columns > width) {
            out.append("\n").append(indent, ' ');
            used = indent;
        } else {
            out.append(start, ' ');
            used += start;
        }
        out.append(word);
        used += columns;
        line.remove_prefix(end);
        first = false;
    }
    out.push_back('\n');
}

using Json = nlohmann::ordered_json;

/// Whether all lines of a text end within the width: the first begins at column `at`, behind the last come `after`
/// more.
bool fits(std::string_view text, std::size_t at, std::size_t after, std::size_t width) {
    for (;;) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const bool last = end == text.size();
        if (at + columns_of(text.substr(0, end)) + (last ? after : 0) > width) return false;
        if (last) return true;
        text.remove_prefix(end + 1);
        at = 0;
    }
}

/// JSON to copy, from column `at` on. What is too long for a line, with `after` more columns behind it, has one for
/// each of its members, and a member that is too long behind its name begins below it.
std::string laid_out(const Json& value, std::size_t at, std::size_t after, std::size_t width) {
    std::string text = json_text(value);
    if (!value.is_structured() || value.empty() || fits(text, at, after, width)) return text;
    const bool is_object = value.is_object();
    text = is_object ? "{" : "[";
    std::size_t left = value.size();
    for (const auto& [name, member] : value.items()) {
        const bool last = --left == 0;
        const std::size_t behind = last ? after + 1 : 1;
        const std::string key = is_object ? json_text(Json(name)) + ":" : std::string();
        const std::size_t hanging = at + 1 + columns_of(key);
        std::string laid = laid_out(member, hanging, behind, width);
        if (is_object && !fits(laid, hanging, behind, width))
            laid = "\n" + std::string(at + 3, ' ') + laid_out(member, at + 3, behind, width);
        text.append(key).append(laid);
        if (!last) text.append(",\n").append(at + 1, ' ');
    }
    return text.append(is_object ? "}" : "]");
}

/// A statement to copy.
void append_statement_text(std::string& out, const std::string& statement, std::size_t indent, std::size_t width) {
    const auto json = Json::parse(statement, nullptr, false);
    out.append(indent, ' ');
    out.append(json.is_object() ? laid_out(json, indent, 0, width) : statement).push_back('\n');
}

/// How much of a statement fits the request; more fits better. A Deny that does not apply is no near miss.
int rank_of(const StatementReport& line) {
    if (line.effect == Effect::deny && !line.match.applies()) return 0;
    switch (line.match.failed) {
        case Element::none:
            return 4;
        case Element::condition:
            return 3;
        case Element::principal:
            return 2;
        case Element::resource:
            return 1;
        case Element::action:
            break;
    }
    return 0;
}

int rank_of(const PolicyReport& report) {
    int best = report.unreadable ? 4 : 0;
    for (const StatementReport& line : report.statements) best = std::max(best, rank_of(line));
    return best;
}

bool is_about_others(const StatementReport& line) { return line.match.failed == Element::action; }

/// The policies and their statements, those that fit best first.
class PolicyLines {
  public:
    PolicyLines(std::string& out, const Explanation& explanation, std::size_t width)
        : out_(out), explanation_(explanation), width_(width) {
        std::size_t others = 0;
        for (const PolicyReport& report : explanation.policies)
            for (const StatementReport& line : report.statements) others += is_about_others(line) ? 1 : 0;
        shows_others_ = others <= few_others;
    }

    void append() {
        const std::vector<PolicyReport>& policies = explanation_.policies;
        std::vector<std::size_t> order(policies.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        const auto key = [&](std::size_t i) {
            return std::tuple(static_cast<int>(policies[i].type), policies[i].level, -rank_of(policies[i]));
        };
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
        std::vector<bool> done(policies.size());
        for (const std::size_t i : order) {
            if (done[i]) continue;
            std::vector<std::size_t> alike{i};
            if (allows_all(i))
                for (const std::size_t other : order)
                    if (other != i && is_same(i, other)) alike.push_back(other);
            for (const std::size_t member : alike) done[member] = true;
            append_policy(alike);
        }
    }

  private:
    /// A policy of the organization that has nothing but an Allow that applies, and did not decide.
    bool allows_all(std::size_t i) const {
        const PolicyReport& report = explanation_.policies[i];
        return has_levels(report.type) && explanation_.deciding_policy != i && report.statements.size() == 1 &&
               report.statements[0].match.applies() && report.statements[0].effect == Effect::allow;
    }
    bool is_same(std::size_t i, std::size_t other) const {
        const PolicyReport& a = explanation_.policies[i];
        const PolicyReport& b = explanation_.policies[other];
        return allows_all(other) && a.type == b.type && a.name == b.name && a.arn == b.arn;
    }

    /// `alike`: one policy, or one that is attached at several levels.
    void append_policy(const std::vector<std::size_t>& alike) {
        const std::size_t index = alike.front();
        const PolicyReport& report = explanation_.policies[index];
        const std::string arn = report.arn.empty() || report.arn == report.name ? "" : fmt::format(" ({})", report.arn);
        if (alike.size() > 1) {
            std::vector<std::size_t> levels;
            for (const std::size_t member : alike) levels.push_back(explanation_.policies[member].level);
            levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
            return append_wrapped(out_,
                                  fmt::format("{} at level{} {}{}: applies", label_of(report),
                                              levels.size() == 1 ? "" : "s", fmt::join(levels, ", "), arn),
                                  7, width_);
        }
        const std::string level = level_suffix(report.type, report.level);
        append_wrapped(out_, fmt::format("{}{}{}{}", label_of(report), owner_suffix(report), level, arn), 7, width_);
        if (report.unreadable) out_.append("  cannot be read as a policy: it denies everything\n");
        std::vector<const StatementReport*> lines;
        std::size_t others = 0;
        for (const StatementReport& line : report.statements) {
            if (is_about_others(line) && !shows_others_)
                ++others;
            else
                lines.push_back(&line);
        }
        std::stable_sort(lines.begin(), lines.end(),
                         [](const auto* a, const auto* b) { return rank_of(*a) > rank_of(*b); });
        const bool decided = explanation_.deciding_policy == index;
        for (const StatementReport* line : lines)
            append_line(*line, decided && explanation_.deciding_statement == line->index);
        if (others > 0)
            out_.append(
                fmt::format("     {} statement{} about other actions\n", others, others == 1 ? " is" : "s are"));
    }

    void append_line(const StatementReport& line, bool decided) {
        // The place of the element to blame: it is where the reader wants to look.
        const Position at = line.match.applies() ? line.start : line.element;
        append_wrapped(out_,
                       fmt::format("  {} {}:{} {} {} {}{}: {}", decided ? "=>" : "  ", at.line, at.column, line.path,
                                   line.effect == Effect::allow ? "Allow" : "Deny", line.index + 1,
                                   line.sid.empty() ? "" : fmt::format(" ({})", line.sid), line.text),
                       7, width_);
    }

    std::string& out_;
    const Explanation& explanation_;
    const std::size_t width_;
    bool shows_others_ = true;
};

void append_context(std::string& out, const ContextReport& context, std::size_t width) {
    if (!context.values) return append_wrapped(out, fmt::format("  {} is absent", context.key), 6, width);
    std::string line = fmt::format("  {} =", context.key);
    for (std::size_t i = 0; i < context.values->items.size(); ++i) {
        line.append(i == 0 ? " " : ", ");
        line.append(json_text(nlohmann::json(context.values->items[i])));
    }
    append_wrapped(out, line.append(context.values->multivalued ? " (list)" : ""), 6, width);
}

std::string article(PolicyType type) { return type == PolicyType::identity ? "an " : "a "; }

void append_lack(std::string& out, const Explanation& explanation, const Lack& lack, std::size_t width) {
    const PolicyReport& report = explanation.policies[lack.policy];
    append_wrapped(out,
                   fmt::format("  for statement {} of the {}{}{}:", lack.statement + 1, label_of(report),
                               owner_suffix(report), level_suffix(lack.type, lack.level)),
                   6, width);
    for (const LackedCondition& condition : lack.conditions)
        append_wrapped(
            out, fmt::format("    {}{}{}", condition.text, condition.advice.empty() ? "" : ": ", condition.advice), 8,
            width);
    if (lack.instead.empty()) return;
    out.append(
        fmt::format("    or a statement with its conditions, in {}{}:\n", article(lack.type), title_of(lack.type)));
    append_statement_text(out, lack.instead, 6, width);
}

}  // namespace

std::string to_text(const Explanation& explanation, const Request& request, std::size_t width) {
    std::string out;
    append_wrapped(out,
                   fmt::format("{}: {} on {} by {}", words_for(explanation.outcome), request.action, request.resource,
                               caller_of(request.principal)),
                   2, width);
    append_wrapped(out, explanation.step, 2, width);
    if (!explanation.policies.empty()) out.append("\nPolicies:\n");
    PolicyLines(out, explanation, width).append();
    if (!explanation.context.empty()) out.append("\nCondition keys that they ask for:\n");
    for (const ContextReport& context : explanation.context) append_context(out, context, width);
    if (!explanation.lacks.empty()) out.append("\nWhat the request lacks:\n");
    for (const Lack& lack : explanation.lacks) append_lack(out, explanation, lack, width);
    if (!explanation.additions.empty())
        out.append(explanation.lacks.empty() ? "\nWhat would allow it:\n" : "\nWhat it needs besides:\n");
    for (const Addition& addition : explanation.additions) {
        out.append(fmt::format("  in {}{}{}:\n", article(addition.type), title_of(addition.type),
                               level_suffix(addition.type, addition.level)));
        append_statement_text(out, addition.statement, 4, width);
    }
    if (!explanation.obstacle.empty())
        append_wrapped(out.append("\n"), fmt::format("In the way: {}.", explanation.obstacle), 2, width);
    return out;
}

}  // namespace iamlocal::policy
