#include "unit/policy/naive/combine.hpp"

#include <algorithm>
#include <string_view>

#include "unit/policy/naive/statement.hpp"

namespace iamlocal::naive {
namespace {

/// What the documents of one type, or of one level, say together.
struct Said {
    bool deny = false;
    bool allow = false;         ///< some Allow applies; counts only without deny
    Named granted = Named::no;  ///< the closest that an Allow names the caller
};

/// Asks all documents of one type. `first`: the number of the first of them.
Said ask(const Documents& documents, DocumentKind kind, PolicyType type, bool bounded, const policy::Request& request,
         std::set<AppliedStatement>& applied, std::size_t first = 0) {
    Said said;
    for (std::size_t p = 0; p < documents.size(); ++p) {
        const Json& document = documents[p];
        if (document.is_null()) {
            said.deny = true;
            continue;
        }
        const bool variables = document.value("Version", "2008-10-17") == "2012-10-17";
        const Json& element = document.at("Statement");
        const Json statements = element.is_array() ? element : Json::array({element});
        for (std::size_t s = 0; s < statements.size(); ++s) {
            const Named strength = applies(statements[s], kind, variables, bounded, request);
            if (strength == Named::no) continue;
            applied.insert({type, first + p, s});
            if (statements[s]["Effect"] == "Deny") {
                said.deny = true;
            } else {
                said.allow = true;
                said.granted = std::max(said.granted, strength);
            }
        }
    }
    return said;
}

/// All levels of SCPs or RCPs: one Deny is enough, and each must allow.
std::optional<Said> ask_levels(const std::vector<Documents>& levels, DocumentKind kind, PolicyType type, bool bounded,
                               const policy::Request& request, std::set<AppliedStatement>& applied) {
    if (levels.empty()) return std::nullopt;
    Said all;
    all.allow = true;
    std::size_t first = 0;
    for (const Documents& level : levels) {
        const Said said = ask(level, kind, type, bounded, request, applied, first);
        all.deny = all.deny || said.deny;
        all.allow = all.allow && said.allow;
        first += level.size();
    }
    return all;
}

/// The ARN of a KMS key: the fifth colon is followed by `key/`.
bool is_key(std::string_view resource) {
    if (!resource.starts_with("arn:")) return false;
    std::size_t colon = 3;
    for (int part = 1; part < 5; ++part) {
        const std::size_t next = resource.find(':', colon + 1);
        if (next == std::string_view::npos) return false;
        if (part == 2 && resource.substr(colon + 1, next - colon - 1) != "kms") return false;
        colon = next;
    }
    return resource.substr(colon + 1).starts_with("key/");
}

}  // namespace

Answer decide(const Question& question, const policy::Request& request) {
    const policy::Principal& who = *request.principal;
    const PrincipalKind kind = who.kind;
    const bool session = kind == PrincipalKind::role_session || kind == PrincipalKind::federated_user ||
                         kind == PrincipalKind::user_session;
    const bool has_identity = kind == PrincipalKind::user || session;
    // Whom root made has what root has: everything.
    const bool of_root = session && policy::PrincipalKind::role_session != kind && ends_with(who.user_arn, ":root");
    const bool has_account = has_identity || kind == PrincipalKind::root;
    const bool service_linked = who.role_arn.find(":role/aws-service-role/") != std::string::npos;
    const bool bounded = has_identity && question.boundary.has_value();
    const bool trust = question.resource_kind == DocumentKind::trust;
    const PolicyType resource_type = trust ? PolicyType::trust : PolicyType::resource;

    Answer answer;
    Said identity;
    std::optional<Said> boundary;
    std::optional<Said> session_policy;
    std::optional<Said> scp;
    Said resource;
    if (has_identity) {
        identity =
            ask(question.identity, DocumentKind::identity, PolicyType::identity, bounded, request, answer.applied);
        if (question.boundary)
            boundary =
                ask(*question.boundary, DocumentKind::boundary, PolicyType::boundary, bounded, request, answer.applied);
    }
    identity.allow = identity.allow || of_root;
    if (has_account && question.session) {
        session_policy =
            ask(*question.session, DocumentKind::session, PolicyType::session, bounded, request, answer.applied);
    }
    if (kind == PrincipalKind::federated_user && !session_policy) session_policy = Said{};
    if (question.resource)
        resource = ask(*question.resource, question.resource_kind, resource_type, bounded, request, answer.applied);
    if (has_account && !service_linked)
        scp = ask_levels(question.scp, DocumentKind::scp, PolicyType::scp, bounded, request, answer.applied);
    std::optional<Said> rcp;
    if (!service_linked)
        rcp = ask_levels(question.rcp, DocumentKind::rcp, PolicyType::rcp, bounded, request, answer.applied);
    const std::optional<Said> scope_down = ask_levels(question.scope_down, DocumentKind::session,
                                                      PolicyType::scope_down, bounded, request, answer.applied);

    const auto decided = [&](Outcome outcome, PolicyType by) {
        // Whatever grants, a session that was scoped down has no more than the layers allow.
        if (outcome == Outcome::allowed && scope_down && !scope_down->allow) {
            outcome = Outcome::implicit_deny;
            by = PolicyType::scope_down;
        }
        answer.outcome = outcome;
        answer.decided_by = by;
        return answer;
    };
    const auto denies = [](const std::optional<Said>& said) { return said && said->deny; };
    const auto limits = [](const std::optional<Said>& said) { return said && !said->allow; };

    if (identity.deny) return decided(Outcome::explicit_deny, PolicyType::identity);
    if (denies(boundary)) return decided(Outcome::explicit_deny, PolicyType::boundary);
    if (denies(session_policy)) return decided(Outcome::explicit_deny, PolicyType::session);
    if (resource.deny) return decided(Outcome::explicit_deny, resource_type);
    if (denies(scp)) return decided(Outcome::explicit_deny, PolicyType::scp);
    if (denies(rcp)) return decided(Outcome::explicit_deny, PolicyType::rcp);
    if (denies(scope_down)) return decided(Outcome::explicit_deny, PolicyType::scope_down);

    if (limits(rcp)) return decided(Outcome::implicit_deny, PolicyType::rcp);
    if (limits(scp)) return decided(Outcome::implicit_deny, PolicyType::scp);
    // Services, anonymous callers and those who are not yet somebody have only the resource's side.
    if (!has_account) return decided(resource.allow ? Outcome::allowed : Outcome::implicit_deny, resource_type);

    const bool cross_account = !request.resource_account.empty() && request.resource_account != "aws" &&
                               request.resource_account != who.account;
    if (cross_account) {
        if (kind != PrincipalKind::root) {
            if (!identity.allow) return decided(Outcome::implicit_deny, PolicyType::identity);
            if (limits(boundary)) return decided(Outcome::implicit_deny, PolicyType::boundary);
            if (limits(session_policy)) return decided(Outcome::implicit_deny, PolicyType::session);
        }
        return decided(resource.allow ? Outcome::allowed : Outcome::implicit_deny, resource_type);
    }

    // Trust and key policies are asked first: what they do not grant, not even root has.
    const bool key = question.resource && is_key(request.resource);
    if ((trust || key) && resource.granted == Named::no) return decided(Outcome::implicit_deny, resource_type);
    if (kind == PrincipalKind::root) return decided(Outcome::allowed, PolicyType::identity);
    if (resource.granted == Named::direct) return decided(Outcome::allowed, resource_type);
    const bool granted = resource.granted == Named::limited;
    if (!granted && !identity.allow) return decided(Outcome::implicit_deny, PolicyType::identity);
    if (limits(boundary)) return decided(Outcome::implicit_deny, PolicyType::boundary);
    if (limits(session_policy)) return decided(Outcome::implicit_deny, PolicyType::session);
    return decided(Outcome::allowed, granted ? resource_type : PolicyType::identity);
}

}  // namespace iamlocal::naive
