#include "trail/user_identity.hpp"

#include "base/time_format.hpp"

namespace iamlocal::trail {
namespace {

using access::Portrait;
using Kind = Portrait::Kind;

std::string_view type_of(Kind kind) {
    switch (kind) {
        case Kind::root:
            return "Root";
        case Kind::user:
            return "IAMUser";
        case Kind::role_session:
            return "AssumedRole";
        case Kind::federated_user:
            return "FederatedUser";
        case Kind::service:
            return "AWSService";
        case Kind::saml:
            return "SAMLUser";
        case Kind::web_identity:
            return "WebIdentityUser";
    }
    return "";
}

Json session_context(const Portrait::Session& session) {
    Json context = Json::object();
    if (session.issuer) {
        const Portrait::Issuer& issuer = *session.issuer;
        context["sessionIssuer"] = {{"type", issuer.type},
                                    {"principalId", issuer.principal_id},
                                    {"arn", issuer.arn},
                                    {"accountId", issuer.account}};
        if (!issuer.user_name.empty()) context["sessionIssuer"]["userName"] = issuer.user_name;
    }
    if (!session.web_provider.empty())
        context["webIdFederationData"] = {{"federatedProvider", session.web_provider}, {"attributes", Json::object()}};
    context["attributes"] = {{"creationDate", format_iso8601(session.created)},
                             {"mfaAuthenticated", session.has_mfa ? "true" : "false"}};
    if (!session.source_identity.empty()) context["sourceIdentity"] = session.source_identity;
    if (!session.role_delivery.empty()) context["ec2RoleDelivery"] = session.role_delivery;
    if (session.is_root_task) context["assumedRoot"] = "true";
    return context;
}

}  // namespace

Json user_identity(const Portrait& caller) {
    Json identity = {{"type", type_of(caller.kind)}};
    switch (caller.kind) {
        case Kind::service:
            identity["invokedBy"] = caller.provider;
            return identity;
        case Kind::saml:
        case Kind::web_identity:
            identity["principalId"] = caller.principal_id;
            identity["userName"] = caller.user_name;
            identity["identityProvider"] = caller.provider;
            return identity;
        default:
            break;
    }
    identity["principalId"] = caller.principal_id;
    identity["arn"] = caller.arn;
    identity["accountId"] = caller.account;
    if (!caller.access_key_id.empty()) identity["accessKeyId"] = caller.access_key_id;
    const bool has_alias = caller.kind == Kind::root && !caller.user_name.empty();
    if (caller.kind == Kind::user || has_alias) identity["userName"] = caller.user_name;
    if (caller.session) identity["sessionContext"] = session_context(*caller.session);
    return identity;
}

Json foreign_identity(const Portrait& caller) {
    return {{"type", "AWSAccount"}, {"principalId", caller.principal_id}, {"accountId", caller.account}};
}

std::string lookup_name(const Portrait& caller) {
    switch (caller.kind) {
        case Kind::root:
            return "root";
        case Kind::service:
            return {};
        case Kind::role_session:
        case Kind::federated_user:
            return caller.principal_id.substr(caller.principal_id.find(':') + 1);
        default:
            return caller.user_name;
    }
}

}  // namespace iamlocal::trail
