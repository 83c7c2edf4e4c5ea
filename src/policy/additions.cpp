#include "policy/additions.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"
#include "policy/lacks.hpp"
#include "policy/parse.hpp"

namespace iamlocal::policy {
namespace {

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

/// A key's value to be written in a policy; nothing where it is not one plain text.
std::optional<std::string> plain_value(const Request& request, std::string_view key) {
    const std::optional<Values> values = request.context ? request.context->find(fold_case(key)) : std::nullopt;
    if (!values || values->multivalued || values->items.size() != 1) return std::nullopt;
    const std::string& value = values->items.front();
    // A variable's form would be one in the policy.
    if (value.empty() || value.find("${") != std::string::npos) return std::nullopt;
    return value;
}

/// The Condition without which a grant to an identity provider or to a service would be one to everybody behind it, by
/// the values of this request. Nothing where the request does not have them.
std::optional<nlohmann::ordered_json> narrowing_conditions(const Request& request) {
    const Principal& caller = *request.principal;
    nlohmann::ordered_json keys;
    const auto take = [&](const std::string& key) {
        const std::optional<std::string> value = plain_value(request, key);
        if (value) keys[key] = *value;
        return value.has_value();
    };
    if (caller.kind == PrincipalKind::service) {
        const bool by_account = take("aws:SourceAccount");
        if (!take("aws:SourceArn") && !by_account) return std::nullopt;
    } else if (caller.kind == PrincipalKind::saml) {
        if (!take("SAML:aud")) return std::nullopt;
    } else {
        constexpr std::string_view marker = ":oidc-provider/";
        const std::size_t at = caller.provider.find(marker);
        const std::string host = at == std::string::npos ? caller.provider : caller.provider.substr(at + marker.size());
        if (!take(host + ":sub")) return std::nullopt;
        take(host + ":aud");
    }
    return nlohmann::ordered_json{{"StringEquals", std::move(keys)}};
}

bool names_principals(PolicyType type) { return type == PolicyType::trust || type == PolicyType::resource; }

/// Whether everybody behind the caller's name has access who is not limited by conditions.
bool needs_narrowing(PolicyType type, const Principal& caller) {
    if (!names_principals(type)) return false;
    return is_federating(caller) || (type == PolicyType::resource && caller.kind == PrincipalKind::service);
}

/// Permissions that are holes where they are given for everything.
bool is_delicate(std::string_view action) {
    return equals_ignoring_case(action, "iam:PassRole") || equals_ignoring_case(action, "iam:CreateServiceLinkedRole");
}

/// Why no statement that allows the request by itself may be proposed; empty where one may.
std::string_view why_no_grant(PolicyType type, const Request& request) {
    if (type == PolicyType::rcp)
        return "a resource control policy of one's own cannot allow: attach RCPFullAWSAccess to the level that does "
               "not";
    if (names_principals(type)) {
        if (!request.principal || request.principal->kind == PrincipalKind::anonymous)
            return "the caller is anonymous: sign the request, since a grant to it would be one to everybody";
        if (type == PolicyType::resource && is_federating(*request.principal))
            return "the caller is known to an identity provider alone, which no resource's policy takes: assume a role "
                   "first";
        if (needs_narrowing(type, *request.principal) && !narrowing_conditions(request))
            return is_federating(*request.principal)
                       ? "the request does not say whose token it is (sub): a grant without that would be one to "
                         "everybody whom the identity provider knows"
                       : "the request does not say for whom the service asks (aws:SourceArn, aws:SourceAccount): a "
                         "grant without that would be one to every customer of the service";
    }
    if (type != PolicyType::trust && as_pattern(request.resource) == "*" && is_delicate(request.action))
        return "the request names no resource: a grant would be one for all of them";
    return {};
}

/// A statement that allows the request, and not more than it must. `condition`: its Condition as JSON; may be empty.
std::string allowing_statement(PolicyType type, const Request& request, const std::string& condition) {
    nlohmann::ordered_json statement{{"Effect", "Allow"}};
    if (names_principals(type)) statement["Principal"] = principal_json(*request.principal);
    statement["Action"] = request.action;
    if (type != PolicyType::trust) statement["Resource"] = as_pattern(request.resource);
    if (!condition.empty()) {
        statement["Condition"] = nlohmann::ordered_json::parse(condition, nullptr, false);
    } else if (request.principal && needs_narrowing(type, *request.principal)) {
        statement["Condition"] = *narrowing_conditions(request);
    }
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
        for (const Policies& level : set.scope_down) scope_down_.push_back(list(level));
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
            case PolicyType::scope_down:
                return scope_down_[level].push_back(source);
        }
    }

    Decision decide(const Request& request) {
        set_.identity = identity_;
        if (set_.boundary) set_.boundary = boundary_;
        if (set_.session) set_.session = session_;
        if (set_.resource) set_.resource = resource_;
        const std::vector<Policies> scp(scp_.begin(), scp_.end());
        const std::vector<Policies> rcp(rcp_.begin(), rcp_.end());
        const std::vector<Policies> scope_down(scope_down_.begin(), scope_down_.end());
        set_.scp = scp;
        set_.rcp = rcp;
        set_.scope_down = scope_down;
        return policy::decide(set_, request);
    }

  private:
    using List = std::vector<SourcedPolicy>;
    static List list(Policies policies) { return {policies.begin(), policies.end()}; }
    static List list(const std::optional<Policies>& policies) { return policies ? list(*policies) : List(); }

    PolicySet set_;
    List identity_, boundary_, session_, resource_;
    std::vector<List> scp_, rcp_, scope_down_;
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

namespace {

/// An Allow of a policy that fits the request but for conditions.
struct NearMiss {
    Lack lack;
    const SourcedPolicy* source = nullptr;
};

/// How many near misses are told for one type, or one level of it.
constexpr std::size_t most_near_misses = 3;

/// Those of a type's level, the ones with the fewest conditions that may fail first. Only of those that are told is
/// looked which do: that reads the document.
std::vector<NearMiss> near_misses(const Explanation& explanation, const std::vector<const SourcedPolicy*>& sources,
                                  PolicyType type, std::size_t level, const Request& request) {
    std::vector<NearMiss> near;
    const auto left = [&](const NearMiss& miss) {
        const Statement& statement = miss.source->policy->statements[miss.lack.statement];
        const StatementReport& line = explanation.policies[miss.lack.policy].statements[miss.lack.statement];
        return statement.conditions.size() - line.match.condition;
    };
    for (std::size_t i = 0; i < explanation.policies.size(); ++i) {
        const PolicyReport& report = explanation.policies[i];
        if (report.type != type || report.level != level) continue;
        for (const StatementReport& line : report.statements)
            if (line.effect == Effect::allow && line.match.failed == Element::condition)
                near.push_back({{type, level, i, line.index, {}, {}}, sources[i]});
    }
    std::stable_sort(near.begin(), near.end(), [&](const NearMiss& a, const NearMiss& b) { return left(a) < left(b); });
    if (near.size() > most_near_misses) near.resize(most_near_misses);
    for (NearMiss& miss : near) miss.lack.conditions = find_lacked(*miss.source, miss.lack.statement, request);
    std::erase_if(near, [](const NearMiss& miss) { return miss.lack.conditions.empty(); });
    return near;
}

/// Finds what would change a refusal, type by type.
class Advisor {
  public:
    Advisor(const PolicySet& set, const Request& request, const std::vector<const SourcedPolicy*>& sources,
            Explanation& explanation)
        : set_(set), request_(request), sources_(sources), explanation_(explanation), amended_(set) {}

    void run() {
        std::vector<PolicyType> seen;
        for (Decision decision = amended_.decide(request_); !decision.allowed(); decision = amended_.decide(request_)) {
            const PolicyType type = decision.decided_by;
            const bool again = std::find(seen.begin(), seen.end(), type) != seen.end();
            if (again || decision.outcome != Outcome::implicit_deny) return give_up({});
            seen.push_back(type);
            for (const std::size_t level : levels_of(type))
                if (!help(type, level)) return;
        }
    }

  private:
    std::vector<std::size_t> levels_of(PolicyType type) const {
        if (type == PolicyType::scp) return silent_levels(explanation_, type, set_.scp.size());
        if (type == PolicyType::rcp) return silent_levels(explanation_, type, set_.rcp.size());
        if (type == PolicyType::scope_down) return silent_levels(explanation_, type, set_.scope_down.size());
        return {0};
    }

    /// Notes what makes one level of a type allow the request, and assumes that from here on. False where nothing may
    /// be proposed.
    bool help(PolicyType type, std::size_t level) {
        std::vector<NearMiss> near = near_misses(explanation_, sources_, type, level, request_);
        if (!near.empty()) {
            amended_.add(type, level, without_conditions(near.front()));
            for (NearMiss& miss : near) {
                miss.lack.instead = kept(type, miss);
                explanation_.lacks.push_back(std::move(miss.lack));
            }
            return true;
        }
        if (const std::string_view hole = why_no_grant(type, request_); !hole.empty()) {
            give_up(hole);
            return false;
        }
        const std::string statement = allowing_statement(type, request_, {});
        const Policy* const policy = compile(type, statement);
        if (!policy) {
            give_up({});
            return false;
        }
        amended_.add(type, level, *policy);
        explanation_.additions.push_back({type, level, statement});
        return true;
    }

    void give_up(std::string_view obstacle) {
        explanation_.additions.clear();
        if (explanation_.obstacle.empty()) explanation_.obstacle = obstacle;
    }

    /// A statement with the conditions of the one that misses, for the values of this request; empty where that would
    /// be no narrow grant, or help nothing.
    std::string kept(PolicyType type, const NearMiss& miss) {
        const bool nobody = !request_.principal || request_.principal->kind == PrincipalKind::anonymous;
        if (type == PolicyType::rcp || (names_principals(type) && nobody)) return {};
        const auto conditions = keep_conditions(*miss.source, miss.lack.statement, request_);
        if (!conditions) return {};
        std::string statement = allowing_statement(type, request_, *conditions);
        const Policy* const policy = compile(type, statement);
        if (!policy) return {};
        const Subject subject(request_, boundary_of(set_, request_));
        return match(*policy, policy->statements.front(), subject).applies() ? statement : std::string();
    }

    const Policy& without_conditions(const NearMiss& miss) {
        Policy policy;
        policy.kind = miss.source->policy->kind;
        policy.variables_enabled = miss.source->policy->variables_enabled;
        policy.statements.push_back(miss.source->policy->statements[miss.lack.statement]);
        policy.statements.front().conditions.clear();
        return *compiled_.emplace_back(std::make_unique<const Policy>(std::move(policy)));
    }

    /// Null for a statement that AWS would refuse: the request's names may have any characters.
    const Policy* compile(PolicyType type, const std::string& statement) {
        auto parsed = parse(R"({"Version":"2012-10-17","Statement":)" + statement + "}", document_kind(type),
                            Strictness::lenient);
        if (!std::holds_alternative<Policy>(parsed)) return nullptr;
        return compiled_.emplace_back(std::make_unique<const Policy>(std::get<Policy>(std::move(parsed)))).get();
    }

    const PolicySet& set_;
    const Request& request_;
    const std::vector<const SourcedPolicy*>& sources_;
    Explanation& explanation_;
    Amended amended_;
    std::vector<std::unique_ptr<const Policy>> compiled_;
};

}  // namespace

void advise(const PolicySet& set, const Request& request, const std::vector<const SourcedPolicy*>& sources,
            Explanation& explanation) {
    Advisor(set, request, sources, explanation).run();
}

}  // namespace iamlocal::policy
