// How managed policies and their versions are written into answers. As with other entities, what is shown depends on
// the operation.
#pragma once

#include "protocol/answer_writer.hpp"
#include "store/policies.hpp"

namespace iamlocal::iam {

/// Which optional members of a policy an answer has.
enum class PolicyDetail {
    listed,   ///< ListPolicies: neither description nor tags
    created,  ///< CreatePolicy: what there is of them
    full,     ///< GetPolicy: the tags even when there are none
};

/// The members of `<Policy>`; its `tags` must be loaded unless it is only listed.
void write_policy(protocol::AnswerWriter& out, const store::ManagedPolicy& policy, PolicyDetail detail);

/// Whether an answer carries the document of a version.
enum class VersionDetail { listed, with_document };
/// The members of `<PolicyVersion>`; the document is percent-encoded.
void write_policy_version(protocol::AnswerWriter& out, const store::PolicyVersion& version, VersionDetail detail);

}  // namespace iamlocal::iam
