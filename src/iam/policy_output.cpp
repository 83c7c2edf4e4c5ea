#include "iam/policy_output.hpp"

#include "api/tags.hpp"
#include "base/encoding.hpp"

namespace iamlocal::iam {

using api::WhenEmpty;

void write_policy(protocol::AnswerWriter& out, const store::ManagedPolicy& policy, Detail detail) {
    out.text("PolicyName", policy.name);
    out.text("PolicyId", policy.id);
    out.text("Arn", policy.arn);
    out.text("Path", policy.path);
    out.text("DefaultVersionId", policy.default_version);
    out.number("AttachmentCount", policy.attachment_count);
    out.number("PermissionsBoundaryUsageCount", policy.boundary_usage_count);
    out.boolean("IsAttachable", true);
    if (policy.description && detail == Detail::full) out.text("Description", *policy.description);
    out.time("CreateDate", policy.created);
    out.time("UpdateDate", policy.updated);
    if (detail == Detail::listed) return;
    api::write_tags(out, policy.tags, detail == Detail::full ? WhenEmpty::write : WhenEmpty::leave_out);
}

void write_policy_version(protocol::AnswerWriter& out, const store::PolicyVersion& version, Detail detail) {
    if (detail == Detail::full) out.text("Document", percent_encode(version.document));
    out.text("VersionId", version.id);
    out.boolean("IsDefaultVersion", version.is_default);
    out.time("CreateDate", version.created);
}

}  // namespace iamlocal::iam
