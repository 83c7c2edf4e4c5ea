// ListPoliciesGrantingServiceAccess: the policies of a user, group or role that may give access to services.
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "catalogue/service_reference.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/report_subject.hpp"
#include "iam/service_access.hpp"
#include "iam/shapes.hpp"
#include "iam/simulated_policies.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::EntityKind;

struct ListPoliciesGrantingServiceAccessInput {
    std::string marker;
    std::string arn;
    std::vector<std::string> service_namespaces;
    void describe(Fields& f) {
        f.optional("Marker", marker, shape::marker);
        f.required("Arn", arn, shape::arn);
        f.list("ServiceNamespaces", Presence::required, service_namespaces, {.min = 1, .max = 200},
               shape::service_namespace);
    }
};

struct Entry {
    const catalogue::ServiceReference* service = nullptr;
    std::vector<store::GrantedPolicy> policies;
};

struct ListPoliciesGrantingServiceAccessOutput {
    EntityKind kind{};
    std::string entity_name;
    std::vector<Entry> entries;
};

std::string_view type_of(EntityKind kind) {
    if (kind == EntityKind::user) return "USER";
    return kind == EntityKind::group ? "GROUP" : "ROLE";
}

void write(AnswerWriter& out, const ListPoliciesGrantingServiceAccessOutput& output) {
    out.begin_list("PoliciesGrantingServiceAccess");
    for (const Entry& entry : output.entries) {
        out.begin_member();
        out.text("ServiceNamespace", entry.service->prefix);
        out.begin_list("Policies");
        for (const store::GrantedPolicy& policy : entry.policies) {
            const bool is_inline = policy.origin == store::PolicyOrigin::inlined;
            const bool of_group = !policy.group.empty();
            out.begin_member();
            out.text("PolicyName", policy.name);
            out.text("PolicyType", is_inline ? "INLINE" : "MANAGED");
            if (is_inline) {
                out.text("EntityType", type_of(of_group ? EntityKind::group : output.kind));
                out.text("EntityName", of_group ? policy.group : output.entity_name);
            } else {
                out.text("PolicyArn", policy.arn);
            }
            out.end_member();
        }
        out.end_list("Policies");
        out.end_member();
    }
    out.end_list("PoliciesGrantingServiceAccess");
    api::write_page_end(out, {});
}

/// In the order asked, once each. AWS takes the namespaces in lower case only.
std::vector<Entry> entries_of(const std::vector<std::string>& namespaces) {
    std::vector<Entry> entries;
    std::vector<std::string> unknown;
    for (const std::string& name : namespaces) {
        const catalogue::ServiceReference* const service = catalogue::service_reference::find_service(name);
        if (service == nullptr || service->prefix != name)
            unknown.push_back(name);
        else if (std::none_of(entries.begin(), entries.end(),
                              [&](const Entry& entry) { return entry.service == service; }))
            entries.push_back({service, {}});
    }
    if (!unknown.empty())
        throw ApiError(error_type::invalid_input,
                       fmt::format("Invalid service namespace: [{}]", fmt::join(unknown, ", ")));
    return entries;
}

SourceEntity source_of(const ReportSubject& subject) {
    subject.require();
    if (const auto* const user = std::get_if<LookedUp<UserKind>>(&subject.named))
        return {EntityKind::user, user->entity->id, user->entity->name, subject.arn};
    if (const auto* const group = std::get_if<LookedUp<GroupKind>>(&subject.named))
        return {EntityKind::group, group->entity->id, group->entity->name, subject.arn};
    const store::Role& role = *std::get<LookedUp<RoleKind>>(subject.named).entity;
    return {EntityKind::role, role.id, role.name, subject.arn};
}

/// Reading policies and the catalogue takes long, so it happens elsewhere.
api::Slow<ListPoliciesGrantingServiceAccessOutput> list_policies_granting_service_access(
    Context& ctx, const ListPoliciesGrantingServiceAccessInput& in, ReportSubject& subject) {
    std::vector<Entry> entries = entries_of(in.service_namespaces);
    StoredPolicies stored = load_policies(ctx, source_of(subject));
    // All is on one page, so no marker is ever given.
    if (!in.marker.empty()) throw wrong_report_marker(in.marker);
    return api::slowly([stored = std::move(stored), entries = std::move(entries)]() mutable {
        for (store::GrantedPolicy& policy : stored.policies.identity) {
            Grants grants;
            grants.add(policy.text());
            for (Entry& entry : entries)
                if (grants.allow(*entry.service) || grants.allow_unknown(*entry.service))
                    entry.policies.push_back(policy);
        }
        return ListPoliciesGrantingServiceAccessOutput{stored.entity.kind, std::move(stored.entity.name),
                                                       std::move(entries)};
    });
}

ReportSubject subject_that_is_granted(Context& ctx, const ListPoliciesGrantingServiceAccessInput& in) {
    return report_subject(ctx, in.arn, PolicySubjects::no);
}

Target target(Context& ctx, const ListPoliciesGrantingServiceAccessInput&, const ReportSubject& subject) {
    return report_subject_target(ctx, subject);
}

}  // namespace

std::span<const api::Operation> policies_granting_access_operations() {
    static constexpr api::Operation rows[] = {
        api::operation<list_policies_granting_service_access, target, subject_that_is_granted>(
            "iam:ListPoliciesGrantingServiceAccess", api::reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
