// A second evaluator of policies, to compare the engine with. It is written from AWS's rules alone and shares no code
// with the engine: documents stay JSON and are read at every question, and everything is done the plainest way. Use
// decide() in tests, wherever an independent opinion is worth a hundred times the engine's time.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "policy/decide.hpp"
#include "policy/document.hpp"
#include "policy/request.hpp"

namespace iamlocal::naive {

using Json = nlohmann::json;
using policy::DocumentKind;
using policy::Outcome;
using policy::PolicyType;
using policy::PrincipalKind;

/// Documents of one type; a null is one that cannot be read.
using Documents = std::vector<Json>;

/// As policy::PolicySet, with documents as JSON.
struct Question {
    Documents identity;
    std::optional<Documents> boundary;
    std::optional<Documents> session;
    std::optional<Documents> resource;
    DocumentKind resource_kind = DocumentKind::resource;  ///< or trust
    std::vector<Documents> scp;
    std::vector<Documents> rcp;
    std::vector<Documents> scope_down;
};

/// A statement that applies: the n-th of the n-th policy of a type. Levels are counted through.
struct AppliedStatement {
    PolicyType type;
    std::size_t policy;
    std::size_t statement;
    auto operator<=>(const AppliedStatement&) const = default;
};

struct Answer {
    Outcome outcome = Outcome::implicit_deny;
    PolicyType decided_by = PolicyType::identity;
    std::set<AppliedStatement> applied;
    bool operator==(const Answer&) const = default;
};

/// Reads the documents anew at each question.
Answer decide(const Question& question, const policy::Request& request);

}  // namespace iamlocal::naive
