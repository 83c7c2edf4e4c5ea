// Console federation: `/federation`.
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/time_format.hpp"
#include "signin/visit.hpp"
#include "store/roles.hpp"

namespace iamlocal::signin {
namespace {

constexpr std::chrono::minutes login_lifetime{15};
constexpr std::int64_t shortest_session = 900;
constexpr std::int64_t longest_session = 43200;

std::string text_member(const nlohmann::json& object, const char* name) {
    if (!object.is_object() || !object.contains(name) || !object[name].is_string()) return {};
    return object[name].get<std::string>();
}

std::optional<std::chrono::seconds> parse_session_duration(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (seconds < shortest_session || seconds > longest_session) return std::nullopt;
    return std::chrono::seconds(seconds);
}

}  // namespace

void Signin::federate(const http::Request& request, http::Response& response) {
    const std::optional<Fields> fields = read_fields(request);
    if (!fields) return admin::refuse(response, 400, "the parameters cannot be read");
    const std::string_view action = field(*fields, "Action");
    if (action == "getSigninToken") return give_login_token(*fields, request, response);
    if (action == "login") return log_in(*fields, request, response);
    admin::refuse(response, 400, "Action is getSigninToken or login");
}

/// Whose the credentials in Session are, with when a browser's session of them ends; or what is wrong with them.
std::variant<auth::SessionClaims, std::string> Signin::read_session(Visit& visit, const Fields& fields) const {
    const nlohmann::json session = nlohmann::json::parse(field(fields, "Session"), nullptr, false);
    const std::string id = text_member(session, "sessionId");
    const Secret secret(text_member(session, "sessionKey"));
    const std::string token = text_member(session, "sessionToken");
    if (id.empty() || secret.empty() || token.empty())
        return R"(Session is {"sessionId":"…","sessionKey":"…","sessionToken":"…"})";
    const std::optional<auth::SessionToken> opened = auth::open_session_token(it_.keyring.session_tokens(), token);
    if (!opened || opened->access_key_id.view() != id ||
        !equal_in_constant_time(opened->secret.reveal(), secret.reveal()))
        return std::string("the credentials in Session are not valid");
    auth::SessionClaims claims = opened->claims;
    const Seconds now = whole_seconds(visit.now);
    if (claims.expires <= now) return std::string("the credentials in Session are expired");
    const bool is_delegated = !claims.delegated_policy.empty();
    if (is_delegated || (claims.kind != auth::SessionKind::role && claims.kind != auth::SessionKind::federated_user))
        return std::string("the credentials in Session are none of AssumeRole or GetFederationToken");
    if (!visit.find_identity(claims)) return std::string("the credentials in Session are not valid");
    const std::string_view wanted = field(fields, "SessionDuration");
    if (wanted.empty()) return claims;
    const auto duration = parse_session_duration(wanted);
    if (!duration) return std::string("SessionDuration is 900 to 43200 seconds");
    if (claims.kind != auth::SessionKind::role) return std::string("SessionDuration is for credentials of AssumeRole");
    if (claims.end_is_fixed || claims.from_console)
        return std::string("SessionDuration is not for sessions of chained roles, narrowed ones or those of a login");
    db::Transaction tx(*visit.connection, db::Access::read);
    const auto role = store::roles::find_by_id(tx, claims.account, claims.principal_id);
    if (!role || duration->count() > role->max_session_duration)
        return std::string("SessionDuration is more than the role's MaxSessionDuration");
    claims.expires = now + *duration;
    return claims;
}

void Signin::give_login_token(const Fields& fields, const http::Request& request, http::Response& response) {
    Visit visit(it_);
    auto session = read_session(visit, fields);
    if (const auto* problem = std::get_if<std::string>(&session)) return admin::refuse(response, 400, *problem);
    const Seconds now = whole_seconds(visit.now);
    if (const auto identity = visit.find_identity(std::get<auth::SessionClaims>(session)))
        visit.record(*identity, "GetSigninToken",
                     {{"responseElements", {{"credentials", nullptr}, {"GetSigninToken", "Success"}}},
                      {"additionalEventData", {{"MobileVersion", "No"}, {"MFAUsed", "No"}}}},
                     request, response.request_id);
    Grant grant;
    grant.kind = Grant::Kind::login;
    grant.who = std::get<auth::SessionClaims>(std::move(session));
    grant.expires = now + login_lifetime;
    admin::answer_json(response, 200,
                       nlohmann::json{{"SigninToken", grants_.keep(std::move(grant), now, it_.entropy)}}.dump());
}

void Signin::log_in(const Fields& fields, const http::Request& request, http::Response& response) {
    const Seconds now = whole_seconds(it_.clock.now());
    const std::string_view destination = field(fields, "Destination");
    if (!is_destination(destination))
        return admin::refuse(response, 400, "Destination is a page of AWS's console or of this machine");
    std::optional<Grant> grant = grants_.find(Grant::Kind::login, field(fields, "SigninToken"), now);
    if (!grant || grant->who.expires <= now)
        return admin::refuse(response, 400, "SigninToken is not valid, or older than fifteen minutes");
    Visit visit(it_);
    const auto identity = visit.find_identity(grant->who);
    if (!identity) return admin::refuse(response, 400, "whoever SigninToken was given to is not there any more");
    visit.record(*identity, "ConsoleLogin",
                 {{"responseElements", {{"ConsoleLogin", "Success"}}},
                  {"additionalEventData", {{"LoginTo", destination}, {"MobileVersion", "No"}, {"MFAUsed", "No"}}}},
                 request, response.request_id);
    grant->kind = Grant::Kind::browser;
    grant->expires = grant->who.expires;
    response.status = 302;
    response.content_type = "text/plain";
    response.headers.emplace_back("Location", std::string(destination));
    response.headers.emplace_back("Set-Cookie",
                                  fmt::format("iamlocal-signin={}; Path=/v1/authorize; HttpOnly; SameSite=Strict",
                                              grants_.keep(*std::move(grant), now, it_.entropy)));
}

}  // namespace iamlocal::signin
