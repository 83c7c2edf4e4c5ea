// Questions that the checks put to the catalogue of AWS's services.
#pragma once

#include <string>
#include <string_view>

#include "lint/document.hpp"

namespace iamlocal::lint {

/// The key by its name in lower case: a global one, one of the service that its prefix names, or one of the services
/// whose actions the statement has. Null when nobody knows it.
[[nodiscard]] const catalogue::ConditionKey* find_key(const Statement& statement, std::string_view folded_key);

/// A key's type without its ArrayOf.
struct KeyType {
    std::string_view base;  ///< `String`, `Numeric`, …
    bool many = false;      ///< a request has a list of values
};
[[nodiscard]] KeyType type_of(const catalogue::ConditionKey& key);

/// Whether requests for an action of the service carry the key, of themselves or with one of the resource types on
/// which it works. The key is written as the catalogue has it.
[[nodiscard]] bool supports(const catalogue::ServiceReference& service, const catalogue::Action& action,
                            std::string_view key_name);

/// Whether some action or resource type of the service has the key.
[[nodiscard]] bool supports(const catalogue::ServiceReference& service, std::string_view key_name);

/// Whether a role's trust policy can have the action.
[[nodiscard]] bool is_trust_action(const Action& action);

/// What was probably meant, as it is written in policies; empty when nothing is near.
[[nodiscard]] std::string similar_action(const catalogue::ServiceReference& service, std::string_view folded_name);
[[nodiscard]] std::string similar_prefix(std::string_view folded_prefix);
[[nodiscard]] std::string similar_key(const catalogue::ServiceReference& service, std::string_view folded_key);
[[nodiscard]] std::string similar_global_key(std::string_view folded_key);
[[nodiscard]] std::string similar_operator(std::string_view name);

/// Whether the text has the form of a Region's name, known words in their places: `us-east-1`, `us-gov-west-1`.
[[nodiscard]] bool is_region(std::string_view text);
[[nodiscard]] std::string similar_region(std::string_view text);

/// Whether AWS's reference has several pages of this prefix. The catalogue keeps of an action what one of them says.
[[nodiscard]] bool has_several_pages(std::string_view prefix);

/// Whether a condition key's prefix is a host or SAML's: its keys are those of an identity provider's tokens.
[[nodiscard]] bool is_provider_prefix(std::string_view folded_prefix);

/// Whether any resource of AWS's has this name in the third part of its ARN. Reads the whole catalogue the first time
/// that a name is not one of its prefixes.
[[nodiscard]] bool is_arn_service(std::string_view service);

/// An ARN template of the catalogue as a pattern: `arn:*:s3:::*/*`.
[[nodiscard]] std::string template_pattern(std::string_view arn_template);

}  // namespace iamlocal::lint
