// What a SAML 2.0 assertion says: the parts of it that AWS wants, as pure functions. Whether somebody has signed it is
// another matter (federation/saml_response.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "federation/xml.hpp"

namespace iamlocal::federation {

inline constexpr std::string_view saml_space = "urn:oasis:names:tc:SAML:2.0:assertion";
inline constexpr std::string_view saml_protocol_space = "urn:oasis:names:tc:SAML:2.0:protocol";
inline constexpr std::string_view xml_signature_space = "http://www.w3.org/2000/09/xmldsig#";

struct SamlAttribute {
    std::string name;
    std::vector<std::string> values;  ///< without white space around them

    friend bool operator==(const SamlAttribute&, const SamlAttribute&) = default;
};

struct SamlAssertion {
    std::string id;
    std::string issuer;
    Instant issued{};
    std::string subject;  ///< NameID; empty: there is none
    std::string format;   ///< NameID's Format
    std::string recipient;
    Instant confirmed_until{};          ///< NotOnOrAfter of the subject's confirmation
    std::optional<Instant> not_before;  ///< of Conditions, as the next
    std::optional<Instant> not_on_or_after;
    std::vector<std::string> audiences;  ///< of all AudienceRestrictions
    std::optional<Instant> session_end;  ///< SessionNotOnOrAfter, the earliest
    std::vector<SamlAttribute> attributes;

    /// Of the first attribute of that name; null if there is none.
    const std::vector<std::string>* find(std::string_view attribute) const;
};

/// The child of that name in SAML's namespace, if there is exactly one.
const xml::Element* only_child(const xml::Element& parent, std::string_view name);
/// Text without white space around it.
std::string trimmed(std::string_view text);

/// Nothing for what is no assertion, or has not what AWS demands: ID, Issuer, IssueInstant, a Subject with one
/// SubjectConfirmation by bearer, its Recipient and NotOnOrAfter; a NameID, where there is one, with a Format;
/// Conditions; an AuthnStatement; and dates that are dates.
std::optional<SamlAssertion> read_saml_assertion(const xml::Element& element);

}  // namespace iamlocal::federation
