// Names of AWS's in questions about policies. A slip of the pen there goes unnoticed: a request for an action that
// does not exist is denied, and whoever expected a denial is content for ever. In the policies that are asked it is no
// better: a Deny of such an action denies nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::lint {

/// What is wrong with an action's name (`s3:GetObjct`), with the name that was probably meant. Nothing when a service
/// of AWS's has the action.
[[nodiscard]] std::optional<std::string> find_action_slip(std::string_view action);

/// Likewise for a condition key. Keys of identity providers (`accounts.google.com:aud`) are whatever they like.
[[nodiscard]] std::optional<std::string> find_key_slip(std::string_view key);

/// Likewise for the service in a resource's ARN.
[[nodiscard]] std::optional<std::string> find_resource_slip(std::string_view resource);

/// A slip of the pen in a document, and the offset of the value that it is in.
struct DocumentSlip {
    std::size_t at = 0;
    std::string message;
};

/// The first name in the statements of a policy that AWS does not have: an action, the service in a resource's ARN, a
/// condition key. Nothing for what is no policy.
[[nodiscard]] std::optional<DocumentSlip> find_document_slip(std::string_view document);

}  // namespace iamlocal::lint
