#include "app/metadata_door.hpp"

#include <utility>

#include "access/authorize.hpp"
#include "app/access_lines.hpp"
#include "app/http_errors.hpp"
#include "app/metrics.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/time_format.hpp"
#include "metadata/door.hpp"
#include "store/instance_profiles.hpp"
#include "store/roles.hpp"
#include "sts/service_session.hpp"
#include "trail/service_event.hpp"

namespace iamlocal::app {
namespace {

/// Few roles are handed to programs of one machine.
constexpr std::size_t most_kept_policies = 64;
constexpr std::size_t most_kept_policy_bytes = std::size_t{1} << 20;

sts::ServiceSessionWish service_wish(const metadata::Wish& wish) {
    sts::ServiceSessionWish wanted;
    wanted.account = wish.role.account;
    wanted.role_name = wish.role.name;
    wanted.session_name = wish.session_name;
    for (const auto& [key, value] : wish.tags) wanted.tags.push_back({key, value});
    wanted.tags_are_transitive = true;
    wanted.context = wish.context;
    wanted.duration = wish.duration;
    if (wish.source_arn.empty()) return wanted;
    wanted.keys = {{"aws:sourcearn", policy::Values::single(wish.source_arn)},
                   {"aws:sourceaccount", policy::Values::single(std::string(Arn::parse(wish.source_arn)->account))}};
    return wanted;
}

}  // namespace

MetadataDoor::MetadataDoor(const Shared& shared)
    : shared_(shared),
      connection_(shared.database.connect()),
      policies_(most_kept_policies, most_kept_policy_bytes),
      organizations_(*connection_, policies_, shared.unreadable),
      counts_(shared.metrics.make_counts()) {}

MetadataDoor::~MetadataDoor() { shared_.log.flush(log_lines_); }

std::unique_ptr<http::Deferred> MetadataDoor::handle(const http::Request& request, http::Response& response) {
    progress_ = {};
    progress_.request = request;
    progress_.started = std::chrono::steady_clock::now();
    progress_.now = shared_.clock.now();
    progress_.action = "metadata";
    progress_.trace = http::find_trace_context(request.headers);
    try {
        response.request_id = ids::request_id(shared_.entropy);
        request_id_ = response.request_id;
        answer(response);
        keep_decision(response);
    } catch (const std::exception& error) {
        // SDKs try again.
        metadata::answer_text(response, 503, "503 - Service Unavailable\n");
        record_->clear();
        shared_.log.append(log_lines_, LogLevel::warn, "no metadata can be served",
                           {{"request_id", response.request_id}, {"what", error.what()}});
    }
    const auto took =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - progress_.started);
    shared_.metrics.note(counts_, progress_, response.status, took);
    write_access_lines(shared_, log_lines_, progress_, response, took);
    return nullptr;
}

void MetadataDoor::answer(http::Response& response) {
    const BrowserGuard::Finding finding = shared_.guard.judge(progress_.request);
    // No page has to know credentials, not even one that may call the API.
    if (finding.verdict != BrowserGuard::Verdict::fine || !finding.origin.empty())
        return metadata::answer_text(response, 403, "403 - Forbidden\n");
    if (!shared_.is_open) return metadata::answer_text(response, 503, "503 - Service Unavailable\n");
    connection_->refresh_revisions();
    metadata::answer(progress_.request, whole_seconds(progress_.now), shared_.metadata, *this, response);
}

void MetadataDoor::keep_decision(const http::Response& response) {
    if (record_->kind == access::DecisionRecord::Kind::none) return record_->clear();
    record_->id = response.request_id;
    record_->time = progress_.now;
    if (progress_.trace) {
        record_->trace_id = progress_.trace->trace_id;
        record_->span_id = progress_.trace->span_id;
    }
    shared_.decisions.add(record_);
}

std::optional<metadata::Profile> MetadataDoor::find_profile(const metadata::NamedThing& profile) {
    db::Transaction tx(*connection_, db::Access::read);
    const auto found = store::instance_profiles::find(tx, profile.account, profile.name);
    if (!found) return std::nullopt;
    metadata::Profile shown{arn::iam(found->account, "instance-profile", found->path, found->name), found->id, {}};
    if (found->role_id)
        if (const auto role = store::roles::find_by_id(tx, found->account, *found->role_id))
            shown.role = metadata::NamedThing{found->account, role->name};
    return shown;
}

std::optional<metadata::Role> MetadataDoor::find_role(const metadata::NamedThing& role) {
    db::Transaction tx(*connection_, db::Access::read);
    const auto found = store::roles::find(tx, role.account, role.name);
    if (!found) return std::nullopt;
    return metadata::Role{found->id, arn::iam(found->account, "role", found->path, found->name)};
}

std::variant<metadata::Session, metadata::Refused> MetadataDoor::assume(const metadata::Wish& wish) {
    organizations_.current();
    const auto caller = sts::service_identity(wish.service);
    api::Call call{.env = shared_.environment,
                   .caller = *caller,
                   .connection = *connection_,
                   .now = progress_.now,
                   .facts = {.time = whole_seconds(progress_.now),
                             .region = "us-east-1",
                             .peer = progress_.request.peer,
                             .secure = progress_.request.secure,
                             .user_agent = progress_.request.header("user-agent"),
                             .referer = {}},
                   .policies = policies_,
                   .organization = organizations_.kept()};
    progress_.action = "sts:AssumeRole";
    progress_.principal = caller->principal.arn;
    if (shared_.decisions.wants_records()) {
        record_->caller = caller;
        record_->organization = call.organization;
        call.record = record_.get();
        call.request_id = request_id_;
    }
    try {
        sts::RoleSession made = sts::assume_for_service(call, service_wish(wish));
        progress_.verdict = call.verdict;
        record_assumption(wish, *caller, made);
        return metadata::Session{made.credentials.access_key_id.str(), std::move(made.credentials.secret),
                                 std::move(made.credentials.session_token), whole_seconds(progress_.now),
                                 made.credentials.expiration};
    } catch (const ApiError& error) {
        progress_.verdict = call.verdict;
        return metadata::Refused{error.message()};
    }
}

/// The service has no request of its own, but the role's account has its event.
void MetadataDoor::record_assumption(const metadata::Wish& wish, const access::Identity& service,
                                     const sts::RoleSession& made) {
    if (!shared_.trail.enabled()) return;
    const std::optional<metadata::Role> role = find_role(wish.role);
    if (!role) return;
    trail::add_service_event(shared_.trail,
                             {.service = wish.service,
                              .role_arn = role->arn,
                              .session_name = wish.session_name,
                              .access_key_id = made.credentials.access_key_id.view(),
                              .session_token = made.credentials.session_token,
                              .expires = made.credentials.expiration,
                              .assumed_role_id = made.assumed_role_id,
                              .arn = made.arn},
                             access::portrait_of(service, {}), progress_.now, request_id_);
}

void MetadataDoor::refuse(http::Fault fault, std::string_view peer, http::Response& response) {
    const int status = fault_error(fault).type().status;
    metadata::answer_text(response, status, std::to_string(status) + "\n");
    progress_ = {};
    progress_.action = "metadata";
    progress_.request.peer = peer;
    shared_.metrics.note(counts_, progress_, response.status, {});
    write_access_lines(shared_, log_lines_, progress_, response, {});
}

void MetadataDoor::batch_done() { shared_.log.flush(log_lines_); }

}  // namespace iamlocal::app
