// How managed policies and their versions are written into answers. As with other entities, what is shown depends on
// the operation.
#pragma once

#include "iam/detail.hpp"
#include "protocol/answer_writer.hpp"
#include "store/policies.hpp"

namespace iamlocal::iam {

/// The members of `<Policy>`; its `tags` must be loaded unless it is only listed. Only Detail::full shows the
/// description, and the tags even when there are none.
void write_policy(protocol::AnswerWriter& out, const store::ManagedPolicy& policy, Detail detail);

/// The members of `<PolicyVersion>`; the document, percent-encoded, with Detail::full only.
void write_policy_version(protocol::AnswerWriter& out, const store::PolicyVersion& version, Detail detail);

}  // namespace iamlocal::iam
