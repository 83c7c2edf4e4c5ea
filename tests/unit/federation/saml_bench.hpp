// An identity provider for tests of those who read its responses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/pem.hpp"
#include "base/self_signed.hpp"
#include "base/signing_key.hpp"
#include "base/time_format.hpp"
#include "federation/saml_issue.hpp"
#include "federation/saml_response.hpp"

namespace iamlocal::federation {

inline constexpr std::string_view corp = "https://idp.example.com/saml";

struct SamlBench {
    explicit SamlBench(KeyKind kind = KeyKind::rsa, std::string_view entity = corp)
        : entity_id(entity), key(SigningKey::generate(kind)), certificate(certify(key, now - std::chrono::hours(1))) {}

    /// The certificate of a key in DER; it is good for a day from then on.
    static std::string certify(const SigningKey& key, Instant from) {
        SeededEntropy entropy(1);
        const Seconds begin = whole_seconds(from);
        const std::string pem = self_signed_certificate(
            key, {.common_name = "idp", .not_before = begin, .not_after = begin + days}, entropy);
        return parse_pem(pem)->front().bytes;
    }

    SamlAssertion assertion() const {
        return {.id = "_a1",
                .issuer = entity_id,
                .issued = now,
                .subject = "alice@example.com",
                .format = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
                .recipient = "https://signin.aws.amazon.com/saml",
                .confirmed_until = now + std::chrono::minutes(5),
                .not_before = now - std::chrono::minutes(5),
                .not_on_or_after = now + std::chrono::minutes(5),
                .audiences = {"urn:amazon:webservices"},
                .session_end = std::nullopt,
                .attributes = {{"https://aws.amazon.com/SAML/Attributes/RoleSessionName", {"alice"}}}};
    }
    SamlSigner signer() const { return {key, certificate}; }

    std::string sign(const SamlAssertion& said) const {
        return sign_saml_element(write_saml_assertion(said), said.id, signer());
    }
    std::string response(std::string_view assertion_text) const {
        return write_saml_response({.id = "_r1", .issuer = entity_id, .destination = "https://x", .issued = now},
                                   assertion_text);
    }
    std::string signed_response(std::string_view assertion_text) const {
        return sign_saml_element(response(assertion_text), "_r1", signer());
    }
    SamlTrust trust() const {
        return {.metadata = write_saml_metadata(entity_id, "https://idp.example.com/sso", certificate),
                .private_keys = {},
                .requires_encryption = false,
                .checks = SamlChecks::as_aws,
                .now = now};
    }
    std::variant<SamlAssertion, SamlFault> read(std::string_view document) const { return read(document, trust()); }
    static std::variant<SamlAssertion, SamlFault> read(std::string_view document, const SamlTrust& trust) {
        return verify_saml_response(base64_encode(as_bytes(document)), trust);
    }

    static constexpr std::chrono::seconds days{86400};
    static constexpr Instant now{std::chrono::seconds(1'800'000'000)};

    std::string entity_id;
    SigningKey key;
    std::string certificate;
};

/// `text` with the first `from` in it replaced; it must be there.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

/// The text from `open` to the end of `close`, which must be there.
inline std::string cut(std::string_view text, std::string_view open, std::string_view close) {
    const std::size_t begin = text.find(open);
    const std::size_t end = text.find(close, begin) + close.size();
    return std::string(text.substr(begin, end - begin));
}

}  // namespace iamlocal::federation
