#include "access/portrait.hpp"

#include <algorithm>

#include "aws/arn.hpp"
#include "base/encoding.hpp"

namespace iamlocal::access {
namespace {

using Kind = Portrait::Kind;

Kind kind_of(const Identity& identity) {
    switch (identity.principal.kind) {
        case policy::PrincipalKind::root:
            return Kind::root;
        case policy::PrincipalKind::role_session:
            return Kind::role_session;
        case policy::PrincipalKind::federated_user:
            return Kind::federated_user;
        case policy::PrincipalKind::service:
            return Kind::service;
        case policy::PrincipalKind::saml:
            return Kind::saml;
        case policy::PrincipalKind::web_identity:
            return Kind::web_identity;
        default:
            break;
    }
    // What root has delegated is a session of root's.
    return identity.principal_id.empty() ? Kind::root : Kind::user;
}

std::string_view name_in(std::string_view arn) { return arn.substr(arn.rfind('/') + 1); }

Portrait::Issuer issuer_of(const Identity& identity, Kind kind) {
    const std::string account = identity.account.str();
    if (kind == Kind::role_session)
        return {"Role", identity.principal_id, identity.arn, account, std::string(name_in(identity.arn))};
    const std::string& arn = identity.principal.user_arn;
    if (identity.principal_id.empty()) return {"Root", account, arn, account, {}};
    return {"IAMUser", identity.principal_id, arn, account, std::string(name_in(arn))};
}

/// What an identity provider has said; the first value of a key.
std::string_view said(const auth::Federation& federation, std::string_view name) {
    for (const auth::Federation::Key& key : federation.keys)
        if (key.name == name && !key.values.empty()) return key.values.front();
    return {};
}

void draw_session(Portrait& portrait, const Identity& identity) {
    const auth::SessionClaims& claims = *identity.session;
    Portrait::Session& session = portrait.session.emplace(Portrait::Session{});
    if (portrait.kind == Kind::role_session || portrait.kind == Kind::federated_user)
        session.issuer = issuer_of(identity, portrait.kind);
    session.created = claims.issued;
    session.has_mfa = claims.mfa.has_value();
    session.is_root_task = claims.kind == auth::SessionKind::root_task;
    session.from_console = claims.from_console;
    session.source_identity = claims.source_identity;
    for (const auto& [key, value] : claims.context)
        if (key == "ec2:roledelivery") session.role_delivery = value;
    if (identity.federation && identity.federation->key_prefix != "saml")
        session.web_provider = identity.federation->provider;
    for (const std::string& key : claims.transitive_tag_keys)
        for (const auto& tag : claims.tags)
            if (equals_ignoring_case(tag.first, key)) session.transitive_tags.push_back(tag);
}

void draw_federation(Portrait& portrait, const auth::Federation& federation) {
    const std::string_view subject = said(federation, "sub");
    portrait.user_name = subject;
    if (portrait.kind == Kind::saml) {
        portrait.provider = said(federation, "namequalifier");
        portrait.principal_id = (portrait.provider + ":").append(subject);
        return;
    }
    portrait.provider = federation.provider;
    portrait.principal_id = (federation.provider + ":").append(said(federation, "aud")).append(":").append(subject);
}

}  // namespace

std::size_t Portrait::bytes() const {
    std::size_t bytes = sizeof *this;
    for (const std::string* text : {&principal_id, &arn, &account, &access_key_id, &user_name, &provider})
        bytes += text->size();
    if (stated)
        for (const store::Tag& tag : stated->tags) bytes += tag.key.size() + tag.value.size();
    if (!session) return bytes;
    if (session->issuer) bytes += session->issuer->arn.size() + session->issuer->user_name.size();
    for (const auto& [key, value] : session->transitive_tags) bytes += key.size() + value.size();
    return bytes + session->source_identity.size() + session->web_provider.size();
}

std::shared_ptr<const Portrait> portrait_of(const Identity& identity, std::string_view access_key_id) {
    auto portrait = std::make_shared<Portrait>();
    portrait->kind = kind_of(identity);
    portrait->access_key_id = access_key_id;
    if (portrait->kind == Kind::service) {
        portrait->provider = identity.principal.arn;
        return portrait;
    }
    if (portrait->kind == Kind::saml || portrait->kind == Kind::web_identity) {
        if (identity.federation) draw_federation(*portrait, *identity.federation);
        portrait->stated = identity.stated;
        return portrait;
    }
    portrait->principal_id = identity.user_id;
    portrait->arn = identity.principal.arn;
    portrait->account = identity.account.str();
    portrait->user_name = portrait->kind == Kind::root ? identity.account_alias : identity.user_name;
    if (identity.session) draw_session(*portrait, identity);
    return portrait;
}

}  // namespace iamlocal::access
