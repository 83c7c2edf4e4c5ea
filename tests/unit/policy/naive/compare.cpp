#include "unit/policy/naive/compare.hpp"

#include <stdexcept>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "policy/explanation.hpp"
#include "policy/parse.hpp"

namespace iamlocal::naive {
namespace {

/// The question with one more document for each of the additions, but not for the one numbered `without`.
Question amended(Question question, const std::vector<policy::Addition>& additions, std::size_t without = ~0U) {
    for (std::size_t i = 0; i < additions.size(); ++i) {
        if (i == without) continue;
        const Json document{{"Version", "2012-10-17"}, {"Statement", Json::parse(additions[i].statement)}};
        const auto add = [&](std::optional<Documents>& type) {
            if (!type) type.emplace();
            type->push_back(document);
        };
        switch (additions[i].type) {
            case PolicyType::identity:
                question.identity.push_back(document);
                break;
            case PolicyType::boundary:
                add(question.boundary);
                break;
            case PolicyType::session:
                add(question.session);
                break;
            case PolicyType::resource:
            case PolicyType::trust:
                add(question.resource);
                break;
            case PolicyType::scp:
                question.scp.at(additions[i].level).push_back(document);
                break;
            case PolicyType::rcp:
                question.rcp.at(additions[i].level).push_back(document);
                break;
            case PolicyType::scope_down:
                question.scope_down.at(additions[i].level).push_back(document);
                break;
        }
    }
    return question;
}

}  // namespace

BothSides::BothSides(Question question) : question_(std::move(question)) {
    set_.identity = read(question_.identity, DocumentKind::identity);
    if (question_.boundary) set_.boundary = read(*question_.boundary, DocumentKind::boundary);
    if (question_.session) set_.session = read(*question_.session, DocumentKind::session);
    if (question_.resource) set_.resource = read(*question_.resource, question_.resource_kind);
    for (Documents& level : question_.scp) scp_.push_back(read(level, DocumentKind::scp));
    for (Documents& level : question_.rcp) rcp_.push_back(read(level, DocumentKind::rcp));
    for (Documents& level : question_.scope_down) scope_down_.push_back(read(level, DocumentKind::session));
    set_.scp = scp_;
    set_.rcp = rcp_;
    set_.scope_down = scope_down_;
}

policy::PolicySet BothSides::set(const policy::Request& request) const {
    policy::PolicySet set = set_;
    set.resource_part = question_.resource_kind == DocumentKind::trust ? policy::ResourcePolicyPart::trust
                                                                       : policy::usual_part(request.resource);
    return set;
}

Answer BothSides::by_engine(const policy::Request& request) const {
    policy::Trace trace;
    const policy::Decision decision = policy::decide(set(request), request, trace);
    const policy::Decision untraced = policy::decide(set(request), request);
    const bool same = untraced.outcome == decision.outcome && untraced.decided_by == decision.decided_by &&
                      untraced.policy == decision.policy && untraced.statement == decision.statement;
    if (!same) throw std::logic_error("a trace changes the decision: " + to_string(question_));
    Answer answer{decision.outcome, decision.decided_by, {}};
    for (const policy::MatchedStatement& matched : trace.applied) {
        answer.applied.insert({matched.type, number(matched.type, matched.source), matched.statement});
    }
    return answer;
}

policy::Policies BothSides::read(Documents& documents, DocumentKind kind) {
    std::vector<policy::SourcedPolicy>& sources = sources_.emplace_back();
    for (Json& document : documents) {
        const std::string& text = texts_.emplace_back(document.dump());
        sources.push_back({nullptr, "policy", {}, text});
        if (document.is_null()) continue;
        auto parsed = policy::parse(text, kind, policy::Strictness::lenient);
        documents_.push_back({kind, document, !std::holds_alternative<policy::Policy>(parsed)});
        if (auto* read = std::get_if<policy::Policy>(&parsed)) {
            sources.back().policy = &compiled_.emplace_back(std::move(*read));
        } else {
            document = nullptr;
        }
    }
    return sources;
}

std::size_t BothSides::number(PolicyType type, const policy::SourcedPolicy* source) const {
    std::vector<policy::Policies> lists;
    if (type == PolicyType::identity) lists = {set_.identity};
    if (type == PolicyType::boundary) lists = {*set_.boundary};
    if (type == PolicyType::session) lists = {*set_.session};
    if (type == PolicyType::resource || type == PolicyType::trust) lists = {*set_.resource};
    if (type == PolicyType::scp) lists = scp_;
    if (type == PolicyType::rcp) lists = rcp_;
    if (type == PolicyType::scope_down) lists = scope_down_;
    std::size_t first = 0;
    for (const policy::Policies& list : lists) {
        if (source >= list.data() && source < list.data() + list.size()) {
            return first + static_cast<std::size_t>(source - list.data());
        }
        first += list.size();
    }
    return ~std::size_t{0};
}

std::string to_string(const Answer& answer) {
    std::string text = fmt::format("{} by {}, applying:", name_of(answer.outcome), name_of(answer.decided_by));
    for (const AppliedStatement& applied : answer.applied) {
        text += fmt::format(" {}[{}][{}]", name_of(applied.type), applied.policy, applied.statement);
    }
    return text;
}

std::string to_string(const Question& question) {
    Json json = {{"identity", question.identity},
                 {"scp", question.scp},
                 {"rcp", question.rcp},
                 {"scope_down", question.scope_down}};
    if (question.boundary) json["boundary"] = *question.boundary;
    if (question.session) json["session"] = *question.session;
    const bool trust = question.resource_kind == DocumentKind::trust;
    if (question.resource) json[trust ? "trust" : "resource_policy"] = *question.resource;
    return json.dump();
}

std::string find_fault(const BothSides& sides, const policy::Request& request) {
    const policy::Explanation explanation = policy::explain(sides.set(request), request);
    const Answer answer = sides.by_naive(request);
    if (explanation.outcome != answer.outcome) return "explains another outcome";
    if (explanation.decided_by != answer.decided_by) return "explains another decision";
    if (policy::to_text(explanation, request).empty()) return "has no text";
    if (!Json::accept(policy::to_json(explanation, request))) return "is no JSON";
    const std::vector<policy::Addition>& additions = explanation.additions;
    if (answer.outcome != Outcome::implicit_deny)
        return additions.empty() && explanation.lacks.empty() ? "" : "proposes where nothing helps";
    for (const policy::Lack& lack : explanation.lacks) {
        // By itself where one type alone refuses; with the others' additions else. One per type and level is enough.
        if (lack.instead.empty()) continue;
        std::vector<policy::Addition> all = additions;
        bool complete = true;
        for (const policy::Lack& other : explanation.lacks) {
            const bool same = other.type == lack.type && other.level == lack.level;
            if (!same && other.instead.empty()) complete = false;
            if (&other == &lack || (!same && !other.instead.empty()))
                all.push_back({other.type, other.level, other.instead});
        }
        if (complete && decide(amended(sides.question(), all), request).outcome != Outcome::allowed)
            return "proposes conditions that do not hold";
    }
    if (additions.empty() || !explanation.lacks.empty()) return {};
    if (decide(amended(sides.question(), additions), request).outcome != Outcome::allowed) return "proposes too little";
    for (std::size_t i = 0; i < additions.size(); ++i) {
        if (decide(amended(sides.question(), additions, i), request).outcome == Outcome::allowed)
            return "proposes too much";
    }
    return {};
}

std::string to_string(const policy::Request& request) {
    const policy::Principal& who = *request.principal;
    return fmt::format("kind {} arn '{}' account '{}' id '{}' role '{}' user '{}' provider '{}'; {} on {} of '{}'",
                       static_cast<int>(who.kind), who.arn, who.account, who.unique_id, who.role_arn, who.user_arn,
                       who.provider, request.action, request.resource, request.resource_account);
}

}  // namespace iamlocal::naive
