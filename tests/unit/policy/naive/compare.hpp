// The engine and the second evaluator side by side.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "policy/decide.hpp"
#include "policy/parse.hpp"
#include "unit/policy/naive/combine.hpp"

namespace iamlocal::naive {

/// One set of policies for both. A document that the engine refuses even leniently counts as one that cannot be read,
/// for both.
class BothSides {
  public:
    explicit BothSides(Question question) : question_(std::move(question)) {
        set_.identity = read(question_.identity, DocumentKind::identity);
        if (question_.boundary) set_.boundary = read(*question_.boundary, DocumentKind::boundary);
        if (question_.session) set_.session = read(*question_.session, DocumentKind::session);
        if (question_.resource) set_.resource = read(*question_.resource, question_.resource_kind);
        set_.resource_is_trust = question_.resource_kind == DocumentKind::trust;
        for (Documents& level : question_.scp) scp_.push_back(read(level, DocumentKind::scp));
        for (Documents& level : question_.rcp) rcp_.push_back(read(level, DocumentKind::rcp));
        set_.scp = scp_;
        set_.rcp = rcp_;
    }
    BothSides(const BothSides&) = delete;
    BothSides& operator=(const BothSides&) = delete;

    [[nodiscard]] const Question& question() const { return question_; }
    [[nodiscard]] const policy::PolicySet& set() const { return set_; }
    [[nodiscard]] std::size_t documents() const { return documents_; }
    [[nodiscard]] const std::vector<std::string>& refused() const { return refused_; }  ///< and why

    [[nodiscard]] Answer by_engine(const policy::Request& request) const {
        policy::Trace trace;
        const policy::Decision decision = policy::decide(set_, request, trace);
        Answer answer{decision.outcome, decision.decided_by, {}};
        for (const policy::MatchedStatement& matched : trace.applied) {
            answer.applied.insert({matched.type, number(matched.type, matched.source), matched.statement});
        }
        return answer;
    }

    [[nodiscard]] Answer by_naive(const policy::Request& request) const { return decide(question_, request); }

  private:
    policy::Policies read(Documents& documents, DocumentKind kind) {
        std::vector<policy::SourcedPolicy>& sources = sources_.emplace_back();
        for (Json& document : documents) {
            ++documents_;
            sources.push_back({nullptr, "policy", {}});
            if (document.is_null()) continue;
            const std::string text = document.dump();
            auto parsed = policy::parse(text, kind, policy::Strictness::lenient);
            if (auto* read = std::get_if<policy::Policy>(&parsed)) {
                sources.back().policy = &compiled_.emplace_back(std::move(*read));
            } else {
                refused_.push_back(std::get<policy::ParseError>(parsed).message + ' ' + text);
                document = nullptr;
            }
        }
        return sources;
    }

    /// Where a policy stands among those of its type.
    [[nodiscard]] std::size_t number(PolicyType type, const policy::SourcedPolicy* source) const {
        std::vector<policy::Policies> lists;
        if (type == PolicyType::identity) lists = {set_.identity};
        if (type == PolicyType::boundary) lists = {*set_.boundary};
        if (type == PolicyType::session) lists = {*set_.session};
        if (type == PolicyType::resource || type == PolicyType::trust) lists = {*set_.resource};
        if (type == PolicyType::scp) lists = scp_;
        if (type == PolicyType::rcp) lists = rcp_;
        std::size_t first = 0;
        for (const policy::Policies& list : lists) {
            if (source >= list.data() && source < list.data() + list.size()) {
                return first + static_cast<std::size_t>(source - list.data());
            }
            first += list.size();
        }
        return ~std::size_t{0};
    }

    Question question_;
    std::deque<policy::Policy> compiled_;
    std::deque<std::vector<policy::SourcedPolicy>> sources_;
    std::vector<policy::Policies> scp_;
    std::vector<policy::Policies> rcp_;
    policy::PolicySet set_;
    std::size_t documents_ = 0;
    std::vector<std::string> refused_;
};

inline const char* name_of(Outcome outcome) {
    if (outcome == Outcome::allowed) return "allowed";
    return outcome == Outcome::explicit_deny ? "explicit_deny" : "implicit_deny";
}

inline const char* name_of(PolicyType type) {
    static constexpr std::array names{"identity", "boundary", "session", "resource", "trust", "scp", "rcp"};
    return names.at(static_cast<std::size_t>(type));
}

inline std::string to_string(const Answer& answer) {
    std::string text = fmt::format("{} by {}, applying:", name_of(answer.outcome), name_of(answer.decided_by));
    for (const AppliedStatement& applied : answer.applied) {
        text += fmt::format(" {}[{}][{}]", name_of(applied.type), applied.policy, applied.statement);
    }
    return text;
}

inline std::string to_string(const Question& question) {
    Json json = {{"identity", question.identity}, {"scp", question.scp}, {"rcp", question.rcp}};
    if (question.boundary) json["boundary"] = *question.boundary;
    if (question.session) json["session"] = *question.session;
    const bool trust = question.resource_kind == DocumentKind::trust;
    if (question.resource) json[trust ? "trust" : "resource_policy"] = *question.resource;
    return json.dump();
}

inline std::string to_string(const policy::Request& request) {
    const policy::Principal& who = *request.principal;
    return fmt::format(
        "kind {} arn '{}' account '{}' id '{}' role '{}' user '{}' provider '{}' boundary {}; {} on {} of '{}'",
        static_cast<int>(who.kind), who.arn, who.account, who.unique_id, who.role_arn, who.user_arn, who.provider,
        who.has_boundary, request.action, request.resource, request.resource_account);
}

}  // namespace iamlocal::naive
