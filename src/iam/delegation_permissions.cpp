// What a delegation request asks for, read from its policy: in words, and held against the caller's own policies.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"
#include "iam/delegation.hpp"
#include "policy/glob.hpp"
#include "policy/json.hpp"
#include "policy/missing_keys.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"

namespace iamlocal::iam {
namespace {

using policy::StatementOutline;
using policy::json::Value;

/// A document that was accepted when the request was made.
class Read {
  public:
    explicit Read(std::string_view text)
        : json_(policy::json::parse(text, {policy::max_document_bytes, policy::max_document_depth})) {
        const auto* const document = std::get_if<policy::json::Document>(&json_);
        if (document == nullptr) return;
        auto outlined = policy::outline(document->root());
        if (auto* const outline = std::get_if<policy::Outline>(&outlined)) statements = std::move(outline->statements);
    }

    std::vector<StatementOutline> statements;

  private:
    std::variant<policy::json::Document, policy::json::Error> json_;
};

bool is_allow(const StatementOutline& statement) { return fold_case(statement.effect->text) == "allow"; }

std::vector<std::string> texts_of(const Value* value) {
    std::vector<std::string> texts;
    if (value == nullptr) return texts;
    for (const Value& item : policy::values_of(*value)) texts.emplace_back(item.text);
    return texts;
}

bool covers(std::string_view pattern, std::string_view text) {
    return policy::Glob::parse(fold_case(pattern), {.wildcards = true}).matches(fold_case(text));
}

/// `s3:Get*` as a service and the pattern for its actions.
struct ActionText {
    explicit ActionText(std::string_view text) {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos) return;
        service = catalogue::service_reference::find_service(text.substr(0, colon));
        pattern = text.substr(colon + 1);
    }

    std::vector<const catalogue::Action*> actions() const {
        std::vector<const catalogue::Action*> found;
        if (service == nullptr) return found;
        for (const catalogue::Action& action : service->actions)
            if (covers(pattern, action.name)) found.push_back(&action);
        return found;
    }

    const catalogue::ServiceReference* service = nullptr;
    std::string_view pattern;
};

// The summary
// -----------------------------------------------------------------------------------------------------------

/// What the model allows a summary.
constexpr std::size_t max_summary = 10000;
/// So many names are listed, and of the others the number.
constexpr std::size_t most_names = 12;

std::string listed(const std::vector<std::string>& names) {
    if (names.size() <= most_names) return fmt::format("{}", fmt::join(names, ", "));
    return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + most_names, ", "),
                       names.size() - most_names);
}

/// The actions of one service, by access level: `read (GetObject), write (PutObject)`.
std::string levels_of(const std::set<const catalogue::Action*>& actions) {
    std::map<std::string, std::vector<std::string>> by_level;
    for (const catalogue::Action* const action : actions)
        by_level[fold_case(action->access_level)].push_back(action->name);
    std::string out;
    for (auto& [level, names] : by_level) {
        std::sort(names.begin(), names.end());
        out.append(out.empty() ? "" : "; ").append(fmt::format("{} ({})", level, listed(names)));
    }
    return out;
}

/// The lines about a statement's actions, one for each service.
std::vector<std::string> action_lines(const StatementOutline& statement) {
    const std::vector<std::string> patterns = texts_of(statement.action.value);
    if (statement.action.negated) return {fmt::format("every action of every service but {}", listed(patterns))};
    std::vector<std::string> lines;
    std::map<std::string, std::set<const catalogue::Action*>> by_service;
    for (const std::string& pattern : patterns) {
        const ActionText text(pattern);
        const auto actions = text.actions();
        if (pattern == "*" || pattern == "*:*")
            lines.emplace_back("every action of every service");
        else if (text.service != nullptr && text.pattern == "*")
            lines.push_back(fmt::format("{}: every action", text.service->name));
        else if (actions.empty())
            lines.push_back(pattern);
        else
            by_service[text.service->name].insert(actions.begin(), actions.end());
    }
    for (const auto& [service, actions] : by_service)
        lines.push_back(fmt::format("{}: {}", service, levels_of(actions)));
    return lines;
}

std::string resources_of(const StatementOutline& statement) {
    const std::vector<std::string> resources = texts_of(statement.resource.value);
    if (statement.resource.negated) return fmt::format("all resources but {}", listed(resources));
    if (std::find(resources.begin(), resources.end(), "*") != resources.end()) return "all resources";
    return listed(resources);
}

std::string conditions_of(const StatementOutline& statement) {
    std::vector<std::string> conditions;
    if (statement.condition == nullptr) return {};
    for (const Value& test : statement.condition->items)
        for (const Value& key : test.items)
            conditions.push_back(fmt::format("{} {} {}", key.key, test.key, listed(texts_of(&key))));
    if (conditions.empty()) return {};
    return fmt::format(", only if {}", fmt::join(conditions, " and "));
}

void append_statements(std::string& out, const Read& read, bool allowed, std::string_view title) {
    bool first = true;
    for (const StatementOutline& statement : read.statements) {
        if (is_allow(statement) != allowed) continue;
        if (std::exchange(first, false)) out.append(title);
        for (const std::string& line : action_lines(statement))
            out.append(fmt::format("- {}, on {}{}.\n", line, resources_of(statement), conditions_of(statement)));
    }
}

std::string duration_of(std::int64_t seconds) {
    const auto count = [](std::int64_t number, std::string_view unit) {
        return fmt::format("{} {}{}", number, unit, number == 1 ? "" : "s");
    };
    std::vector<std::string> parts;
    if (seconds / 3600 > 0) parts.push_back(count(seconds / 3600, "hour"));
    if (seconds / 60 % 60 > 0) parts.push_back(count(seconds / 60 % 60, "minute"));
    if (seconds % 60 > 0) parts.push_back(count(seconds % 60, "second"));
    return fmt::format("{}", fmt::join(parts, " "));
}

/// Cut between characters.
std::string within(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    constexpr std::string_view end = "...";
    std::size_t size = most - end.size();
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    text.resize(size);
    return text.append(end);
}

// The check
// -------------------------------------------------------------------------------------------------------------

/// More pairs of action and resource are not looked at.
constexpr std::size_t most_pairs = 2000;

/// What a statement asks for, as the actions that are decided on: a wild card becomes the actions that it covers, as
/// far as they are known.
std::vector<std::string> asked_actions(const StatementOutline& statement) {
    std::vector<std::string> asked;
    for (const std::string& pattern : texts_of(statement.action.value)) {
        const ActionText text(pattern);
        const auto actions =
            pattern.find_first_of("*?") == std::string::npos ? decltype(text.actions())() : text.actions();
        if (actions.empty()) asked.push_back(pattern);
        for (const catalogue::Action* const action : actions)
            asked.push_back(fmt::format("{}:{}", text.service->prefix, action->name));
    }
    return asked;
}

/// Decides for the caller without knowing the circumstances of the calls to come.
class Check {
  public:
    explicit Check(const Context& ctx) : ctx_(ctx) {
        keys_.set("aws:principalaccount", ctx.account().str());
        keys_.set("aws:principalarn", ctx.caller.arn);
    }

    PermissionCheck of(const StatementOutline& statement) {
        if (statement.action.negated) return PermissionCheck::unsure;
        std::vector<std::string> resources = texts_of(statement.resource.value);
        if (statement.resource.negated) resources = {"*"};
        PermissionCheck all = PermissionCheck::allowed;
        for (const std::string& action : asked_actions(statement)) {
            for (const std::string& resource : resources) {
                if (++pairs_ > most_pairs) return PermissionCheck::unsure;
                const PermissionCheck one = of(action, resource);
                if (one == PermissionCheck::denied) return one;
                if (one == PermissionCheck::unsure) all = one;
            }
        }
        return all;
    }

  private:
    PermissionCheck of(const std::string& action, const std::string& resource) {
        policy::PolicySet set = ctx_.caller.policies();
        if (ctx_.organization) ctx_.organization->limit(set, ctx_.caller, action, ctx_.account());
        const policy::Request request{.principal = &ctx_.caller.principal,
                                      .action = action,
                                      .resource = resource,
                                      .resource_account = ctx_.account().view(),
                                      .context = &keys_};
        const policy::Decision decision = policy::decide(set, request);
        if (decision.outcome == policy::Outcome::explicit_deny) return PermissionCheck::denied;
        policy::MissingKeys missing;
        missing.add(set, request);
        if (!std::move(missing).take().empty()) return PermissionCheck::unsure;
        return decision.allowed() ? PermissionCheck::allowed : PermissionCheck::denied;
    }

    const Context& ctx_;
    policy::MapContext keys_;
    std::size_t pairs_ = 0;
};

}  // namespace

PermissionCheck check_permissions(Context& ctx, const store::DelegationRequest& request) {
    const Read read(request.policy);
    Check check(ctx);
    PermissionCheck all = PermissionCheck::allowed;
    for (const StatementOutline& statement : read.statements) {
        if (!is_allow(statement)) continue;
        const PermissionCheck one = check.of(statement);
        if (one == PermissionCheck::denied) return one;
        if (one == PermissionCheck::unsure) all = one;
    }
    return all;
}

std::vector<std::string> demanded_boundaries(std::string_view document) {
    std::vector<std::string> arns;
    const Read read(document);
    for (const StatementOutline& statement : read.statements) {
        if (!is_allow(statement) || statement.action.negated || statement.condition == nullptr) continue;
        const std::vector<std::string> actions = texts_of(statement.action.value);
        if (std::none_of(actions.begin(), actions.end(),
                         [](const std::string& action) { return covers(action, "iam:CreateRole"); }))
            continue;
        for (const Value& test : statement.condition->items)
            for (const Value& key : test.items)
                if (equals_ignoring_case(key.key, "iam:PermissionsBoundary"))
                    for (std::string& arn : texts_of(&key))
                        if (std::find(arns.begin(), arns.end(), arn) == arns.end()) arns.push_back(std::move(arn));
    }
    return arns;
}

std::string summarize(const store::DelegationRequest& request) {
    const Read read(request.policy);
    std::string out = fmt::format("{} (account {}) asks for access", request.requestor_name, request.requestor.view());
    if (request.owner_account) out.append(fmt::format(" to account {}", request.owner_account->view()));
    out.append(fmt::format(" for {}.\n", duration_of(request.session_duration)));
    append_statements(out, read, true, "It would be allowed:\n");
    append_statements(out, read, false, "It would be denied, whatever else is allowed:\n");
    if (const auto boundaries = demanded_boundaries(request.policy); !boundaries.empty())
        out.append(fmt::format("Roles that it creates must have the permissions boundary {}.\n", listed(boundaries)));
    out.pop_back();
    return within(std::move(out), max_summary);
}

}  // namespace iamlocal::iam
