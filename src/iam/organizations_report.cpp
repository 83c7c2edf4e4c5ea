// The organizations access report: which services the accounts of the declared organization may use by its control
// policies, and when they last did.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "access/organization.hpp"
#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/ids.hpp"
#include "catalogue/service_reference.hpp"
#include "iam/access_report.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/shapes.hpp"
#include "store/organization.hpp"

namespace iamlocal::iam {
namespace {

using access::Target;
using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;
using store::DeclaredOrganization;
using Kind = store::AccessReport::Kind;

constexpr ErrorType too_many_reports{"ReportGenerationLimitExceeded", 409};

/// The one way in which a report fails.
constexpr std::string_view access_denied_code = "ORGANIZATIONS_REPORT_ACCESS_DENIED";
constexpr std::string_view access_denied_words =
    "The organization's entity or policy does not exist, or the account may not make reports about it.";

constexpr std::string_view full_access =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";

// GenerateOrganizationsAccessReport

struct GenerateOrganizationsAccessReportInput {
    std::string entity_path;
    std::optional<std::string> organizations_policy_id;
    void describe(Fields& f) {
        f.required("EntityPath", entity_path, shape::organizations_entity_path);
        f.optional("OrganizationsPolicyId", organizations_policy_id, shape::organizations_policy_id);
    }
    /// One text for all that is asked.
    std::string subject() const { return fmt::format("{} {}", entity_path, organizations_policy_id.value_or("")); }
};

struct GenerateOrganizationsAccessReportOutput {
    std::string job_id;
};

void write(AnswerWriter& out, const GenerateOrganizationsAccessReportOutput& output) {
    out.text("JobId", output.job_id);
}

Target generate_target(Context& ctx, const GenerateOrganizationsAccessReportInput& in) {
    Target target;
    target.resource = fmt::format("arn:aws:iam::{}:access-report/{}", ctx.account().view(), in.entity_path);
    if (in.organizations_policy_id)
        target.keys.push_back({"iam:organizationspolicyid", {false, {*in.organizations_policy_id}}});
    return target;
}

/// A root, unit or account of the organization.
struct OrganizationEntity {
    std::vector<std::string> levels;  ///< the targets of policies from the root down to it: `/`, `/prod`, an account
    std::optional<AccountId> account;
};

std::string parent_of(std::string_view unit) {
    const std::size_t slash = unit.rfind('/');
    return std::string(slash == 0 ? std::string_view("/") : unit.substr(0, slash));
}

/// `o-…/r-…/ou-…/account`, as ids. Nothing when there is no such entity.
std::optional<OrganizationEntity> find_entity(const DeclaredOrganization& organization, std::string_view path) {
    OrganizationEntity entity;
    std::string unit;
    path.remove_prefix(std::min(path.size(), organization.id.size() + 1));
    if (path.ends_with('/')) path.remove_suffix(1);
    while (!path.empty()) {
        const std::string_view id = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(path.size(), id.size() + 1));
        if (ids::is_account_id(id)) {
            const AccountId account{std::string(id)};
            const auto known = organization.accounts.find(account);
            const bool is_manager = account == organization.management_account;
            const std::string_view home = known != organization.accounts.end() ? std::string_view(known->second) : "/";
            if ((known == organization.accounts.end() && !is_manager) || home != unit || !path.empty())
                return std::nullopt;
            entity.account = account;
            entity.levels.push_back(account.str());
            return entity;
        }
        const auto next = std::find_if(organization.units.begin(), organization.units.end(), [&](const auto& known) {
            const bool is_below =
                unit.empty() ? known.first == "/" : known.first != "/" && parent_of(known.first) == unit;
            return known.second == id && is_below;
        });
        if (next == organization.units.end()) return std::nullopt;
        unit = next->first;
        entity.levels.push_back(unit);
    }
    if (entity.levels.empty()) return std::nullopt;
    return entity;
}

bool is_within(std::string_view unit, std::string_view outer) {
    return outer == "/" || unit == outer || (unit.starts_with(outer) && unit[outer.size()] == '/');
}

/// The accounts that a report on an entity tells of. The management account is told of alone: no policy limits it.
std::vector<AccountId> accounts_of(const DeclaredOrganization& organization, const OrganizationEntity& entity) {
    if (entity.account) return {*entity.account};
    std::vector<AccountId> accounts;
    for (const auto& [account, unit] : organization.accounts)
        if (account != organization.management_account && is_within(unit, entity.levels.back()))
            accounts.push_back(account);
    return accounts;
}

/// The documents of the control policies that count at each level, or of the one that is asked about.
using Levels = std::vector<std::vector<std::string>>;

Levels levels_of(const DeclaredOrganization& organization, const OrganizationEntity& entity) {
    if (entity.account && entity.account == organization.management_account) return {{std::string(full_access)}};
    Levels levels;
    for (const std::string& level : entity.levels) {
        std::vector<std::string>& documents = levels.emplace_back();
        const auto& without = organization.without_full_access;
        if (std::find(without.begin(), without.end(), level) == without.end()) documents.emplace_back(full_access);
        for (const store::ControlPolicy& policy : organization.policies) {
            const bool is_attached =
                std::find(policy.targets.begin(), policy.targets.end(), level) != policy.targets.end();
            if (policy.kind == store::ControlPolicyKind::service && is_attached) documents.push_back(policy.document);
        }
    }
    return levels;
}

std::optional<std::string> find_policy(const DeclaredOrganization& organization, std::string_view id) {
    if (id == access::full_access_policy_id) return std::string(full_access);
    for (const store::ControlPolicy& policy : organization.policies)
        if (policy.kind == store::ControlPolicyKind::service && access::control_policy_id(organization, policy) == id)
            return policy.document;
    return std::nullopt;
}

/// What all levels allow and none denies.
std::vector<ReportedService> services_of(const Levels& levels) {
    std::vector<Grants> grants(levels.size());
    for (std::size_t level = 0; level < levels.size(); ++level)
        for (const std::string& document : levels[level])
            for (std::size_t other = 0; other < levels.size(); ++other)
                grants[other].add(document, other == level ? Grants::Effects::all : Grants::Effects::denies);
    std::vector<ReportedService> services = reported_services(grants.front(), Granularity::services);
    std::erase_if(services, [&](const ReportedService& service) {
        const catalogue::ServiceReference* const known = catalogue::service_reference::find_service(service.prefix);
        return !std::all_of(grants.begin(), grants.end(), [&](const Grants& one) { return one.allow(*known); });
    });
    return services;
}

/// When each of the accounts last used what, whoever it was.
void find_uses(Context& ctx, ReportContent& content) {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < content.entities.size(); ++i) places.emplace(content.entities[i].id, i);
    std::vector<store::ServiceUse> uses = store::service_uses::all(ctx.tx, report_begin(ctx));
    for (store::ServiceUse& noted : ctx.env.usage.service_uses()) uses.push_back(std::move(noted));
    std::map<std::pair<std::size_t, std::string>, ReportedUse> last;
    for (store::ServiceUse& use : uses) {
        const auto place = places.find(use.account.view());
        if (place == places.end()) continue;
        ReportedUse& known = last[{place->second, use.action}];
        if (use.at >= known.at) known = {place->second, use.action, use.at, std::move(use.region)};
    }
    for (auto& [key, use] : last) content.uses.push_back(std::move(use));
}

struct Making {
    std::string failure;
    Levels levels;
    ReportContent content;
};

Making prepare(Context& ctx, const DeclaredOrganization& organization,
               const GenerateOrganizationsAccessReportInput& in) {
    Making making;
    const std::optional<OrganizationEntity> entity = find_entity(organization, in.entity_path);
    std::optional<std::string> policy;
    if (in.organizations_policy_id) policy = find_policy(organization, *in.organizations_policy_id);
    if (ctx.account() != organization.management_account || !entity || (in.organizations_policy_id && !policy)) {
        making.failure = access_denied_code;
        return making;
    }
    making.levels = policy ? Levels{{*std::move(policy)}} : levels_of(organization, *entity);
    for (const AccountId& account : accounts_of(organization, *entity)) {
        const access::Organization::Member* const member = ctx.organization->find(account);
        const std::string unit = member != nullptr ? member->path : organization.id + "/";
        making.content.entities.push_back({unit + account.str(), "ACCOUNT", account.str(), {}, {}});
    }
    find_uses(ctx, making.content);
    return making;
}

/// Nothing where a new job is to be made. Throws where another one is not done yet.
std::optional<std::string> find_job(Context& ctx, const std::string& subject) {
    const auto same = store::access_reports::find_newest(ctx.tx, ctx.account(), Kind::organization,
                                                         ctx.now - std::chrono::minutes(1), subject);
    if (same && same->caller == report_caller(ctx)) return same->id;
    const auto newest = store::access_reports::find_newest(ctx.tx, ctx.account(), Kind::organization,
                                                           ctx.now - std::chrono::minutes(1), {});
    if (newest && is_pending(ctx, *newest))
        throw ApiError(too_many_reports,
                       "The maximum number of concurrent reports for this account are already being generated.");
    return std::nullopt;
}

api::SlowChange<GenerateOrganizationsAccessReportOutput> generate(Context& ctx,
                                                                  const GenerateOrganizationsAccessReportInput& in) {
    const std::optional<DeclaredOrganization> organization = store::organization::find(ctx.tx);
    const bool is_member = organization && ctx.organization && ctx.organization->find(ctx.account()) != nullptr;
    if (!is_member || !in.entity_path.starts_with(organization->id + "/"))
        throw api::access_denied(
            fmt::format("User: {} is not authorized to perform: iam:GenerateOrganizationsAccessReport on resource: {}",
                        ctx.caller.principal.arn, generate_target(ctx, in).resource));
    std::string subject = in.subject();
    if (find_job(ctx, subject))
        return {[] {},
                [subject](Context& later) {
                    if (auto known = find_job(later, subject)) return GenerateOrganizationsAccessReportOutput{*known};
                    throw api::concurrent_modification();  // a reset came in between
                }};
    auto making = std::make_shared<Making>(prepare(ctx, *organization, in));
    return {[making] {
                if (making->failure.empty()) making->content.services = services_of(making->levels);
            },
            [making, subject = std::move(subject)](Context& later) {
                if (auto known = find_job(later, subject)) return GenerateOrganizationsAccessReportOutput{*known};
                store::AccessReport report;
                report.id = ids::request_id(later.env.entropy);
                report.kind = Kind::organization;
                report.subject = subject;
                report.failure = making->failure;
                report.content = making->content.encode();
                insert_report(later, report);
                return GenerateOrganizationsAccessReportOutput{std::move(report.id)};
            }};
}

// GetOrganizationsAccessReport

struct GetOrganizationsAccessReportInput {
    std::string job_id;
    PageInput page;
    std::string sort_key = "SERVICE_NAMESPACE_ASCENDING";
    void describe(Fields& f) {
        f.required("JobId", job_id, shape::job_id);
        f.optional("MaxItems", page.max_items, shape::max_items);
        f.optional("Marker", page.marker, shape::marker);
        f.optional("SortKey", sort_key, shape::report_sort_key);
        page.operation = f.operation();
    }
};

struct AccessDetail {
    std::string prefix;
    std::optional<ReportedUse> last;
    std::string entity_path;
    std::int64_t accounts = 0;
};

struct GetOrganizationsAccessReportOutput {
    store::AccessReport report;
    bool pending = false;
    std::vector<AccessDetail> details;
    ReportPage page;
};

void write_detail(AnswerWriter& out, const AccessDetail& detail) {
    const catalogue::ServiceReference* const service = catalogue::service_reference::find_service(detail.prefix);
    out.begin_member();
    out.text("ServiceName", service != nullptr ? service->name : detail.prefix);
    out.text("ServiceNamespace", detail.prefix);
    if (detail.last) {
        out.text("Region", detail.last->region);
        out.text("EntityPath", detail.entity_path);
        out.time("LastAuthenticatedTime", detail.last->at);
    }
    out.number("TotalAuthenticatedEntities", detail.accounts);
    out.end_member();
}

void write(AnswerWriter& out, const GetOrganizationsAccessReportOutput& output) {
    const bool failed = !output.report.failure.empty();
    out.text("JobStatus", output.pending ? "IN_PROGRESS" : failed ? "FAILED" : "COMPLETED");
    out.time("JobCreationDate", std::chrono::floor<std::chrono::seconds>(output.report.requested));
    if (output.pending) return api::write_page_end(out, {});
    out.time("JobCompletionDate", completed_at(output.report));
    if (failed) {
        api::write_page_end(out, {});
        out.begin("ErrorDetails");
        out.text("Message", access_denied_words);
        out.text("Code", output.report.failure);
        out.end("ErrorDetails");
        return;
    }
    const auto unused = std::count_if(output.details.begin(), output.details.end(),
                                      [](const AccessDetail& detail) { return !detail.last; });
    out.number("NumberOfServicesAccessible", static_cast<std::int64_t>(output.details.size()));
    out.number("NumberOfServicesNotAccessed", unused);
    out.begin_list("AccessDetails");
    for (std::size_t i = output.page.begin; i < output.page.end; ++i) write_detail(out, output.details[i]);
    out.end_list("AccessDetails");
    api::write_page_end(out, output.page.next);
}

std::vector<AccessDetail> details_of(const ReportContent& content) {
    std::vector<AccessDetail> details;
    for (const ReportedService& service : content.services) {
        AccessDetail& detail = details.emplace_back(AccessDetail{service.prefix, {}, {}, 0});
        if (const ReportedUse* const last = content.last_use(service)) {
            detail.last = *last;
            detail.entity_path = content.entities[last->entity].arn;
        }
        for (const auto& at : content.last_uses(service.prefix)) detail.accounts += at.has_value() ? 1 : 0;
    }
    return details;
}

/// Content has them in order of their namespaces. What was never used is older than all else.
void sort(std::vector<AccessDetail>& details, std::string_view key) {
    const auto time_of = [](const AccessDetail& detail) { return detail.last ? detail.last->at : Seconds::min(); };
    if (key == "SERVICE_NAMESPACE_DESCENDING")
        std::reverse(details.begin(), details.end());
    else if (key == "LAST_AUTHENTICATED_TIME_ASCENDING")
        std::stable_sort(details.begin(), details.end(),
                         [&](const auto& a, const auto& b) { return time_of(a) < time_of(b); });
    else if (key == "LAST_AUTHENTICATED_TIME_DESCENDING")
        std::stable_sort(details.begin(), details.end(),
                         [&](const auto& a, const auto& b) { return time_of(a) > time_of(b); });
}

GetOrganizationsAccessReportOutput get_organizations_access_report(Context& ctx,
                                                                   const GetOrganizationsAccessReportInput& in) {
    GetOrganizationsAccessReportOutput output;
    output.report = get_report(ctx, in.job_id, true);
    output.pending = is_pending(ctx, output.report);
    output.details = details_of(ReportContent::decode(output.report.content));
    sort(output.details, in.sort_key);
    output.page = report_page(in.page, in.job_id, in.sort_key, output.details.size());
    return output;
}

using api::operation;

}  // namespace

std::span<const api::Operation> organizations_report_operations() {
    static constexpr api::Operation rows[] = {
        operation<generate, generate_target>("iam:GenerateOrganizationsAccessReport", api::writes),
        operation<get_organizations_access_report, api::no_resource<GetOrganizationsAccessReportInput>>(
            "iam:GetOrganizationsAccessReport", api::reads)
            .of_newest(),
    };
    return rows;
}

}  // namespace iamlocal::iam
