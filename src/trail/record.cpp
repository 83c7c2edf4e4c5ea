#include "trail/record.hpp"

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "trail/elements.hpp"
#include "trail/operation_facts.hpp"
#include "trail/resources.hpp"
#include "trail/user_identity.hpp"

namespace iamlocal::trail {
namespace {

constexpr std::string_view usual_region = "us-east-1";

/// Whose role a request asks for; empty: it asks for none.
std::string owner_of_role(const Event& event) {
    if (event.source != Source::sts || !event.name.starts_with("AssumeRole") || event.name == "AssumeRoot") return {};
    const Json request = request_of(event);
    if (!request.is_object() || !request.contains("roleArn")) return {};
    const auto arn = Arn::parse(request["roleArn"].get_ref<const std::string&>());
    return arn && ids::is_account_id(arn->account) ? std::string(arn->account) : std::string();
}

Json tls_details(const Event& event) {
    Json details = {{"tlsVersion", event.tls.version}, {"cipherSuite", event.tls.cipher}};
    if (const std::string_view host = event.texts().host; !host.empty()) details["clientProvidedHostHeader"] = host;
    if (!event.tls.group.empty()) details["keyExchange"] = event.tls.group;
    return details;
}

/// A UUID of version 4 in form, made of a digest.
std::string uuid_of(const Digest& digest) {
    std::array<unsigned char, 16> bytes;
    std::copy_n(digest.begin(), bytes.size(), bytes.begin());
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    const std::string hex = hex_encode(bytes);
    const std::string_view text(hex);
    return fmt::format("{}-{}-{}-{}-{}", text.substr(0, 8), text.substr(8, 4), text.substr(12, 4), text.substr(16, 4),
                       text.substr(20));
}

}  // namespace

std::vector<Record> Record::of(const EventPtr& event) {
    const std::string& caller = event->caller->account;
    const std::string owner = owner_of_role(*event);
    std::vector<Record> records;
    if (caller.empty()) {
        if (owner.empty()) return records;
        const bool is_service = event->caller->kind == access::Portrait::Kind::service;
        records.push_back({event, owner, is_service ? Shared::yes : Shared::no, false});
        return records;
    }
    const bool crosses = !owner.empty() && owner != caller && !event->has_failed();
    records.push_back({event, caller, crosses ? Shared::yes : Shared::no, false});
    if (crosses) records.push_back({event, owner, Shared::yes, true});
    return records;
}

std::string_view Record::region() const {
    if (event_->source == Source::iam || event_->source == Source::signin || event_->is_global) return usual_region;
    const std::string_view region = event_->texts().region;
    return region.empty() ? usual_region : region;
}

std::string Record::source() const {
    switch (event_->source) {
        case Source::iam:
            return "iam.amazonaws.com";
        case Source::sts:
            return "sts.amazonaws.com";
        case Source::signin:
            return "signin.amazonaws.com";
        case Source::cloudtrail:
            break;
    }
    return "cloudtrail.amazonaws.com";
}

/// Requests have random ids, so what is made of them is as random.
std::string Record::derived_id(std::string_view purpose) const {
    const EventTexts texts = event_->texts();
    return uuid_of(sha256(fmt::format("{}/{}/{}", purpose, texts.request_id, event_->time.time_since_epoch().count())));
}

std::string Record::id() const { return derived_id(is_copy_ ? "copy" : "event"); }

std::string_view Record::access_key_id() const {
    return is_copy_ ? std::string_view() : std::string_view(event_->caller->access_key_id);
}

std::string Record::user_name() const { return is_copy_ ? std::string() : lookup_name(*event_->caller); }

std::vector<NamedResource> Record::resources() const { return named_resources(*event_); }

Json Record::json() const {
    const Event& event = *event_;
    const EventTexts texts = event.texts();
    Elements elements = elements_of(event);
    Json record = {{"eventVersion", "1.11"},
                   {"userIdentity", is_copy_ ? foreign_identity(*event.caller) : user_identity(*event.caller)},
                   {"eventTime", format_iso8601(whole_seconds(event.time))},
                   {"eventSource", source()},
                   {"eventName", event.name},
                   {"awsRegion", region()},
                   {"sourceIPAddress", texts.peer},
                   {"userAgent", texts.user_agent}};
    if (event.has_failed()) {
        record["errorCode"] = shape_of_error(texts.error_code);
        if (!texts.error_message.empty()) record["errorMessage"] = texts.error_message;
    }
    record["requestParameters"] = std::move(elements.request);
    record["responseElements"] = std::move(elements.response);
    if (!elements.additional.is_null()) record["additionalEventData"] = std::move(elements.additional);
    record["requestID"] = texts.request_id;
    record["eventID"] = id();
    record["readOnly"] = event.is_read;
    if (!elements.resources.is_null()) record["resources"] = std::move(elements.resources);
    record["eventType"] = event.source == Source::signin ? "AwsConsoleSignIn" : "AwsApiCall";
    record["managementEvent"] = true;
    record["recipientAccountId"] = account_;
    if (shared_ == Shared::yes) record["sharedEventID"] = derived_id("shared");
    record["eventCategory"] = "Management";
    if (event.is_secure) record["tlsDetails"] = tls_details(event);
    if (event.caller->session && event.caller->session->from_console) record["sessionCredentialFromConsole"] = "true";
    return record;
}

std::string Record::text() const { return json_text(json()); }

}  // namespace iamlocal::trail
