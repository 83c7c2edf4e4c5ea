#include "policy/explanation.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "policy/additions.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"
#include "policy/locate.hpp"
#include "policy/shown_values.hpp"

namespace iamlocal::policy {
namespace {

const Principal nobody;

const Principal& principal_of(const Request& request) { return request.principal ? *request.principal : nobody; }

// --- one statement in one line -----------------------------------------------------------------------------------

std::string full_name(const OperatorName& name) {
    std::string text;
    if (name.quantifier == Quantifier::for_all_values) text = "ForAllValues:";
    if (name.quantifier == Quantifier::for_any_value) text = "ForAnyValue:";
    text.append(name.op->name);
    return name.if_exists ? text.append("IfExists") : text;
}

std::string condition_text(const Condition& condition, const WrittenElement* written, const RequestContext& context) {
    std::string text = fmt::format("Condition {} {}", written ? written->name : full_name(condition.name),
                                   written ? written->key : condition.spelled);
    if (written) text.append(" ").append(written->quoted);
    const std::optional<Values> values = context.find(condition.key);
    if (!values) {
        text.append(": the request does not have the key");
    } else if (values->multivalued && condition.name.quantifier == Quantifier::none &&
               condition.name.op->family != Family::null) {
        text.append(": the key has several values, ").append(shown(*values));
        text.append(", and needs ForAllValues or ForAnyValue");
    } else {
        text.append(": the request has ").append(shown(*values));
    }
    return text.append(shown_variables(condition, context));
}

/// `Action ["s3:Get*"] does not match iam:GetUser`, `NotAction "iam:*" matches iam:GetUser`.
std::string element_text(std::string_view element, const WrittenElement* written, bool negated, std::string_view verb,
                         std::string_view subject) {
    std::string text = written ? fmt::format("{} {}", written->name, written->quoted)
                               : fmt::format("{}{}", negated ? "Not" : "", element);
    return text
        .append(negated ? fmt::format(" {} ", verb == "match" ? "matches" : "names")
                        : fmt::format(" does not {} ", verb))
        .append(subject);
}

std::string_view name_of(const Principal& principal) {
    if (!principal.arn.empty()) return principal.arn;
    return principal.provider.empty() ? "the anonymous caller" : std::string_view(principal.provider);
}

/// `applies`; of a Deny also for which values of its conditions.
std::string applying_text(const Statement& statement, const WrittenStatement* written, const RequestContext& context) {
    std::string text = "applies";
    if (statement.effect != Effect::deny) return text;
    const bool known = written && written->conditions.size() == statement.conditions.size();
    for (std::size_t i = 0; i < statement.conditions.size(); ++i) {
        text.append(i == 0 ? ": " : "; ");
        text.append(condition_text(statement.conditions[i], known ? &written->conditions[i] : nullptr, context));
    }
    return text;
}

/// Why a statement does not apply, in words.
std::string statement_text(const Statement& statement, const Match& match, const WrittenStatement* written,
                           const Request& request) {
    const auto element = [&](const std::optional<WrittenElement> WrittenStatement::*member) {
        return written && written->*member ? &*(written->*member) : nullptr;
    };
    switch (match.failed) {
        case Element::none:
            return applying_text(statement, written, context_of(request));
        case Element::action:
            return element_text("Action", element(&WrittenStatement::action), statement.action.negated, "match",
                                request.action);
        case Element::resource: {
            std::string text = element_text("Resource", element(&WrittenStatement::resource),
                                            statement.resource->negated, "match", request.resource);
            ShownVariables variables(context_of(request));
            for (const ArnPattern& pattern : statement.resource->any) variables.add(pattern.variables());
            return text.append(std::move(variables).text());
        }
        case Element::principal:
            if (!statement.principal) return "has no Principal, so it names nobody";
            return element_text("Principal", element(&WrittenStatement::principal), statement.principal->negated,
                                "name", name_of(principal_of(request)));
        case Element::condition: {
            const bool known = written && match.condition < written->conditions.size();
            return condition_text(statement.conditions[match.condition],
                                  known ? &written->conditions[match.condition] : nullptr, context_of(request));
        }
    }
    return {};
}

Position failed_at(const Match& match, const WrittenStatement& written) {
    const auto at = [&](const std::optional<WrittenElement>& element) { return element ? element->at : written.start; };
    switch (match.failed) {
        case Element::action:
            return at(written.action);
        case Element::resource:
            return at(written.resource);
        case Element::principal:
            return at(written.principal);
        case Element::condition:
            return match.condition < written.conditions.size() ? written.conditions[match.condition].at : written.start;
        case Element::none:
            break;
    }
    return written.start;
}

// --- the policies considered -------------------------------------------------------------------------------------

/// `Statement[1].Condition.StringEquals`; of a statement that applies its own.
std::string path_of(const Match& match, const WrittenStatement& written) {
    const auto below = [&](const std::optional<WrittenElement>& element) {
        return element ? written.path + "." + element->name : written.path;
    };
    switch (match.failed) {
        case Element::action:
            return below(written.action);
        case Element::resource:
            return below(written.resource);
        case Element::principal:
            return below(written.principal);
        case Element::condition:
            if (match.condition >= written.conditions.size()) return written.path + ".Condition";
            return written.path + ".Condition." + written.conditions[match.condition].name;
        case Element::none:
            break;
    }
    return written.path;
}

class Reporter {
  public:
    Reporter(const Request& request, Boundary boundary, Explanation& explanation)
        : request_(request), subject_(request, boundary), explanation_(explanation) {}

    void report(const PolicySet& set, const Decision& decision) {
        deciding_ = &decision;
        const PolicyType resource_type = set.resource_type();
        report(PolicyType::identity, 0, set.identity);
        if (set.boundary) report(PolicyType::boundary, 0, *set.boundary);
        if (set.session) report(PolicyType::session, 0, *set.session);
        if (set.resource) report(resource_type, 0, *set.resource);
        for (std::size_t level = 0; level < set.scp.size(); ++level) report(PolicyType::scp, level, set.scp[level]);
        for (std::size_t level = 0; level < set.rcp.size(); ++level) report(PolicyType::rcp, level, set.rcp[level]);
        for (std::size_t level = 0; level < set.scope_down.size(); ++level)
            report(PolicyType::scope_down, level, set.scope_down[level]);
    }

    /// What the reports are of.
    const std::vector<const SourcedPolicy*>& sources() const { return sources_; }

  private:
    void report(PolicyType type, std::size_t level, Policies policies) {
        if (!explanation_.said[static_cast<std::size_t>(type)]) return;  // not for this kind of caller
        for (const SourcedPolicy& source : policies) {
            if (&source == deciding_->policy) {
                explanation_.deciding_policy = explanation_.policies.size();
                if (source.policy) explanation_.deciding_statement = deciding_->statement;
            }
            PolicyReport& report = explanation_.policies.emplace_back();
            sources_.push_back(&source);
            report.type = type;
            report.level = level;
            report.name = source.name;
            report.owner = source.owner;
            report.arn = source.arn;
            report.unreadable = source.policy == nullptr;
            if (source.policy) add_statements(report, source);
        }
    }

    void add_statements(PolicyReport& report, const SourcedPolicy& source) {
        const std::vector<WrittenStatement> written = locate(source.text, source.policy->kind);
        const std::vector<Statement>& statements = source.policy->statements;
        for (std::size_t i = 0; i < statements.size(); ++i) {
            const WrittenStatement* place = written.size() == statements.size() ? &written[i] : nullptr;
            StatementReport& line = report.statements.emplace_back();
            line.index = i;
            line.sid = statements[i].sid;
            line.effect = statements[i].effect;
            line.match = match(*source.policy, statements[i], subject_);
            line.start = place ? place->start : statements[i].start;
            line.element = place ? failed_at(line.match, *place) : line.start;
            line.path = place ? path_of(line.match, *place) : fmt::format("Statement[{}]", i);
            line.text = subject_.exhausted() ? "is not looked at: it would take more steps than a decision may"
                                             : statement_text(statements[i], line.match, place, request_);
        }
    }

    const Request& request_;
    const Subject subject_;
    Explanation& explanation_;
    std::vector<const SourcedPolicy*> sources_;
    const Decision* deciding_ = nullptr;
};

// --- condition keys ----------------------------------------------------------------------------------------------

class KeyCollector {
  public:
    explicit KeyCollector(const Request& request) : subject_(request) {}

    void add(Policies policies) {
        for (const SourcedPolicy& source : policies) {
            if (!source.policy || source.policy->context_keys.empty()) continue;
            for (const Statement& statement : source.policy->statements) {
                if (action_matches(statement, subject_)) add(statement);
            }
        }
    }
    std::vector<AskedKey> take() && { return std::move(keys_); }

  private:
    void add(const Statement& statement) {
        if (statement.resource) {
            for (const ArnPattern& pattern : statement.resource->any) add(pattern.variables());
        }
        for (const Condition& condition : statement.conditions) {
            add(condition.key, condition.spelled);
            for (const Operand& operand : condition.operands) {
                if (const auto* glob = std::get_if<Glob>(&operand)) add(glob->variables());
                if (const auto* arn = std::get_if<ArnPattern>(&operand)) add(arn->variables());
            }
        }
    }
    void add(const std::vector<Variable>& variables) {
        for (const Variable& variable : variables) add(variable.key, variable.spelled);
    }
    void add(std::string_view key, std::string_view spelled) {
        if (known_.insert(key).second) keys_.push_back({key, spelled});
    }

    const Subject subject_;
    std::unordered_set<std::string_view> known_;
    std::vector<AskedKey> keys_;
};

// --- sentences ---------------------------------------------------------------------------------------------------

/// `statement 2 (NoDelete) of the permissions boundary limits, at 3:5`.
std::string place_of(const Explanation& explanation) {
    const PolicyReport& report = explanation.policies[*explanation.deciding_policy];
    std::string policy = fmt::format("the {}{}", label_of(report), owner_suffix(report));
    if (!explanation.deciding_statement) return policy;
    const StatementReport& line = report.statements[*explanation.deciding_statement];
    return fmt::format("statement {}{} of {}, at {}:{}", line.index + 1,
                       line.sid.empty() ? "" : fmt::format(" ({})", line.sid), policy, line.start.line,
                       line.start.column);
}

/// ` alice has no policies.`; of a role's session the role.
std::string has_none(const Principal& caller) {
    const std::string& arn = caller.kind == PrincipalKind::role_session && !caller.role_arn.empty() ? caller.role_arn
                             : !caller.user_arn.empty()                                             ? caller.user_arn
                                                                                                    : caller.arn;
    const std::size_t slash = arn.rfind('/');
    return slash == std::string::npos ? "" : fmt::format(" {} has no policies.", arn.substr(slash + 1));
}

std::string implicit_step(const Explanation& explanation, const PolicySet& set, const Request& request) {
    const std::string what = fmt::format("{} on {}", request.action, request.resource);
    const std::string others = explanation.cross_account ? ", which a request across accounts needs on both sides" : "";
    switch (explanation.decided_by) {
        case PolicyType::identity: {
            const bool delegated = explanation.said[static_cast<std::size_t>(PolicyType::trust)] == TypeVerdict::allow;
            return fmt::format("{}o identity-based policy allows {}{}.{}",
                               delegated ? "The trust policy leaves it to the caller's account, and n" : "N", what,
                               others, set.identity.empty() ? has_none(principal_of(request)) : "");
        }
        case PolicyType::boundary:
            return fmt::format("The permissions boundary does not allow {}.", what);
        case PolicyType::session:
            if (!set.session) return "A federated user without a session policy may do nothing.";
            return fmt::format("No session policy allows {}.", what);
        case PolicyType::resource:
            return fmt::format("No resource-based policy allows {}{}.", what, others);
        case PolicyType::trust:
            return fmt::format("The trust policy does not allow {} for this caller{}.", what, others);
        case PolicyType::scp:
        case PolicyType::rcp: {
            const std::size_t levels = explanation.decided_by == PolicyType::scp ? set.scp.size() : set.rcp.size();
            const auto silent = silent_levels(explanation, explanation.decided_by, levels);
            return fmt::format("No {} at level {} of the organization allows {}.", title_of(explanation.decided_by),
                               silent.empty() ? 0 : silent.front(), what);
        }
        case PolicyType::scope_down:
            return fmt::format("A policy that the session was scoped down by does not allow {}.", what);
    }
    return {};
}

std::string step_of(const Explanation& explanation, const PolicySet& set, const Request& request) {
    if (explanation.outcome == Outcome::implicit_deny) return implicit_step(explanation, set, request);
    const bool allowed = explanation.outcome == Outcome::allowed;
    if (!explanation.deciding_policy) {
        return allowed ? "The root user of an account needs no policy." : "An explicit deny.";
    }
    if (!explanation.deciding_statement) {
        return fmt::format("The {} cannot be read as a policy, so it denies everything.",
                           label_of(explanation.policies[*explanation.deciding_policy]));
    }
    if (explanation.exhausted) {
        return fmt::format(
            "The decision took more steps than one may. They ended at {}; nobody knows what it and those "
            "after it forbid, so the request is denied.",
            place_of(explanation));
    }
    return fmt::format("{} by {}.", allowed ? "Allowed" : "Denied explicitly", place_of(explanation));
}

std::string obstacle_of(const Explanation& explanation) {
    if (explanation.outcome != Outcome::explicit_deny || !explanation.deciding_policy) return {};
    if (!explanation.deciding_statement) {
        return fmt::format("{} cannot be read and denies everything; no addition helps", place_of(explanation));
    }
    if (explanation.exhausted) return "the policies, or the values of the request, are too long to decide with";
    return fmt::format("{} denies; no addition helps", place_of(explanation));
}

bool names_keys(Policies policies) {
    return std::any_of(policies.begin(), policies.end(), [](const SourcedPolicy& source) {
        return source.policy && !source.policy->context_keys.empty();
    });
}

}  // namespace

std::vector<AskedKey> asked_keys(const PolicySet& policies, const Request& request) {
    bool any = false;
    each_list(policies, [&](Policies list) { any = any || names_keys(list); });
    if (!any) return {};
    KeyCollector keys(request);
    each_list(policies, [&](Policies list) { keys.add(list); });
    return std::move(keys).take();
}

Explanation explain(const PolicySet& policies, const Request& request) {
    Explanation explanation;
    Trace trace;
    const Decision decision = decide(policies, request, trace);
    explanation.outcome = decision.outcome;
    explanation.decided_by = decision.decided_by;
    explanation.exhausted = decision.exhausted;
    // Callers on their way to an account have none that could be another.
    explanation.cross_account = trace.cross_account && !principal_of(request).account.empty();
    explanation.said = trace.said;
    Reporter reporter(request, boundary_of(policies, request), explanation);
    reporter.report(policies, decision);
    for (const AskedKey& asked : asked_keys(policies, request)) {
        explanation.context.push_back({std::string(asked.spelled), context_of(request).find(asked.key)});
    }
    explanation.step = step_of(explanation, policies, request);
    explanation.obstacle = obstacle_of(explanation);
    if (decision.outcome == Outcome::implicit_deny) advise(policies, request, reporter.sources(), explanation);
    return explanation;
}

std::string label_of(const PolicyReport& report) {
    const std::string_view title = title_of(report.type);
    return report.name == title ? report.name : fmt::format("{} {}", title, report.name);
}

std::string owner_suffix(const PolicyReport& report) {
    if (report.owner.empty()) return {};
    const bool of_organization = report.type == PolicyType::scp || report.type == PolicyType::rcp;
    return fmt::format("{}{}", of_organization ? " at " : " of group ", report.owner);
}

std::string_view name_of(PolicyType type) {
    switch (type) {
        case PolicyType::identity:
            return "identity";
        case PolicyType::boundary:
            return "boundary";
        case PolicyType::session:
            return "session";
        case PolicyType::resource:
            return "resource";
        case PolicyType::trust:
            return "trust";
        case PolicyType::scp:
            return "scp";
        case PolicyType::rcp:
            return "rcp";
        case PolicyType::scope_down:
            return "scope_down";
    }
    return {};
}

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
        case Outcome::allowed:
            return "allowed";
        case Outcome::explicit_deny:
            return "explicitDeny";
        case Outcome::implicit_deny:
            return "implicitDeny";
    }
    return {};
}

}  // namespace iamlocal::policy
