// Whether a document can ever allow something. `never` is proved, `can` has a request that the engine allows, and
// where neither is known it is said why.
#pragma once

#include <string>
#include <vector>

#include "analysis/model.hpp"
#include "analysis/witness.hpp"

namespace iamlocal::analysis {

enum class Answer { never, can, cannot_tell };

/// `never`, `can`, `cannot tell`.
[[nodiscard]] std::string_view name_of(Answer answer);

/// One question and its answer.
struct Checked {
    std::string question;  ///< `iam:PassRole on *`
    Answer answer = Answer::cannot_tell;
    std::string statement;  ///< of `can`: the one that allows it
    Witness witness;        ///< of `can`
    std::string because;    ///< of `cannot_tell`; of an escalation that is possible how it is done
};

/// Whether each of the actions, which may have wildcards, can be allowed on any of the resources; an empty list stands
/// for every resource. Permissions that only the caller's own name stands between count as allowed.
[[nodiscard]] std::vector<Checked> check_access(const Model& model, const std::vector<std::string>& actions,
                                                const std::vector<std::string>& resources);

/// Whether anything can be allowed to anybody: an anonymous caller, or one of an account that the document does not
/// name. A statement is not for anybody if a condition pins it to values of somebody in particular: of an account, an
/// ARN, an organization, a VPC or its endpoint, or to addresses of networks that are not too wide; and whom a Deny
/// excepts in this way is not anybody either.
[[nodiscard]] std::vector<Checked> check_public(const Model& model);

/// Whether whoever has the document can gain more than it allows, in one of the known ways. Each way that is possible
/// is an answer; where none is, one answer says so.
[[nodiscard]] std::vector<Checked> check_escalation(const Model& model);

}  // namespace iamlocal::analysis
