// The user, group, role or policy that a question about the access of services is about. It is named by its ARN.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "iam/kinds.hpp"

namespace iamlocal::iam {

/// There or not. The name says whom an ARN is about; AWS does not look at the path.
struct ReportSubject {
    std::string arn;  ///< as it was asked
    std::variant<LookedUp<UserKind>, LookedUp<GroupKind>, LookedUp<RoleKind>, LookedUp<PolicyKind>> named;

    /// Throws NoSuchEntity unless it is there.
    void require() const;
};

enum class PolicySubjects { no, yes };
/// Throws ValidationError for what is no ARN of IAM's, AccessDenied for one of another account, InvalidInput for one
/// that reports are not made about.
ReportSubject report_subject(Context& ctx, const std::string& arn, PolicySubjects policies);
/// Messages name its ARN.
Target report_subject_target(Context& ctx, const ReportSubject& subject);

/// `The marker passed in the request was invalid.`, or `Invalid Marker.` for a text that is none.
ApiError wrong_report_marker(std::string_view marker);

}  // namespace iamlocal::iam
