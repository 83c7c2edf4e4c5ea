#include "policy/additions.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "aws/arn.hpp"
#include "policy/parse.hpp"

namespace iamlocal::policy {
namespace {

std::string json_text(const nlohmann::ordered_json& value) {
    return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// A resource as a pattern that matches nothing else: `*` and `?` are escaped; a `$` before a brace would begin a
/// variable. What is no full ARN is matched by nothing but `*`.
std::string as_pattern(std::string_view resource) {
    if (!ArnParts::split(resource)) return "*";
    std::string pattern;
    for (std::size_t i = 0; i < resource.size(); ++i) {
        const bool begins_variable = resource[i] == '$' && resource.substr(i + 1).starts_with('{');
        if (resource[i] == '*' || resource[i] == '?' || begins_variable) {
            pattern.append("${").push_back(resource[i]);
            pattern.push_back('}');
        } else {
            pattern.push_back(resource[i]);
        }
    }
    return pattern;
}

/// The principal that people would name: of a role's session the role.
nlohmann::ordered_json principal_json(const Principal& principal) {
    switch (principal.kind) {
        case PrincipalKind::anonymous:
            return "*";
        case PrincipalKind::service:
            return {{"Service", principal.arn}};
        case PrincipalKind::web_identity:
        case PrincipalKind::saml:
            return {{"Federated", principal.provider}};
        case PrincipalKind::role_session:
            return {{"AWS", principal.role_arn.empty() ? principal.arn : principal.role_arn}};
        case PrincipalKind::user_session:
            return {{"AWS", principal.user_arn.empty() ? principal.arn : principal.user_arn}};
        default:
            return {{"AWS", principal.arn}};
    }
}

std::string allowing_statement(PolicyType type, const Request& request) {
    nlohmann::ordered_json statement{{"Effect", "Allow"}};
    if (type == PolicyType::trust || type == PolicyType::resource) {
        statement["Principal"] = request.principal ? principal_json(*request.principal) : nlohmann::ordered_json("*");
    }
    if (type == PolicyType::rcp) statement["Principal"] = "*";
    statement["Action"] = request.action;
    if (type != PolicyType::trust) statement["Resource"] = as_pattern(request.resource);
    return json_text(statement);
}

/// A set of policies that others can be added to.
class Amended {
  public:
    explicit Amended(const PolicySet& set)
        : set_(set),
          identity_(list(set.identity)),
          boundary_(list(set.boundary)),
          session_(list(set.session)),
          resource_(list(set.resource)) {
        for (const Policies& level : set.scp) scp_.push_back(list(level));
        for (const Policies& level : set.rcp) rcp_.push_back(list(level));
    }

    void add(PolicyType type, std::size_t level, const Policy& policy) {
        const SourcedPolicy source{&policy, "addition", {}};
        switch (type) {
            case PolicyType::identity:
                return identity_.push_back(source);
            case PolicyType::boundary:
                set_.boundary.emplace();
                return boundary_.push_back(source);
            case PolicyType::session:
                set_.session.emplace();
                return session_.push_back(source);
            case PolicyType::resource:
            case PolicyType::trust:
                set_.resource.emplace();
                return resource_.push_back(source);
            case PolicyType::scp:
                return scp_[level].push_back(source);
            case PolicyType::rcp:
                return rcp_[level].push_back(source);
        }
    }

    Decision decide(const Request& request) {
        set_.identity = identity_;
        if (set_.boundary) set_.boundary = boundary_;
        if (set_.session) set_.session = session_;
        if (set_.resource) set_.resource = resource_;
        const std::vector<Policies> scp(scp_.begin(), scp_.end());
        const std::vector<Policies> rcp(rcp_.begin(), rcp_.end());
        set_.scp = scp;
        set_.rcp = rcp;
        return policy::decide(set_, request);
    }

  private:
    using List = std::vector<SourcedPolicy>;
    static List list(Policies policies) { return {policies.begin(), policies.end()}; }
    static List list(const std::optional<Policies>& policies) { return policies ? list(*policies) : List(); }

    PolicySet set_;
    List identity_, boundary_, session_, resource_;
    std::vector<List> scp_, rcp_;
};

}  // namespace

std::vector<std::size_t> silent_levels(const Explanation& explanation, PolicyType type, std::size_t levels) {
    std::vector<std::size_t> silent;
    for (std::size_t level = 0; level < levels; ++level) {
        const bool allows =
            std::any_of(explanation.policies.begin(), explanation.policies.end(), [&](const PolicyReport& report) {
                return report.type == type && report.level == level &&
                       std::any_of(report.statements.begin(), report.statements.end(), [](const StatementReport& line) {
                           return line.match.applies() && line.effect == Effect::allow;
                       });
            });
        if (!allows) silent.push_back(level);
    }
    return silent;
}

std::vector<Addition> find_additions(const PolicySet& set, const Request& request, const Explanation& explanation) {
    std::vector<Addition> additions;
    std::vector<std::unique_ptr<const Policy>> compiled;
    Amended amended(set);
    Decision decision = amended.decide(request);
    while (!decision.allowed()) {
        const PolicyType type = decision.decided_by;
        const bool again = std::any_of(additions.begin(), additions.end(),
                                       [&](const Addition& addition) { return addition.type == type; });
        if (again || decision.outcome != Outcome::implicit_deny) return {};
        const std::string statement = allowing_statement(type, request);
        auto parsed = parse(R"({"Version":"2012-10-17","Statement":)" + statement + "}", document_kind(type),
                            Strictness::lenient);
        if (!std::holds_alternative<Policy>(parsed)) return {};
        const Policy& policy =
            *compiled.emplace_back(std::make_unique<const Policy>(std::get<Policy>(std::move(parsed))));
        std::vector<std::size_t> levels{0};
        if (type == PolicyType::scp) levels = silent_levels(explanation, type, set.scp.size());
        if (type == PolicyType::rcp) levels = silent_levels(explanation, type, set.rcp.size());
        for (const std::size_t level : levels) {
            amended.add(type, level, policy);
            additions.push_back({type, level, statement});
        }
        decision = amended.decide(request);
    }
    return additions;
}

}  // namespace iamlocal::policy
