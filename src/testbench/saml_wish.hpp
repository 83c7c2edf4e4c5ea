// What a built-in SAML identity provider is asked for, read from JSON. Nothing here knows the store.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace iamlocal::testbench {

/// POST …/response
struct SamlWish {
    std::vector<std::string> roles;       ///< ARNs
    std::optional<std::string> provider;  ///< ARN of the provider in IAM; nothing: of the same name, as the role's
    std::string session_name = "alice";   ///< empty: left out
    std::string subject = "alice";        ///< empty: left out
    std::string subject_format;           ///< a whole URI
    std::string recipient;
    std::string audience;
    std::chrono::seconds expires_in{300};  ///< negative: it is over already
    std::optional<std::string> duration;   ///< SessionDuration
    std::optional<std::chrono::seconds> session_expires_in;
    std::string source_identity;
    std::vector<std::pair<std::string, std::string>> tags;
    std::vector<std::string> transitive_tags;
    std::vector<std::pair<std::string, std::vector<std::string>>> attributes;
    bool sign_assertion = true;
    bool sign_response = false;
    std::optional<std::string> encrypt_for;  ///< a certificate in DER
};

/// The error is a sentence.
std::variant<SamlWish, std::string> parse_saml_wish(std::string_view body);

}  // namespace iamlocal::testbench
