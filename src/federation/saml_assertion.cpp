#include "federation/saml_assertion.hpp"

#include <algorithm>

#include "base/time_format.hpp"

namespace iamlocal::federation {
namespace {

using xml::Element;

constexpr std::string_view bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

struct NotUsable {};

const Element& required_child(const Element& parent, std::string_view name) {
    const Element* const child = only_child(parent, name);
    if (child == nullptr) throw NotUsable{};
    return *child;
}

/// Of an attribute that must be there and not be empty.
const std::string& required_attribute(const Element& element, std::string_view name) {
    const std::string* const value = element.find(name);
    if (value == nullptr || value->empty()) throw NotUsable{};
    return *value;
}

Instant read_instant(const std::string& text) {
    const std::optional<Instant> at = parse_iso8601(text);
    if (!at || text.find('T') == std::string::npos) throw NotUsable{};
    return *at;
}

std::optional<Instant> read_optional_instant(const Element& element, std::string_view name) {
    const std::string* const text = element.find(name);
    if (text == nullptr) return std::nullopt;
    return read_instant(*text);
}

/// Its own, and that of what is within it: identifiers may come as a NameID.
std::string all_text(const Element& element) {
    std::string text = element.text;
    for (const Element& child : element.children) text += all_text(child);
    return text;
}

void read_subject(const Element& subject, SamlAssertion& assertion) {
    const auto is_name = [](const Element& child) { return child.is(saml_space, "NameID"); };
    const auto names = std::count_if(subject.children.begin(), subject.children.end(), is_name);
    if (names > 1) throw NotUsable{};
    if (names == 1) {
        const Element& name = required_child(subject, "NameID");
        if (!name.children.empty()) throw NotUsable{};
        assertion.subject = trimmed(name.text);
        assertion.format = required_attribute(name, "Format");
    }
    const Element& confirmation = required_child(subject, "SubjectConfirmation");
    if (required_attribute(confirmation, "Method") != bearer) throw NotUsable{};
    const Element& data = required_child(confirmation, "SubjectConfirmationData");
    assertion.recipient = required_attribute(data, "Recipient");
    assertion.confirmed_until = read_instant(required_attribute(data, "NotOnOrAfter"));
}

void read_conditions(const Element& conditions, SamlAssertion& assertion) {
    assertion.not_before = read_optional_instant(conditions, "NotBefore");
    assertion.not_on_or_after = read_optional_instant(conditions, "NotOnOrAfter");
    for (const Element& restriction : conditions.children) {
        if (!restriction.is(saml_space, "AudienceRestriction")) continue;
        for (const Element& audience : restriction.children)
            if (audience.is(saml_space, "Audience")) assertion.audiences.push_back(trimmed(audience.text));
    }
}

void read_attributes_of(const Element& statement, SamlAssertion& assertion) {
    for (const Element& element : statement.children) {
        if (!element.is(saml_space, "Attribute")) continue;
        SamlAttribute attribute{required_attribute(element, "Name"), {}};
        for (const Element& value : element.children)
            if (value.is(saml_space, "AttributeValue")) attribute.values.push_back(trimmed(all_text(value)));
        assertion.attributes.push_back(std::move(attribute));
    }
}

void read_statements(const Element& element, SamlAssertion& assertion) {
    bool is_authenticated = false;
    for (const Element& child : element.children) {
        if (child.is(saml_space, "AttributeStatement")) read_attributes_of(child, assertion);
        if (!child.is(saml_space, "AuthnStatement")) continue;
        is_authenticated = true;
        const std::optional<Instant> end = read_optional_instant(child, "SessionNotOnOrAfter");
        if (end && (!assertion.session_end || *end < *assertion.session_end)) assertion.session_end = end;
    }
    if (!is_authenticated) throw NotUsable{};
}

}  // namespace

const std::vector<std::string>* SamlAssertion::find(std::string_view attribute) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](const SamlAttribute& known) { return known.name == attribute; });
    return found == attributes.end() ? nullptr : &found->values;
}

const Element* only_child(const Element& parent, std::string_view name) {
    const Element* found = nullptr;
    for (const Element& child : parent.children) {
        if (!child.is(saml_space, name)) continue;
        if (found != nullptr) return nullptr;
        found = &child;
    }
    return found;
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(blank) - first + 1));
}

std::optional<SamlAssertion> read_saml_assertion(const Element& element) {
    if (!element.is(saml_space, "Assertion")) return std::nullopt;
    SamlAssertion assertion;
    try {
        if (required_attribute(element, "Version") != "2.0") return std::nullopt;
        assertion.id = required_attribute(element, "ID");
        assertion.issued = read_instant(required_attribute(element, "IssueInstant"));
        assertion.issuer = trimmed(required_child(element, "Issuer").text);
        read_subject(required_child(element, "Subject"), assertion);
        read_conditions(required_child(element, "Conditions"), assertion);
        read_statements(element, assertion);
    } catch (const NotUsable&) {
        return std::nullopt;
    }
    return assertion;
}

}  // namespace iamlocal::federation
