// The engine and the second evaluator side by side.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "policy/decide.hpp"
#include "policy/document.hpp"
#include "unit/policy/naive/combine.hpp"

namespace iamlocal::naive {

/// One set of policies for both. A document that the engine refuses even leniently counts as one that cannot be read,
/// for both.
class BothSides {
  public:
    explicit BothSides(Question question);
    BothSides(const BothSides&) = delete;
    BothSides& operator=(const BothSides&) = delete;

    [[nodiscard]] const Question& question() const { return question_; }
    [[nodiscard]] policy::PolicySet set(const policy::Request& request) const;
    /// Of every document that is not null: as it was given, and whether the engine refused it.
    struct Given {
        DocumentKind kind;
        Json document;
        bool refused;
    };
    [[nodiscard]] const std::vector<Given>& documents() const { return documents_; }
    [[nodiscard]] std::size_t refused() const {
        return static_cast<std::size_t>(
            std::count_if(documents_.begin(), documents_.end(), [](const Given& given) { return given.refused; }));
    }

    /// Asks as explanations do, with a trace, and as the server does, without; throws where the two are not the same.
    [[nodiscard]] Answer by_engine(const policy::Request& request) const;

    [[nodiscard]] Answer by_naive(const policy::Request& request) const { return decide(question_, request); }

  private:
    policy::Policies read(Documents& documents, DocumentKind kind);

    /// Where a policy stands among those of its type.
    [[nodiscard]] std::size_t number(PolicyType type, const policy::SourcedPolicy* source) const;

    Question question_;
    std::deque<std::string> texts_;
    std::deque<policy::Policy> compiled_;
    std::deque<std::vector<policy::SourcedPolicy>> sources_;
    std::vector<policy::Policies> scp_;
    std::vector<policy::Policies> rcp_;
    std::vector<policy::Policies> scope_down_;
    policy::PolicySet set_;
    std::vector<Given> documents_;
};

std::string to_string(const Answer& answer);
std::string to_string(const Question& question);
std::string to_string(const policy::Request& request);

/// What is wrong with an explanation by the second evaluator, which also judges what it proposes; empty if nothing is.
std::string find_fault(const BothSides& sides, const policy::Request& request);

}  // namespace iamlocal::naive
