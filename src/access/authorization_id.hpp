// Authorization ids: how a refused caller is told where the details of the refusal are
// (GetRequestAuthorizationDetails).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::access {

/// Whether refusals of an operation have one: most of IAM's do, none of STS's.
[[nodiscard]] bool has_authorization_id(std::string_view action);

/// The request's own id written as AWS writes these: 128 bits in base 36.
[[nodiscard]] std::string authorization_id(std::string_view request_id);
/// Back again; nothing for a text that is no such id.
[[nodiscard]] std::optional<std::string> request_id_of(std::string_view authorization_id);

/// What follows the reason in the message of a refusal: `. Go to … or call … with the following authorization id: …`.
[[nodiscard]] std::string where_the_details_are(std::string_view request_id);

}  // namespace iamlocal::access
