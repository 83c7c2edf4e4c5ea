#include "signin/signin.hpp"

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "signin/visit.hpp"
#include "store/users.hpp"

namespace iamlocal::signin {
namespace {

constexpr std::string_view expected = R"(expected {"principal":"arn:aws:iam::ACCOUNT:user/NAME"}, or the ARN of root)";

}  // namespace

void Signin::clear() {
    grants_.clear();
    const std::lock_guard lock(mutex_);
    declared_.reset();
}

/// Says who sits in front of the browser: a user, or an account's root.
void Signin::sit_down(const http::Request& request, http::Response& response) {
    const nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
    if (!body.is_object() || body.size() != 1 || !body.contains("principal") || !body["principal"].is_string())
        return admin::refuse(response, 400, expected);
    const auto& text = body["principal"].get_ref<const std::string&>();
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "iam" || !ids::is_account_id(arn->account))
        return admin::refuse(response, 400, expected);
    auth::SessionClaims claims;
    claims.account = AccountId(arn->account);
    if (arn->resource == "root") {
        claims.kind = auth::SessionKind::root;
    } else {
        if (!arn->resource.starts_with("user/")) return admin::refuse(response, 400, expected);
        Visit visit(it_);
        db::Transaction tx(*visit.connection, db::Access::read);
        const auto user = store::users::find(tx, claims.account, arn->resource.substr(arn->resource.rfind('/') + 1));
        if (!user) return admin::refuse(response, 404, "there is no such user");
        claims.kind = auth::SessionKind::user;
        claims.principal_id = user->id;
    }
    {
        const std::lock_guard lock(mutex_);
        declared_ = std::move(claims);
    }
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

std::vector<admin::Route> Signin::routes() {
    const auto to = [this](void (Signin::*answer)(const http::Request&, http::Response&)) {
        return [this, answer](const http::Request& request, http::Response& response) {
            (this->*answer)(request, response);
        };
    };
    std::vector<admin::Route> routes;
    routes.push_back({.path = "/federation",
                      .action = "signin",
                      .methods = {{"GET", to(&Signin::federate)}, {"POST", to(&Signin::federate)}},
                      .other_methods = "this is asked with GET or POST"});
    routes.push_back({.path = "/v1/authorize",
                      .action = "signin",
                      .methods = {{"GET", to(&Signin::authorize_client)}},
                      .other_methods = "this is asked with GET"});
    routes.push_back({.path = "/v1/sessions/confirmation",
                      .action = "signin",
                      .methods = {{"GET", &Signin::show_code}},
                      .other_methods = "this is asked with GET"});
    routes.push_back({.path = "/v1/token",
                      .action = "signin",
                      .methods = {{"POST", to(&Signin::exchange)}},
                      .other_methods = "this is asked with POST"});
    const auto stand_up = [this](const http::Request&, http::Response& response) {
        {
            const std::lock_guard lock(mutex_);
            declared_.reset();
        }
        admin::answer_json(response, 200, R"({"status":"ok"})");
    };
    routes.push_back({.path = "/_iamlocal/signin",
                      .needs_testbench = true,
                      .action = "testbench",
                      .methods = {{"PUT", to(&Signin::sit_down)}, {"DELETE", stand_up}},
                      .other_methods = "who is signed in is said with PUT, and ended with DELETE"});
    return routes;
}

}  // namespace iamlocal::signin
