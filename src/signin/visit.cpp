#include "signin/visit.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "access/portrait.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"

namespace iamlocal::signin {
namespace {

constexpr std::size_t most_policies = 64;
constexpr std::size_t most_policy_bytes = std::size_t{1} << 20;
/// The sign-in is one for all Regions here.
constexpr std::string_view region = "us-east-1";

}  // namespace

Signin::Visit::Visit(const Surroundings& surroundings)
    : it(surroundings),
      now(surroundings.clock.now()),
      connection(surroundings.database.connect()),
      policies(most_policies, most_policy_bytes),
      organizations(*connection, policies, surroundings.unreadable) {}

std::shared_ptr<const access::Identity> Signin::Visit::find_identity(const auth::SessionClaims& claims) {
    db::Transaction tx(*connection, db::Access::read);
    return access::load_session(tx, policies, claims);
}

std::string Signin::Visit::refusal(const std::shared_ptr<const access::Identity>& identity, const char* action,
                                   bool is_remote, const http::Request& request, std::string_view request_id) {
    organizations.current();
    access::Target target;
    target.resource = fmt::format("arn:aws:signin:{}:{}:oauth2/public-client/{}", region, identity->account.view(),
                                  is_remote ? "remote" : "localhost");
    const access::RequestFacts facts{.time = whole_seconds(now),
                                     .region = region,
                                     .peer = request.peer,
                                     .secure = request.secure,
                                     .user_agent = request.header("user-agent"),
                                     .referer = request.header("referer")};
    const std::shared_ptr<const access::Organization>& organization = organizations.kept();
    const access::AccessRequest asked{*identity, organization.get(),
                                      facts,     action,
                                      target,    access::required_facts(*identity, organization.get(), nullptr)};
    auto record = std::make_unique<access::DecisionRecord>();
    record->caller = identity;
    record->organization = organization;
    const access::Verdict verdict = access::authorize(it.enforcement, asked, record.get());
    if (verdict.is_decision() && it.decisions.wants_records()) {
        record->finish(std::move(target));
        record->id = request_id;
        record->time = now;
        it.decisions.add(record);
    }
    return verdict.refused() ? verdict.denied : std::string();
}

void Signin::Visit::record(const access::Identity& identity, std::string_view name, const nlohmann::ordered_json& made,
                           const http::Request& request, std::string_view request_id, std::string_view denied) {
    if (!it.trail.enabled()) return;
    const std::string text = json_text(made);
    it.trail.add({.facts = {.time = now,
                            .source = trail::Source::signin,
                            .is_secure = request.secure,
                            .name = name,
                            .tls = request.tls != nullptr ? *request.tls : http::TlsFacts()},
                  .caller = access::portrait_of(identity, {}),
                  .texts = {.request_id = request_id,
                            .region = region,
                            .peer = request.peer,
                            .user_agent = request.header("user-agent"),
                            .host = request.header("host"),
                            .sent = {},
                            .answer = {},
                            .kinds = {},
                            .error_message = denied,
                            .made = text,
                            .error_code = denied.empty() ? "" : "AccessDenied"}});
}

}  // namespace iamlocal::signin
