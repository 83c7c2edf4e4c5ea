#include "trail/elements.hpp"

#include <string>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "trail/request_parameters.hpp"
#include "trail/response_elements.hpp"

namespace iamlocal::trail {
namespace {

/// CloudTrail leaves out members that are larger.
constexpr std::size_t most_bytes = std::size_t{100} << 10;

Json bounded(Json value) {
    if (value.is_null() || value.dump(-1, ' ', false, Json::error_handler_t::replace).size() <= most_bytes)
        return value;
    return nullptr;
}

std::string text_of(const Json& object, const char* name) {
    return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>()
                                                                                   : std::string();
}

bool is_plain(const Json& value) { return value.is_string() || value.is_number() || value.is_boolean(); }

/// The members of an object that are texts or numbers, under their names in records.
Json plain_members(const Json& object) {
    Json out = Json::object();
    if (object.is_object())
        for (const auto& [name, value] : object.items())
            if (is_plain(value)) out[lower_first(name)] = value;
    return out;
}

/// LookupEvents is the one call in JSON. What it does not have is left out: it may be nested deeper than anybody wants
/// to read.
Json json_request(std::string_view sent) {
    const Json parsed = Json::parse(sent, nullptr, false);
    if (!parsed.is_object() || parsed.empty()) return nullptr;
    Json members = Json::object();
    if (const auto attributes = parsed.find("LookupAttributes"); attributes != parsed.end() && attributes->is_array()) {
        Json& list = members["lookupAttributes"] = Json::array();
        for (const Json& attribute : *attributes) list.push_back(plain_members(attribute));
    }
    members.update(plain_members(parsed));
    return members.empty() ? Json() : members;
}

/// What a session brings along into the next one.
void add_inherited(Json& request, const access::Portrait& caller) {
    if (!caller.session) return;
    const access::Portrait::Session& session = *caller.session;
    if (!session.source_identity.empty() && !request.contains("sourceIdentity"))
        request["sourceIdentity"] = session.source_identity;
    for (const auto& [key, value] : session.transitive_tags) request["incomingTransitiveTags"][key] = value;
}

/// What an identity provider says of the new session.
void add_stated(Json& request, const access::StatedSession& stated) {
    if (!stated.assertion_id.empty()) request["sAMLAssertionID"] = stated.assertion_id;
    for (const store::Tag& tag : stated.tags) request["principalTags"][tag.key] = tag.value;
    if (!stated.transitive_tag_keys.empty()) request["transitiveTagKeys"] = stated.transitive_tag_keys;
    if (!stated.source_identity.empty()) request["sourceIdentity"] = stated.source_identity;
}

Json sts_data(const Event& event) {
    const EventTexts texts = event.texts();
    const std::string region(texts.region.empty() ? std::string_view("us-east-1") : texts.region);
    return {
        {"ExtendedRequestId", ids::extended_request_id(texts.region, event.time, texts.request_id)},
        {"RequestDetails", {{"endpointType", event.is_global ? "global" : "regional"}, {"awsServingRegion", region}}}};
}

/// The name of the new session, where the request does not say it: an assertion does.
void add_session_name(Elements& elements) {
    if (!elements.request.is_object() || elements.request.contains("roleSessionName") || !elements.response.is_object())
        return;
    const std::string arn = text_of(elements.response.value("assumedRoleUser", Json::object()), "arn");
    if (!arn.empty()) elements.request["roleSessionName"] = arn.substr(arn.rfind('/') + 1);
}

Json resource(const std::string& arn, const char* type) {
    const auto parsed = Arn::parse(arn);
    return {{"accountId", parsed ? std::string(parsed->account) : std::string()}, {"type", type}, {"ARN", arn}};
}

/// The role that was assumed, and the SAML provider whose word was taken.
Json sts_resources(const Json& request, const Event& event) {
    if (event.has_failed() || !event.name.starts_with("AssumeRole")) return nullptr;
    const std::string role = text_of(request, "roleArn");
    return role.empty() ? Json() : assumed_resources(role, text_of(request, "principalArn"));
}

}  // namespace

Json assumed_resources(const std::string& role, const std::string& provider) {
    Json list = Json::array();
    list.push_back(resource(role, "AWS::IAM::Role"));
    if (!provider.empty()) list.push_back(resource(provider, "AWS::IAM::SAMLProvider"));
    return list;
}

Json request_of(const Event& event) {
    const EventTexts texts = event.texts();
    if (!texts.made.empty()) {
        const Json made = Json::parse(texts.made, nullptr, false);
        return made.is_object() ? made.value("requestParameters", Json()) : Json();
    }
    if (event.source == Source::cloudtrail) return json_request(texts.sent);
    return event.operation == nullptr ? Json() : request_parameters(*event.operation, texts.sent);
}

Elements elements_of(const Event& event) {
    const EventTexts texts = event.texts();
    Elements elements;
    elements.request = request_of(event);
    if (!texts.made.empty()) {
        const Json made = Json::parse(texts.made, nullptr, false);
        const auto take = [&](const char* name, Json& into) {
            if (made.is_object() && made.contains(name)) into = made[name];
        };
        take("requestParameters", elements.request);
        take("responseElements", elements.response);
        take("additionalEventData", elements.additional);
        take("resources", elements.resources);
        return elements;
    }
    if (!texts.answer.empty())
        elements.response = response_elements(texts.answer, texts.kinds,
                                              event.source == Source::sts ? DateForm::words : DateForm::iso8601);
    if (event.source == Source::sts) {
        if (event.name == "AssumeRole" && elements.request.is_object()) add_inherited(elements.request, *event.caller);
        if (event.name == "AssumeRoleWithSAML") add_session_name(elements);
        if (event.caller->stated && elements.request.is_object()) add_stated(elements.request, *event.caller->stated);
        elements.resources = sts_resources(elements.request, event);
        elements.additional = sts_data(event);
        if (event.caller->kind == access::Portrait::Kind::web_identity && event.caller->stated)
            elements.additional["identityProviderConnectionVerificationMethod"] =
                event.caller->stated->by_thumbprint ? "Thumbprint" : "IAMTrustStore";
    }
    elements.request = bounded(std::move(elements.request));
    elements.response = bounded(std::move(elements.response));
    return elements;
}

}  // namespace iamlocal::trail
