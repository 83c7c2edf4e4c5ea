// The access advisor: when the users and roles that an entity's policies are about last used which service. What they
// used is noted as requests come in (access/usage.hpp).
#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "catalogue/service_reference.hpp"
#include "iam/access_report.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/report_subject.hpp"
#include "iam/shapes.hpp"
#include "store/principals.hpp"

namespace iamlocal::iam {
namespace {

using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;
using store::EntityKind;
using Kind = store::AccessReport::Kind;

// GenerateServiceLastAccessedDetails

struct GenerateServiceLastAccessedDetailsInput {
    std::string arn;
    std::string granularity = "SERVICE_LEVEL";
    void describe(Fields& f) {
        f.required("Arn", arn, shape::arn);
        f.optional("Granularity", granularity, shape::report_granularity);
    }
    bool by_action() const { return granularity == "ACTION_LEVEL"; }
};

struct GenerateServiceLastAccessedDetailsOutput {
    std::string job_id;
};

void write(AnswerWriter& out, const GenerateServiceLastAccessedDetailsOutput& output) {
    out.text("JobId", output.job_id);
}

/// What the report is made of.
struct Findings {
    std::vector<store::GrantedPolicy> policies;
    ReportContent content;
};

ReportedEntity entity_of(const Context& ctx, EntityKind kind, std::string_view id, std::string_view name,
                         std::string_view path) {
    const bool is_user = kind == EntityKind::user;
    return {arn::iam(ctx.account(), is_user ? "user" : "role", path, name), is_user ? "USER" : "ROLE", std::string(id),
            std::string(name), std::string(path)};
}

void add_users(const Context& ctx, const std::vector<store::PolicyUser>& users, Findings& findings) {
    for (const store::PolicyUser& user : users)
        findings.content.entities.push_back(entity_of(ctx, user.kind, user.id, user.name, user.path));
}

void find_subject(Context& ctx, const LookedUp<UserKind>& subject, Findings& findings) {
    const store::User& user = *subject.entity;
    findings.policies = store::load_user_policies(ctx.tx, ctx.account(), user.id).identity;
    findings.content.entities.push_back(entity_of(ctx, EntityKind::user, user.id, user.name, user.path));
}

void find_subject(Context& ctx, const LookedUp<RoleKind>& subject, Findings& findings) {
    const store::Role& role = *subject.entity;
    findings.policies = store::load_role_policies(ctx.tx, ctx.account(), role.id).identity;
    findings.content.entities.push_back(entity_of(ctx, EntityKind::role, role.id, role.name, role.path));
}

void find_subject(Context& ctx, const LookedUp<GroupKind>& subject, Findings& findings) {
    const store::Group& group = *subject.entity;
    findings.policies = store::load_group_policies(ctx.tx, ctx.account(), group.id).identity;
    add_users(ctx, store::access_reports::users_of_group(ctx.tx, ctx.account(), group.id), findings);
}

void find_subject(Context& ctx, const LookedUp<PolicyKind>& subject, Findings& findings) {
    const std::string& arn = subject.entity->arn;
    if (auto version = store::policies::find_default_version(ctx.tx, ctx.account(), arn))
        findings.policies.push_back({.origin = store::PolicyOrigin::customer_managed,
                                     .name = {},
                                     .arn = arn,
                                     .group = {},
                                     .stored_text = std::move(version->document),
                                     .catalogue_text = {}});
    add_users(ctx, store::access_reports::users_of_policy(ctx.tx, ctx.account(), arn), findings);
}

void find_uses(Context& ctx, ReportContent& content) {
    if (content.entities.empty()) return;
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < content.entities.size(); ++i) places.emplace(content.entities[i].id, i);
    for (store::ServiceUse& use : uses_of(ctx, content.entities.size() == 1 ? content.entities[0].id : "")) {
        const auto place = places.find(use.entity_id);
        if (place != places.end())
            content.uses.push_back({place->second, std::move(use.action), use.at, std::move(use.region)});
    }
}

api::SlowChange<GenerateServiceLastAccessedDetailsOutput, ReportSubject> generate(
    Context& ctx, const GenerateServiceLastAccessedDetailsInput& in, ReportSubject& subject) {
    subject.require();
    auto findings = std::make_shared<Findings>();
    std::visit([&](const auto& named) { find_subject(ctx, named, *findings); }, subject.named);
    find_uses(ctx, findings->content);
    const Granularity granularity = in.by_action() ? Granularity::actions : Granularity::services;
    return {[findings, granularity] {
                Grants grants;
                for (const store::GrantedPolicy& policy : findings->policies) grants.add(policy.text());
                findings->content.services = reported_services(grants, granularity);
            },
            [findings, granularity](Context& later, ReportSubject& about) {
                store::AccessReport report;
                report.id = ids::request_id(later.env.entropy);
                report.kind = granularity == Granularity::actions ? Kind::actions : Kind::services;
                report.subject = about.arn;
                report.content = findings->content.encode();
                insert_report(later, report);
                return GenerateServiceLastAccessedDetailsOutput{std::move(report.id)};
            }};
}

ReportSubject resolve(Context& ctx, const GenerateServiceLastAccessedDetailsInput& in) {
    return report_subject(ctx, in.arn, PolicySubjects::yes);
}

Target target(Context& ctx, const GenerateServiceLastAccessedDetailsInput&, const ReportSubject& subject) {
    return report_subject_target(ctx, subject);
}

// GetServiceLastAccessedDetails

struct JobOutput {
    bool pending = false;
    store::AccessReport report;
    ReportContent content;
    ReportPage page;
};

struct GetServiceLastAccessedDetailsInput {
    std::string job_id;
    PageInput page{.marker = {}, .max_items = 200};
    void describe(Fields& f) {
        f.required("JobId", job_id, shape::job_id);
        f.optional("MaxItems", page.max_items, shape::max_items);
        f.optional("Marker", page.marker, shape::marker);
        page.operation = f.operation();
    }
};

struct GetServiceLastAccessedDetailsOutput : JobOutput {};

Seconds requested_at(const store::AccessReport& report) {
    return std::chrono::floor<std::chrono::seconds>(report.requested);
}

/// A job that is not done shows nothing else.
void write_pending(AnswerWriter& out, const JobOutput& output) {
    out.text("JobStatus", "IN_PROGRESS");
    out.time("JobCreationDate", requested_at(output.report));
    api::write_page_end(out, {});
}

void write_action(AnswerWriter& out, const ReportContent& content, const ReportedService& service,
                  const std::string& action) {
    out.begin_member();
    out.text("ActionName", action);
    if (const ReportedUse* const use = content.last_use(service, action)) {
        out.text("LastAccessedEntity", content.entities[use->entity].arn);
        out.time("LastAccessedTime", use->at);
        out.text("LastAccessedRegion", use->region);
    }
    out.end_member();
}

void write_service(AnswerWriter& out, const ReportContent& content, const ReportedService& service) {
    const catalogue::ServiceReference* const known = catalogue::service_reference::find_service(service.prefix);
    const std::vector<std::optional<Seconds>> uses = content.last_uses(service.prefix);
    out.begin_member();
    out.text("ServiceName", known != nullptr ? known->name : service.prefix);
    const ReportedUse* const last = content.last_use(service);
    if (last != nullptr) out.time("LastAuthenticated", last->at);
    out.text("ServiceNamespace", service.prefix);
    if (last != nullptr) {
        out.text("LastAuthenticatedEntity", content.entities[last->entity].arn);
        out.text("LastAuthenticatedRegion", last->region);
    }
    out.number("TotalAuthenticatedEntities",
               std::count_if(uses.begin(), uses.end(), [](const auto& use) { return use.has_value(); }));
    if (!service.actions.empty()) {
        out.begin_list("TrackedActionsLastAccessed");
        for (const std::string& action : service.actions) write_action(out, content, service, action);
        out.end_list("TrackedActionsLastAccessed");
    }
    out.end_member();
}

void write(AnswerWriter& out, const GetServiceLastAccessedDetailsOutput& output) {
    if (output.pending) return write_pending(out, output);
    out.text("JobStatus", "COMPLETED");
    out.text("JobType", output.report.kind == Kind::actions ? "ACTION_LEVEL" : "SERVICE_LEVEL");
    out.time("JobCreationDate", requested_at(output.report));
    out.begin_list("ServicesLastAccessed");
    for (std::size_t i = output.page.begin; i < output.page.end; ++i)
        write_service(out, output.content, output.content.services[i]);
    out.end_list("ServicesLastAccessed");
    out.time("JobCompletionDate", completed_at(output.report));
    api::write_page_end(out, output.page.next);
}

GetServiceLastAccessedDetailsOutput get_details(Context& ctx, const GetServiceLastAccessedDetailsInput& in) {
    GetServiceLastAccessedDetailsOutput output;
    output.report = get_report(ctx, in.job_id, false);
    output.pending = is_pending(ctx, output.report);
    output.content = ReportContent::decode(output.report.content);
    output.page = report_page(in.page, in.job_id, "", output.content.services.size());
    return output;
}

// GetServiceLastAccessedDetailsWithEntities

struct GetServiceLastAccessedDetailsWithEntitiesInput {
    std::string job_id;
    std::string service_namespace;
    PageInput page;
    void describe(Fields& f) {
        f.required("JobId", job_id, shape::job_id);
        f.required("ServiceNamespace", service_namespace, shape::single_service_namespace);
        f.optional("MaxItems", page.max_items, shape::max_items);
        f.optional("Marker", page.marker, shape::marker);
        page.operation = f.operation();
    }
};

struct EntityUse {
    std::size_t entity = 0;
    std::optional<Seconds> at;
};

struct GetServiceLastAccessedDetailsWithEntitiesOutput : JobOutput {
    std::vector<EntityUse> uses;  ///< the newest first, then those who never did
};

void write(AnswerWriter& out, const GetServiceLastAccessedDetailsWithEntitiesOutput& output) {
    if (output.pending) return write_pending(out, output);
    out.text("JobStatus", "COMPLETED");
    out.time("JobCreationDate", requested_at(output.report));
    out.time("JobCompletionDate", completed_at(output.report));
    out.begin_list("EntityDetailsList");
    for (std::size_t i = output.page.begin; i < output.page.end; ++i) {
        const EntityUse& use = output.uses[i];
        const ReportedEntity& entity = output.content.entities[use.entity];
        out.begin_member();
        out.begin("EntityInfo");
        out.text("Arn", entity.arn);
        out.text("Name", entity.name);
        out.text("Type", entity.type);
        out.text("Id", entity.id);
        out.text("Path", entity.path);
        out.end("EntityInfo");
        if (use.at) out.time("LastAuthenticated", *use.at);
        out.end_member();
    }
    out.end_list("EntityDetailsList");
    api::write_page_end(out, output.page.next);
}

GetServiceLastAccessedDetailsWithEntitiesOutput get_details_with_entities(
    Context& ctx, const GetServiceLastAccessedDetailsWithEntitiesInput& in) {
    GetServiceLastAccessedDetailsWithEntitiesOutput output;
    output.report = get_report(ctx, in.job_id, false);
    const catalogue::ServiceReference* const service = catalogue::service_reference::find_service(in.service_namespace);
    if (service == nullptr || service->prefix != in.service_namespace)
        throw ApiError(error_type::invalid_input, fmt::format("Service namepace {} is either invalid or unsupported.",
                                                              in.service_namespace));  // AWS's slip
    output.pending = is_pending(ctx, output.report);
    output.content = ReportContent::decode(output.report.content);
    const auto& services = output.content.services;
    const bool may_access = std::any_of(services.begin(), services.end(),
                                        [&](const auto& one) { return one.prefix == in.service_namespace; });
    if (may_access) {
        const std::vector<std::optional<Seconds>> last = output.content.last_uses(in.service_namespace);
        for (std::size_t i = 0; i < last.size(); ++i) output.uses.push_back({i, last[i]});
        std::stable_sort(output.uses.begin(), output.uses.end(),
                         [](const EntityUse& a, const EntityUse& b) { return a.at > b.at; });
    }
    output.page = report_page(in.page, in.job_id, "", output.uses.size());
    return output;
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> access_advisor_operations() {
    static constexpr api::Operation rows[] = {
        operation<generate, target, resolve>("iam:GenerateServiceLastAccessedDetails", writes),
        operation<get_details, api::no_resource<GetServiceLastAccessedDetailsInput>>(
            "iam:GetServiceLastAccessedDetails", reads)
            .of_newest(),
        operation<get_details_with_entities, api::no_resource<GetServiceLastAccessedDetailsWithEntitiesInput>>(
            "iam:GetServiceLastAccessedDetailsWithEntities", reads)
            .of_newest(),
    };
    return rows;
}

}  // namespace iamlocal::iam
