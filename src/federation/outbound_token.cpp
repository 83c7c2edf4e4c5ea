#include "federation/outbound_token.hpp"

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "base/time_format.hpp"

namespace iamlocal::federation {
namespace {

/// Members keep their order, as AWS writes them.
using OutboundJson = nlohmann::ordered_json;

std::int64_t epoch(Seconds time) { return time.time_since_epoch().count(); }

OutboundJson object_of(const OutboundToken::Tags& tags) {
    OutboundJson object = OutboundJson::object();
    for (const auto& [key, value] : tags) object[key] = value;
    return object;
}

}  // namespace

std::string write_outbound_claims(const OutboundToken& token) {
    OutboundJson aws;
    aws["aws_account"] = token.account;
    aws["source_region"] = token.region;
    aws["principal_id"] = token.principal;
    if (!token.organization.empty()) aws["org_id"] = token.organization;
    if (!token.organization_path.empty()) aws["ou_path"] = OutboundJson::array({token.organization_path});
    if (!token.principal_tags.empty()) aws["principal_tags"] = object_of(token.principal_tags);
    if (!token.request_tags.empty()) aws["request_tags"] = object_of(token.request_tags);
    if (token.session_expires) aws["original_session_exp"] = format_iso8601(*token.session_expires);
    if (!token.source_identity.empty()) aws["source_identity"] = token.source_identity;
    if (!token.federated_provider.empty()) aws["federated_provider"] = token.federated_provider;

    OutboundJson claims;
    if (token.audience.size() == 1)
        claims["aud"] = token.audience.front();
    else
        claims["aud"] = token.audience;
    claims["sub"] = token.subject;
    claims["iss"] = token.issuer;
    claims["iat"] = epoch(token.issued);
    claims["exp"] = epoch(token.expires);
    claims["jti"] = token.id;
    claims["https://sts.amazonaws.com/"] = std::move(aws);
    return json_text(claims);
}

}  // namespace iamlocal::federation
