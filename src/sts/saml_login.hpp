// What an assertion asks of AWS: a role's session with a name, tags and limits, and the condition keys that it is
// decided by ("Configure SAML assertions for the authentication response").
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/session_token.hpp"
#include "base/clock.hpp"
#include "base/named.hpp"
#include "federation/saml_assertion.hpp"
#include "store/tags.hpp"

namespace iamlocal::sts {

struct SamlLogin {
    std::string session_name;
    std::vector<store::Tag> tags;
    std::vector<std::string> transitive_tag_keys;
    std::string source_identity;                       ///< empty: none
    std::optional<std::chrono::seconds> most_seconds;  ///< SessionDuration
    std::optional<Instant> session_end;

    std::string subject;
    std::string subject_type;
    std::string issuer;
    std::string audience;
    std::string name_qualifier;

    std::string assertion_id;
    Instant usable_until{};  ///< when the assertion is over at the latest

    auth::Federation keys;  ///< all of saml:…
    /// Those of them that the session keeps: `saml:sub`, `saml:sub_type` and `saml:namequalifier`.
    auth::Federation session_keys;
};

/// The provider that an assertion was held against, and the role that is asked for.
struct SamlParties {
    std::string_view role_arn;
    std::string_view provider_arn;
    AccountId account;  ///< the provider's
    std::string_view provider_name;
};

/// Throws InvalidIdentityToken for an assertion that does not give the role to the provider's users, or whose
/// attributes are not of AWS's form, and ValidationError for what cannot be tags.
SamlLogin read_saml_login(const federation::SamlAssertion& assertion, const SamlParties& parties);

}  // namespace iamlocal::sts
