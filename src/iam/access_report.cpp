#include "iam/access_report.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "catalogue/lines.hpp"
#include "iam/errors.hpp"
#include "iam/report_subject.hpp"

namespace iamlocal::iam {
namespace {

/// "Refine permissions in AWS using last accessed information": 400 days.
constexpr std::chrono::hours tracking_period{24 * 400};
/// How long a job takes, and how long it is kept.
constexpr std::chrono::seconds job_takes{1};
constexpr std::chrono::hours job_is_kept{24};
constexpr std::int64_t jobs_per_caller = 100;

/// The services whose requests this server sees, and so their actions.
constexpr std::string_view tracked_services[] = {"iam", "sts"};
/// Permissions that no operation is called by.
constexpr std::string_view untracked_actions[] = {"PassRole", "SetContext", "SetSourceIdentity", "TagSession"};

template <std::size_t n>
bool is_one_of(const std::string_view (&texts)[n], std::string_view text) {
    return std::find(std::begin(texts), std::end(texts), text) != std::end(texts);
}

bool is_of_service(std::string_view action, std::string_view prefix) {
    return action.size() > prefix.size() && action.starts_with(prefix) && action[prefix.size()] == ':';
}

std::size_t parse_size(std::string_view text) { return catalogue::parse_number<std::size_t>(text).value_or(0); }

ApiError other_marker() { return {error_type::invalid_input, "The marker passed in the request was invalid."}; }

}  // namespace

/// A line per service ("s PREFIX ACTIONS"), entity ("e ARN TYPE ID NAME PATH") and use ("u ENTITY SECONDS ACTION
/// REGION"), with tabs between. Names of AWS's have neither tabs nor line breaks; a Region is whatever a client signs.
std::string ReportContent::encode() const {
    std::string text;
    for (const ReportedService& service : services)
        text.append(fmt::format("s\t{}\t{}\n", service.prefix, fmt::join(service.actions, ",")));
    for (const ReportedEntity& entity : entities)
        text.append(
            fmt::format("e\t{}\t{}\t{}\t{}\t{}\n", entity.arn, entity.type, entity.id, entity.name, entity.path));
    for (const ReportedUse& use : uses)
        text.append(fmt::format("u\t{}\t{}\t{}\t{}\n", use.entity, use.at.time_since_epoch().count(), use.action,
                                percent_encode(use.region)));
    return text;
}

ReportContent ReportContent::decode(std::string_view text) {
    using catalogue::cut;
    ReportContent content;
    while (!text.empty()) {
        std::string_view line = cut(text, '\n');
        const std::string_view kind = cut(line, '\t');
        if (kind == "s") {
            ReportedService service{std::string(cut(line, '\t')), {}};
            while (!line.empty()) service.actions.emplace_back(cut(line, ','));
            content.services.push_back(std::move(service));
        } else if (kind == "e") {
            ReportedEntity entity;
            for (std::string* const member : {&entity.arn, &entity.type, &entity.id, &entity.name, &entity.path})
                *member = cut(line, '\t');
            content.entities.push_back(std::move(entity));
        } else {
            ReportedUse use;
            use.entity = parse_size(cut(line, '\t'));
            use.at = Seconds(std::chrono::seconds(parse_size(cut(line, '\t'))));
            use.action = cut(line, '\t');
            use.region = percent_decode(line, PlusIs::plus).value_or(std::string());
            if (use.entity < content.entities.size()) content.uses.push_back(std::move(use));
        }
    }
    return content;
}

const ReportedUse* ReportContent::last_use(const ReportedService& service) const {
    const ReportedUse* last = nullptr;
    for (const ReportedUse& use : uses)
        if (is_of_service(use.action, service.prefix) && (last == nullptr || use.at > last->at)) last = &use;
    return last;
}

const ReportedUse* ReportContent::last_use(const ReportedService& service, std::string_view action) const {
    const ReportedUse* last = nullptr;
    for (const ReportedUse& use : uses)
        if (is_of_service(use.action, service.prefix) &&
            std::string_view(use.action).substr(service.prefix.size() + 1) == action &&
            (last == nullptr || use.at > last->at))
            last = &use;
    return last;
}

std::vector<std::optional<Seconds>> ReportContent::last_uses(std::string_view prefix) const {
    std::vector<std::optional<Seconds>> last(entities.size());
    for (const ReportedUse& use : uses) {
        std::optional<Seconds>& known = last[use.entity];
        if (is_of_service(use.action, prefix) && (!known || use.at > *known)) known = use.at;
    }
    return last;
}

std::vector<ReportedService> reported_services(const Grants& grants, Granularity granularity) {
    std::vector<ReportedService> services;
    for (const catalogue::ServiceReference* const service : grants.services()) {
        ReportedService& reported = services.emplace_back(ReportedService{service->prefix, {}});
        if (granularity == Granularity::services || !is_one_of(tracked_services, service->prefix)) continue;
        for (const catalogue::Action& action : service->actions)
            if (!is_one_of(untracked_actions, action.name) && grants.allow(*service, action))
                reported.actions.push_back(action.name);
    }
    return services;
}

Seconds report_begin(const Context& ctx) { return ctx.second() - tracking_period; }

std::vector<store::ServiceUse> uses_of(Context& ctx, std::string_view entity_id) {
    std::vector<store::ServiceUse> uses =
        entity_id.empty() ? store::service_uses::of_account(ctx.tx, ctx.account(), report_begin(ctx))
                          : store::service_uses::of_entity(ctx.tx, ctx.account(), entity_id, report_begin(ctx));
    // What was noted is newer where both know an action.
    for (store::ServiceUse& noted : ctx.env.usage.service_uses())
        if (noted.account == ctx.account() && (entity_id.empty() || noted.entity_id == entity_id))
            uses.push_back(std::move(noted));
    return uses;
}

void insert_report(Context& ctx, store::AccessReport report) {
    store::access_reports::remove_older(ctx.tx, ctx.account(), ctx.now - job_is_kept);
    report.account = ctx.account();
    report.caller = report_caller(ctx);
    report.requested = ctx.now;
    store::access_reports::keep_newest(ctx.tx, ctx.account(), report.caller, jobs_per_caller - 1);
    store::access_reports::insert(ctx.tx, report);
}

std::string report_caller(const Context& ctx) {
    if (!ctx.caller.session) return ctx.caller.user_id;
    return fmt::format("{} {}", ctx.caller.user_id, ctx.caller.session->issued.time_since_epoch().count());
}

store::AccessReport get_report(Context& ctx, const std::string& job_id, bool of_organization) {
    std::optional<store::AccessReport> report = store::access_reports::find(ctx.tx, ctx.account(), job_id);
    if (!report || report->caller != report_caller(ctx) ||
        (report->kind == store::AccessReport::Kind::organization) != of_organization)
        throw ApiError(error_type::no_such_entity, fmt::format("Job {} does not exist.", job_id));
    return *std::move(report);
}

bool is_pending(const Context& ctx, const store::AccessReport& report) {
    return ctx.now < report.requested + job_takes;
}

Seconds completed_at(const store::AccessReport& report) {
    return std::chrono::floor<std::chrono::seconds>(report.requested + job_takes);
}

ReportPage report_page(const api::PageInput& page, const std::string& job_id, std::string_view order,
                       std::size_t size) {
    const std::string prefix = fmt::format("{}/{}/", job_id, order);
    std::size_t begin = 0;
    if (!page.marker.empty()) {
        if (!api::is_marker(page.marker)) throw wrong_report_marker(page.marker);
        const std::string after = page.request(other_marker).after;
        if (!after.starts_with(prefix)) throw other_marker();
        begin = std::min(size, parse_size(std::string_view(after).substr(prefix.size())));
    }
    const std::size_t end = std::min(size, begin + static_cast<std::size_t>(page.max_items));
    return {begin, end, end < size ? fmt::format("{}{}", prefix, end) : std::string()};
}

}  // namespace iamlocal::iam
