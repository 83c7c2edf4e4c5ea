// The flow of `aws login`: authorization codes with PKCE, and refresh tokens that are bound to a key (DPoP).
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "federation/jwt_writer.hpp"
#include "signin/dpop.hpp"
#include "signin/visit.hpp"

namespace iamlocal::signin {
namespace {

using TokenJson = nlohmann::ordered_json;

constexpr std::chrono::minutes code_lifetime{10};
constexpr std::chrono::hours refresh_lifetime{12};
constexpr std::chrono::seconds session_lifetime{900};
constexpr std::string_view token_path = "/v1/token";
constexpr std::string_view cookie_name = "iamlocal-signin=";

void answer_page(http::Response& response, int status, std::string text) {
    response.status = status;
    response.content_type = "text/plain";
    response.body = std::move(text);
    response.headers.emplace_back("Cache-Control", "no-store");
}

/// An error in the form of AWS's API.
void refuse_token(http::Response& response, int status, std::string_view code, std::string_view message) {
    response.status = status;
    response.content_type = "application/json";
    response.body = json_text(TokenJson{{"error", code}, {"message", message}});
    response.headers.emplace_back("x-amzn-ErrorType", status == 400 ? "ValidationException" : "AccessDeniedException");
}

void refuse_request(http::Response& response, std::string_view message) {
    refuse_token(response, 400, "INVALID_REQUEST", message);
}

std::string_view cookie_of(const http::Request& request) {
    std::string_view cookies = request.header("cookie");
    while (!cookies.empty()) {
        const std::size_t end = std::min(cookies.find(';'), cookies.size());
        std::string_view cookie = cookies.substr(0, end);
        while (cookie.starts_with(' ')) cookie.remove_prefix(1);
        if (cookie.starts_with(cookie_name)) return cookie.substr(cookie_name.size());
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
    }
    return {};
}

bool is_remote_client(std::string_view client_id) { return client_id == cross_device; }

}  // namespace

/// Who sits in front of the browser: by a login there, else as the test bench says.
std::optional<auth::SessionClaims> Signin::find_signed_in(const http::Request& request, Seconds now) {
    if (const auto grant = grants_.find(Grant::Kind::browser, cookie_of(request), now)) return grant->who;
    const std::lock_guard lock(mutex_);
    if (!declared_) return std::nullopt;
    auth::SessionClaims claims = *declared_;
    claims.issued = now;
    claims.expires = now + refresh_lifetime;
    return claims;
}

void Signin::authorize_client(const http::Request& request, http::Response& response) {
    const std::optional<Fields> fields = read_fields(request);
    const auto asked = fields ? read_authorize(*fields, origin_of(request)) : std::nullopt;
    if (!asked) return answer_page(response, 400, "This is not a request for authorization as `aws login` sends it.\n");
    Visit visit(it_);
    const Seconds now = whole_seconds(visit.now);
    const std::optional<auth::SessionClaims> who = find_signed_in(request, now);
    const auto identity = who ? visit.find_identity(*who) : nullptr;
    if (!identity)
        return answer_page(response, 401,
                           "Nobody is signed in. Log in by /federation, or say who it is with "
                           "PUT /_iamlocal/signin.\n");
    if (std::string why =
            visit.refusal(identity, "signin:AuthorizeOAuth2Access", asked->is_remote(), request, response.request_id);
        !why.empty()) {
        visit.record(*identity, "AuthorizeOAuth2Access", {}, request, response.request_id, why);
        return answer_page(response, 403, why + "\n");
    }
    visit.record(*identity, "AuthorizeOAuth2Access",
                 {{"requestParameters", {{"clientId", asked->client_id}, {"redirectUri", asked->redirect_uri}}}}, request,
                 response.request_id);
    Grant grant;
    grant.kind = Grant::Kind::code;
    grant.who = *who;
    grant.expires = now + code_lifetime;
    grant.client_id = asked->client_id;
    grant.redirect_uri = asked->redirect_uri;
    grant.challenge = asked->challenge;
    answer_page(response, 302, {});
    response.headers.emplace_back(
        "Location", fmt::format("{}?code={}&state={}", asked->redirect_uri,
                                grants_.keep(std::move(grant), now, it_.entropy), percent_encode(asked->state)));
}

void Signin::show_code(const http::Request& request, http::Response& response) {
    const std::optional<Fields> fields = read_fields(request);
    if (!fields || field(*fields, "code").empty() || field(*fields, "state").empty())
        return answer_page(response, 400, "There is no code.\n");
    const std::string text = fmt::format("state={}&code={}", field(*fields, "state"), field(*fields, "code"));
    answer_page(response, 200, base64_encode(as_bytes(text)) + "\n");
}

/// What is exchanged for a session, if it is good; else the refusal is in `response`.
std::optional<Grant> Signin::redeem(const Fields& fields, const std::string& thumbprint, Seconds now,
                                    http::Response& response) {
    const bool is_code = field(fields, "grantType") == "authorization_code";
    if (!is_code && field(fields, "grantType") != "refresh_token") {
        refuse_request(response, "grantType is authorization_code or refresh_token.");
        return std::nullopt;
    }
    std::optional<Grant> grant = is_code ? grants_.take(Grant::Kind::code, field(fields, "code"), now)
                                         : grants_.find(Grant::Kind::refresh, field(fields, "refreshToken"), now);
    if (!grant || grant->who.expires <= now) {
        refuse_token(response, 401, is_code ? "AUTHCODE_EXPIRED" : "TOKEN_EXPIRED",
                     is_code ? "The authorization code is expired, used or not valid."
                             : "The refresh token is expired or not valid.");
        return std::nullopt;
    }
    const char* problem = nullptr;
    if (grant->client_id != field(fields, "clientId"))
        problem = "clientId is another client's.";
    else if (is_code && grant->redirect_uri != field(fields, "redirectUri"))
        problem = "redirectUri is not that of the authorization.";
    else if (is_code && !matches_challenge(field(fields, "codeVerifier"), grant->challenge))
        problem = "codeVerifier is not that of the code challenge.";
    else if (!is_code && grant->thumbprint != thumbprint)
        problem = "The refresh token is bound to another key.";
    if (problem != nullptr) {
        refuse_request(response, problem);
        return std::nullopt;
    }
    grant->thumbprint = thumbprint;
    return grant;
}

void Signin::exchange(const http::Request& request, http::Response& response) {
    const std::optional<Fields> fields = read_token_fields(request);
    if (!fields) return refuse_request(response, "The body is neither JSON nor a form.");
    Visit visit(it_);
    const Seconds now = whole_seconds(visit.now);
    const std::string url = origin_of(request) + std::string(token_path);
    const auto thumbprint =
        verify_proof(request.header("DPoP"), {"POST", url}, now, whole_seconds(it_.clock.real_now()));
    if (!thumbprint) return refuse_request(response, "The header DPoP has no proof for this request.");
    std::optional<Grant> grant = redeem(*fields, *thumbprint, now, response);
    if (!grant) return;
    const auto identity = visit.find_identity(grant->who);
    if (!identity)
        return refuse_token(response, 403, "USER_CREDENTIALS_CHANGED", "Whoever signed in is not there any more.");
    if (const std::string why = visit.refusal(identity, "signin:CreateOAuth2Token", is_remote_client(grant->client_id),
                                              request, response.request_id);
        !why.empty()) {
        visit.record(*identity, "CreateOAuth2Token", {}, request, response.request_id, why);
        return refuse_token(response, 403, "INSUFFICIENT_PERMISSIONS", why);
    }
    // Who has overheard a request cannot send it again. The same signature has two forms, so what it signs counts.
    const std::string_view proof = request.header("DPoP");
    const Seconds real_now = whole_seconds(it_.clock.real_now());
    if (!grants_.use_once(proof.substr(0, proof.rfind('.')), real_now + 2 * proof_tolerance, real_now))
        return refuse_request(response, "The proof in the header DPoP was used before.");
    visit.record(*identity, "CreateOAuth2Token",
                 {{"requestParameters", {{"clientId", grant->client_id}, {"grantType", field(*fields, "grantType")}}}},
                 request, response.request_id);
    give_session(visit, *std::move(grant), *fields, response);
}

void Signin::give_session(Visit& visit, Grant grant, const Fields& fields, http::Response& response) {
    const Seconds now = whole_seconds(visit.now);
    const Seconds expires = std::min(now + session_lifetime, grant.who.expires);
    auth::SessionToken token{ids::access_key_id(it_.entropy, grant.who.account, ids::KeyLife::temporary),
                             ids::secret_access_key(it_.entropy), grant.who};
    token.claims.issued = now;
    token.claims.expires = expires;
    token.claims.from_console = true;
    TokenJson answer;
    answer["accessToken"] = {
        {"accessKeyId", token.access_key_id.str()},
        {"secretAccessKey", token.secret.reveal()},
        {"sessionToken", auth::seal_session_token(it_.keyring.session_tokens(), token, it_.entropy)}};
    answer["tokenType"] = "aws_sigv4";
    answer["expiresIn"] = (expires - now).count();
    const std::string client_id = grant.client_id;
    if (grant.kind == Grant::Kind::refresh) {
        answer["refreshToken"] = field(fields, "refreshToken");
    } else {
        const std::string arn = visit.find_identity(grant.who)->principal.arn;
        grant.kind = Grant::Kind::refresh;
        grant.expires = std::min(now + refresh_lifetime, grant.who.expires);
        answer["refreshToken"] = grants_.keep(std::move(grant), now, it_.entropy);
        answer["idToken"] = id_token(arn, client_id, now, expires);
    }
    response.content_type = "application/json";
    response.body = answer.dump();
    response.headers.emplace_back("Cache-Control", "no-store");
}

std::string Signin::id_token(const std::string& arn, std::string_view client_id, Seconds now, Seconds expires) {
    const std::lock_guard lock(mutex_);
    if (!key_) key_ = SigningKey::generate(KeyKind::p256);
    const TokenJson claims{{"iss", "https://signin.aws.amazon.com"},
                           {"sub", arn},
                           {"aud", client_id},
                           {"iat", now.time_since_epoch().count()},
                           {"exp", expires.time_since_epoch().count()}};
    return federation::write_jwt(*key_, {.algorithm = "ES256", .key_id = std::nullopt}, claims.dump());
}

}  // namespace iamlocal::signin
