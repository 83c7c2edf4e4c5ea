// Service-linked roles: AWS's services define them, and IAM makes and deletes them for whoever may. A deletion is a
// task that can be asked about. The role is gone at once; the task takes a second to say so. It fails where the test
// bench has said so, since no service is here that could.
#include "iam/service_linked_roles.hpp"

#include <chrono>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/shape_text.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "catalogue/service_linked_roles.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/role_trust.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"
#include "store/attachments.hpp"
#include "store/policies.hpp"
#include "store/role_deletions.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using store::Role;
using store::RoleDeletion;

namespace catalogue_roles = catalogue::service_linked_roles;

constexpr std::int64_t session_duration = 3600;
constexpr std::size_t longest_role_name = 64;
constexpr std::chrono::seconds deletion_takes{1};

std::string path_of(std::string_view service) { return fmt::format("{}{}/", arn::service_role_path, service); }

std::string name_of(const catalogue::ServiceLinkedRole& known, std::string_view suffix) {
    if (suffix.empty()) return std::string(known.role);
    return fmt::format("{}_{}", known.role, suffix);
}

/// As GetRole shows it; the answer that creates a role has lists in it.
std::string trust_policy_of(std::string_view service) {
    return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{}"}},)"
                       R"("Action":"sts:AssumeRole"}}]}})",
                       service);
}
std::string created_trust_policy_of(std::string_view service) {
    return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Action":["sts:AssumeRole"],"Effect":"Allow",)"
                       R"("Principal":{{"Service":["{}"]}}}}]}})",
                       service);
}

void attach_policy(Context& ctx, const Role& role, std::string_view name) {
    store::ManagedPolicy policy;
    policy.name = name;
    policy.path = arn::service_role_path;
    policy.arn = fmt::format("arn:aws:iam::aws:policy{}{}", arn::service_role_path, name);
    store::attachments::attach(ctx.tx, ctx.account(), role.id, policy);
}

// CreateServiceLinkedRole

struct CreateServiceLinkedRoleInput {
    std::string aws_service_name;
    std::optional<std::string> description;
    std::optional<std::string> custom_suffix;
    void describe(Fields& f) {
        f.required("AWSServiceName", aws_service_name, shape::group_name);
        f.optional("Description", description, shape::role_description);
        f.optional("CustomSuffix", custom_suffix, shape::custom_suffix);
    }
};

struct CreateServiceLinkedRoleOutput {
    Role role;
};

void write(AnswerWriter& out, const CreateServiceLinkedRoleOutput& output) {
    out.begin("Role");
    write_role(out, output.role, {.description = false, .max_session_duration = false});
    out.end("Role");
}

Target create_target(Context& ctx, const CreateServiceLinkedRoleInput& in) {
    return service_linked_role_target(ctx, in.aws_service_name, in.custom_suffix.value_or(std::string()));
}

CreateServiceLinkedRoleOutput create_service_linked_role(Context& ctx, const CreateServiceLinkedRoleInput& in) {
    Role role =
        make_service_linked_role(ctx, in.aws_service_name, in.custom_suffix.value_or(std::string()), in.description);
    role.trust_policy = created_trust_policy_of(in.aws_service_name);
    return {std::move(role)};
}

// Deletion tasks

/// The role's ARN from an id of the form `task/aws-service-role/SERVICE/ROLE/UUID`; nothing for another text.
std::optional<std::string> role_arn_of(const AccountId& account, std::string_view task_id) {
    constexpr std::string_view prefix = "task";
    constexpr std::size_t uuid_size = 36;
    if (!task_id.starts_with(prefix)) return std::nullopt;
    const std::string_view rest = task_id.substr(prefix.size());
    if (!rest.starts_with(arn::service_role_path)) return std::nullopt;
    const std::string_view named = rest.substr(arn::service_role_path.size());
    const std::size_t first = named.find('/');
    const std::size_t second = first == std::string_view::npos ? first : named.find('/', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const std::string_view service = named.substr(0, first);
    const std::string_view role = named.substr(first + 1, second - first - 1);
    const std::string_view uuid = named.substr(second + 1);
    if (!shape::is_name(service) || !shape::is_name(role) || uuid.size() != uuid_size || !shape::is_name(uuid))
        return std::nullopt;
    return arn::iam(account, "role", path_of(service), role);
}

bool is_pending(const Context& ctx, const RoleDeletion& deletion) {
    return ctx.second() < deletion.submitted + deletion_takes;
}

// DeleteServiceLinkedRole

/// The role that is named, and the task that is deleting it.
struct RoleOrDeletion {
    LookedUp<RoleKind> role;
    std::optional<RoleDeletion> deletion;
};

RoleOrDeletion role_or_deletion(Context& ctx, const NameInput<RoleKind>& in) {
    RoleOrDeletion found{look_up<RoleKind>(ctx, in.name), {}};
    // A role that is there is being deleted only by a task that will fail.
    const auto result = found.role.entity ? RoleDeletion::Result::failure : RoleDeletion::Result::success;
    found.deletion = store::role_deletions::find_by_role(ctx.tx, ctx.account(), in.name, result);
    if (found.deletion && !is_pending(ctx, *found.deletion)) found.deletion.reset();
    return found;
}

Target delete_target(Context& ctx, const NameInput<RoleKind>&, const RoleOrDeletion& found) {
    Target target = RoleKind::target(ctx, found.role.name, found.role.entity);
    if (found.deletion) {
        if (auto role_arn = role_arn_of(ctx.account(), found.deletion->id)) target.resource = *std::move(role_arn);
    }
    return target;
}

struct DeleteServiceLinkedRoleOutput {
    std::string task_id;
};

void write(AnswerWriter& out, const DeleteServiceLinkedRoleOutput& output) {
    out.text("DeletionTaskId", output.task_id);
}

DeleteServiceLinkedRoleOutput delete_service_linked_role(Context& ctx, const NameInput<RoleKind>&,
                                                         RoleOrDeletion& found) {
    if (found.deletion) return {std::move(found.deletion->id)};
    const Role& role = RoleKind::require(found.role.entity, found.role.name);
    if (!is_service_linked(role))
        throw ApiError(error_type::no_such_entity, fmt::format("{} exists but is not a service role.", role.name));

    const RoleDeletion deletion{
        .id = fmt::format("task{}{}/{}", role.path, role.name, ids::request_id(ctx.env.entropy)),
        .submitted = ctx.second(),
        .usage = store::undeletable_roles::find(ctx.tx, ctx.account(), role.name)};
    if (!deletion.usage) {
        store::attachments::detach_all(ctx.tx, ctx.account(), role.id);
        store::roles::remove(ctx.tx, ctx.account(), role.id);
    }
    store::role_deletions::insert(ctx.tx, ctx.account(), role.name, deletion);
    return {deletion.id};
}

// GetServiceLinkedRoleDeletionStatus

struct DeletionStatusInput {
    std::string deletion_task_id;
    void describe(Fields& f) { f.required("DeletionTaskId", deletion_task_id, shape::deletion_task_id); }
};

/// The permission is for the role that the task deletes, which has its tags while it is there.
Target status_target(Context& ctx, const DeletionStatusInput& in) {
    auto role_arn = role_arn_of(ctx.account(), in.deletion_task_id);
    if (!role_arn) return list_target(ctx, "role", "/");
    const auto role = RoleKind::find(ctx, std::string_view(*role_arn).substr(role_arn->rfind('/') + 1));
    Target target;
    target.resource = *std::move(role_arn);
    target.tags.as_iam_keys = true;
    if (role && arn::iam(ctx.account(), "role", role->path, role->name) == target.resource) target.tags.id = role->id;
    return target;
}

struct DeletionStatusOutput {
    bool pending;
    RoleDeletion deletion;
};

void write(AnswerWriter& out, const DeletionStatusOutput& output) {
    if (output.pending) return out.text("Status", "IN_PROGRESS");
    if (!output.deletion.usage) return out.text("Status", "SUCCEEDED");
    const std::vector<store::RoleUsage>& usage = *output.deletion.usage;
    out.text("Status", "FAILED");
    out.begin("Reason");
    out.text("Reason", usage.empty() ? "Role could not be deleted because of an internal error."
                                     : "Role could not be deleted because resources of the service use it.");
    out.begin_list("RoleUsageList");
    for (const store::RoleUsage& used : usage) {
        out.begin_member();
        out.text("Region", used.region);
        out.begin_list("Resources");
        for (const std::string& resource : used.resources) out.member(resource);
        out.end_list("Resources");
        out.end_member();
    }
    out.end_list("RoleUsageList");
    out.end("Reason");
}

DeletionStatusOutput get_deletion_status(Context& ctx, const DeletionStatusInput& in) {
    if (!role_arn_of(ctx.account(), in.deletion_task_id))
        throw invalid_input(fmt::format("{} is not a valid deletion task id.", in.deletion_task_id));
    auto deletion = store::role_deletions::find(ctx.tx, ctx.account(), in.deletion_task_id);
    if (!deletion) throw ApiError(error_type::no_such_entity, "Cannot find deletion status for given id.");
    const bool pending = is_pending(ctx, *deletion);
    return {pending, *std::move(deletion)};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

Target service_linked_role_target(Context& ctx, std::string_view service, std::string_view suffix) {
    const catalogue::ServiceLinkedRole* const known = catalogue_roles::find(service);
    Target target;
    target.resource =
        arn::iam(ctx.account(), "role", path_of(service), known ? name_of(*known, suffix) : std::string(suffix));
    target.keys.push_back({"iam:awsservicename", policy::Values::single(std::string(service))});
    return target;
}

/// There may be more of these than the account's quota of roles has room for.
Role make_service_linked_role(Context& ctx, std::string_view service, std::string_view suffix,
                              const std::optional<std::string>& description) {
    const catalogue::ServiceLinkedRole* const known = catalogue_roles::find(service);
    if (!known) throw invalid_input(fmt::format("{} is not a service that has a service-linked role.", service));
    if (!suffix.empty() && !known->takes_suffix)
        throw invalid_input(fmt::format("Custom suffix is not allowed for {}", service));
    const std::string name = name_of(*known, suffix);
    if (name.size() > longest_role_name)
        throw invalid_input(fmt::format("Service role name {} is longer than {} characters.", name, longest_role_name));
    if (store::roles::exists(ctx.tx, ctx.account(), name))
        throw invalid_input(
            fmt::format("Service role name {} has been taken in this account, please try a different suffix.", name));

    Role role{.account = ctx.account(),
              .id = ids::unique_id(ctx.env.entropy, ids::Kind::role),
              .name = name,
              .path = path_of(service),
              .created = ctx.second(),
              .boundary_arn = {},
              .trust_policy = trust_policy_of(service),
              .description = description,
              .max_session_duration = session_duration,
              .last_used = {},
              .tags = {}};
    store::roles::insert(ctx.tx, role);
    attach_policy(ctx, role, known->policy);
    return role;
}

std::span<const api::Operation> service_linked_role_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_service_linked_role, create_target>("iam:CreateServiceLinkedRole", writes),
        operation<delete_service_linked_role, delete_target, role_or_deletion>("iam:DeleteServiceLinkedRole", writes),
        operation<get_deletion_status, status_target>("iam:GetServiceLinkedRoleDeletionStatus", reads).of_newest(),
    };
    return rows;
}

}  // namespace iamlocal::iam
