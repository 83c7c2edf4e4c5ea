#include "sts/saml_login.hpp"

#include <algorithm>
#include <charconv>

#include "api/shape_text.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "sts/errors.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using federation::SamlAssertion;
using federation::SamlAttribute;

constexpr std::string_view own_attributes = "https://aws.amazon.com/SAML/Attributes/";
constexpr std::string_view tag_attribute = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:";
constexpr std::size_t most_tags = 50;

/// Attributes that become condition keys. Of two for one key the first one of the assertion counts. The page above has
/// `2.4.5.42` for what is 2.5.4.42, and so has AWS.
struct MappedAttribute {
    std::string_view name;
    std::string_view key;
    bool is_list;
};
constexpr MappedAttribute mapped[] = {
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.1", "edupersonaffiliation", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.2", "edupersonnickname", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.3", "edupersonorgdn", false},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.4", "edupersonorgunitdn", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.5", "edupersonprimaryaffiliation", false},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.6", "edupersonprincipalname", false},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.7", "edupersonentitlement", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.8", "edupersonprimaryorgunitdn", false},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.9", "edupersonscopedaffiliation", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.10", "edupersontargetedid", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.1.1.11", "edupersonassurance", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.2", "eduorghomepageuri", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.3", "eduorgidentityauthnpolicyuri", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.4", "eduorglegalname", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.5", "eduorgsuperioruri", true},
    {"urn:oid:1.3.6.1.4.1.5923.1.2.1.6", "eduorgwhitepagesuri", true},
    {"urn:oid:2.5.4.3", "cn", true},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name", false},
    {"http://schemas.xmlsoap.org/claims/CommonName", "commonname", false},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "givenname", false},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "surname", false},
    {"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "mail", false},
    {"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "uid", false},
    {"http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "primarygroupsid", false},
    {"2.5.4.3", "commonname", false},
    {"2.5.4.4", "surname", false},
    {"2.4.5.42", "givenname", false},
    {"2.5.4.45", "x500uniqueidentifier", false},
    {"0.9.2342.19200300100.1.1", "uid", false},
    {"0.9.2342.19200300100.1.3", "mail", false},
    {"0.9.2342.19200300.100.1.45", "organizationstatus", false},
};

ApiError bad_assertion(std::string message) { return {error_type::invalid_identity_token, std::move(message)}; }

bool keeps(std::string_view text, const protocol::TextRule& rule) {
    const std::size_t length = shape::length_of(text);
    return length >= rule.min && length <= rule.max && (rule.matches == nullptr || rule.matches(text));
}

/// The values of an attribute of AWS's; null where there is none.
const std::vector<std::string>* own_attribute(const SamlAssertion& assertion, std::string_view name) {
    return assertion.find(std::string(own_attributes).append(name));
}

/// Two ARNs with a comma between, in either order.
bool is_pair_of(std::string_view text, const SamlParties& parties) {
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos) return false;
    const std::string first = federation::trimmed(text.substr(0, comma));
    const std::string second = federation::trimmed(text.substr(comma + 1));
    return (first == parties.role_arn && second == parties.provider_arn) ||
           (first == parties.provider_arn && second == parties.role_arn);
}

void require_pair(const SamlAssertion& assertion, const SamlParties& parties) {
    const std::vector<std::string>* const roles = own_attribute(assertion, "Role");
    const bool is_there = roles != nullptr && std::any_of(roles->begin(), roles->end(), [&](const std::string& pair) {
                              return is_pair_of(pair, parties);
                          });
    if (!is_there)
        throw bad_assertion("SAML Assertion doesn't contain the requested Role and Metadata in the attributes");
}

std::string session_name_of(const SamlAssertion& assertion) {
    const std::vector<std::string>* const names = own_attribute(assertion, "RoleSessionName");
    if (names == nullptr || names->empty()) throw bad_assertion("RoleSessionName is required in AuthnResponse");
    if (names->size() > 1 || names->front().empty() || !keeps(names->front(), shape::role_session_name))
        throw bad_assertion("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}");
    return names->front();
}

std::string source_identity_in(const SamlAssertion& assertion) {
    const std::vector<std::string>* const names = own_attribute(assertion, "SourceIdentity");
    if (names == nullptr) return {};
    if (names->size() != 1 || names->front().empty() || !keeps(names->front(), shape::source_identity))
        throw bad_assertion(R"(Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:")");
    return names->front();
}

std::optional<std::chrono::seconds> duration_of(const SamlAssertion& assertion) {
    const std::vector<std::string>* const given = own_attribute(assertion, "SessionDuration");
    if (given == nullptr) return std::nullopt;
    std::int64_t seconds = 0;
    const std::string text = given->size() == 1 ? given->front() : std::string();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size() || seconds < shape::role_duration.min ||
        seconds > shape::role_duration.max)
        throw bad_assertion("SessionDuration in AuthnResponse must be a number from 900 to 43200");
    return std::chrono::seconds(seconds);
}

void read_tags(const SamlAssertion& assertion, SamlLogin& login) {
    bool are_fine = true;
    for (const SamlAttribute& attribute : assertion.attributes) {
        if (!attribute.name.starts_with(tag_attribute)) continue;
        const bool has_value = attribute.values.size() == 1;
        login.tags.push_back({attribute.name.substr(tag_attribute.size()), has_value ? attribute.values.front() : ""});
        are_fine = are_fine && has_value && keeps(login.tags.back().key, shape::tag_key) &&
                   keeps(login.tags.back().value, shape::tag_value);
    }
    if (const auto* const keys = own_attribute(assertion, "TransitiveTagKeys")) login.transitive_tag_keys = *keys;
    if (!are_fine || login.tags.size() > most_tags || login.transitive_tag_keys.size() > most_tags)
        throw validation_error("Unable to validate tags");
}

void read_keys(const SamlAssertion& assertion, const SamlParties& parties, SamlLogin& login) {
    auth::Federation all{std::string(parties.provider_arn), "saml", {}};
    const auto add = [&](std::string_view key, std::vector<std::string> values, bool is_list) {
        const bool is_known = std::any_of(all.keys.begin(), all.keys.end(),
                                          [&](const auth::Federation::Key& known) { return known.name == key; });
        if (values.empty() || is_known) return;
        if (!is_list) values.resize(1);
        all.keys.push_back({std::string(key), std::move(values), is_list});
    };
    add("namequalifier", {login.name_qualifier}, false);
    add("sub", {login.subject}, false);
    add("sub_type", {login.subject_type}, false);
    login.session_keys = all;
    add("aud", {login.audience}, false);
    add("iss", {login.issuer}, false);
    add("doc", {parties.account.str() + "/" + std::string(parties.provider_name)}, false);
    for (const SamlAttribute& attribute : assertion.attributes)
        for (const MappedAttribute& known : mapped)
            if (attribute.name == known.name) add(known.key, attribute.values, known.is_list);
    login.keys = std::move(all);
}

}  // namespace

SamlLogin read_saml_login(const SamlAssertion& assertion, const SamlParties& parties) {
    constexpr std::string_view usual_format = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
    require_pair(assertion, parties);
    SamlLogin login;
    login.session_name = session_name_of(assertion);
    login.source_identity = source_identity_in(assertion);
    login.most_seconds = duration_of(assertion);
    login.session_end = assertion.session_end;
    read_tags(assertion, login);
    login.subject = assertion.subject;
    login.subject_type =
        assertion.format.starts_with(usual_format) ? assertion.format.substr(usual_format.size()) : assertion.format;
    login.issuer = assertion.issuer;
    login.audience = assertion.recipient;
    login.name_qualifier = base64_encode(
        sha1(std::string(assertion.issuer).append(parties.account.view()).append("/").append(parties.provider_name)));
    login.assertion_id = assertion.id;
    login.usable_until = assertion.confirmed_until;
    read_keys(assertion, parties, login);
    return login;
}

}  // namespace iamlocal::sts
