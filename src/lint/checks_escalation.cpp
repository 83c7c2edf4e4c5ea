// Ways in which the holder of a policy can give himself more than it allows.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

/// Permissions that together lead further. In lower case, and as they are written.
struct Path {
    std::string_view prefix;
    std::string_view action;
    std::string_view name;
    bool passes_role;  ///< only together with iam:PassRole
    std::string_view how;
};
constexpr std::array<Path, 25> paths{{
    {"iam", "createpolicyversion", "iam:CreatePolicyVersion", false, "can rewrite a policy that applies to the caller"},
    {"iam", "setdefaultpolicyversion", "iam:SetDefaultPolicyVersion", false, "can bring back an older, wider policy"},
    {"iam", "createaccesskey", "iam:CreateAccessKey", false, "can make keys of other users"},
    {"iam", "createloginprofile", "iam:CreateLoginProfile", false, "can set a password for other users"},
    {"iam", "updateloginprofile", "iam:UpdateLoginProfile", false, "can change the passwords of other users"},
    {"iam", "attachuserpolicy", "iam:AttachUserPolicy", false, "can attach any policy to the caller"},
    {"iam", "attachgrouppolicy", "iam:AttachGroupPolicy", false, "can attach any policy to a group of the caller"},
    {"iam", "attachrolepolicy", "iam:AttachRolePolicy", false, "can attach any policy to a role of the caller"},
    {"iam", "putuserpolicy", "iam:PutUserPolicy", false, "can write a policy for the caller"},
    {"iam", "putgrouppolicy", "iam:PutGroupPolicy", false, "can write a policy for a group of the caller"},
    {"iam", "putrolepolicy", "iam:PutRolePolicy", false, "can write a policy for a role of the caller"},
    {"iam", "addusertogroup", "iam:AddUserToGroup", false, "can make the caller a member of any group"},
    {"iam", "updateassumerolepolicy", "iam:UpdateAssumeRolePolicy", false, "can let the caller assume any role"},
    {"iam", "deleteuserpermissionsboundary", "iam:DeleteUserPermissionsBoundary", false, "can take the limits away"},
    {"iam", "deleterolepermissionsboundary", "iam:DeleteRolePermissionsBoundary", false, "can take the limits away"},
    {"lambda", "updatefunctioncode", "lambda:UpdateFunctionCode", false, "can run code with any function's role"},
    {"lambda", "createfunction", "lambda:CreateFunction", true, "can run code with any role that is passed"},
    {"ec2", "runinstances", "ec2:RunInstances", true, "can start instances with any role that is passed"},
    {"ecs", "registertaskdefinition", "ecs:RegisterTaskDefinition", true, "can run tasks with any role that is passed"},
    {"glue", "createdevendpoint", "glue:CreateDevEndpoint", true, "can run code with any role that is passed"},
    {"glue", "createjob", "glue:CreateJob", true, "can run code with any role that is passed"},
    {"codebuild", "createproject", "codebuild:CreateProject", true, "can run builds with any role that is passed"},
    {"cloudformation", "createstack", "cloudformation:CreateStack", true, "can make anything with a role passed to it"},
    {"sagemaker", "createnotebookinstance", "sagemaker:CreateNotebookInstance", true,
     "can run code with any role that is passed"},
    {"datapipeline", "createpipeline", "datapipeline:CreatePipeline", true,
     "can run code with any role that is passed"},
}};

/// `*`, or an ARN whose resource is everything, or everything of a type.
bool is_wide(std::string_view resource) {
    if (resource == "*") return true;
    for (int colon = 0; colon < 5; ++colon) {
        const std::size_t at = resource.find(':');
        if (at == std::string_view::npos) return false;
        resource.remove_prefix(at + 1);
    }
    if (resource == "*") return true;
    const std::size_t separator = resource.find_first_of("/:");
    return separator != std::string_view::npos && resource.substr(separator + 1) == "*";
}

bool is_on_everything(const Statement& statement) {
    return statement.resource && std::any_of(statement.resources.begin(), statement.resources.end(),
                                             [](const Value* value) { return is_wide(value->text); });
}

/// The value that allows the action on everything without a condition; null when nothing does.
const Value* find_grant(const Document& document, std::string_view prefix, std::string_view name) {
    for (const Statement& statement : document.statements) {
        const bool all = statement.denies && statement.action && statement.conditions.empty() && statement.resource &&
                         std::any_of(statement.resources.begin(), statement.resources.end(),
                                     [](const Value* value) { return value->text == "*"; });
        if (all && std::any_of(statement.actions.begin(), statement.actions.end(),
                               [&](const Action& action) { return action.covers(prefix, name); }))
            return nullptr;
    }
    for (const Statement& statement : document.statements) {
        if (!statement.allows || !statement.action || !statement.conditions.empty()) continue;
        if (!is_on_everything(statement)) continue;
        for (const Action& action : statement.actions) {
            // Who may do everything has nowhere to climb.
            if (!action.everything && action.covers(prefix, name)) return action.value;
        }
    }
    return nullptr;
}

void privilege_escalation(const Document& document, Report& report) {
    if (!document.is_identity_like() || document.kind == DocumentKind::boundary) return;
    std::size_t actions = 0;
    for (const Statement& statement : document.statements) actions += statement.actions.size();
    if (!report.spend(actions * 64 * paths.size())) return;
    const bool passes_role = find_grant(document, "iam", "passrole") != nullptr;
    struct Grant {
        const Value* value;
        std::vector<const Path*> ways;
    };
    std::vector<Grant> grants;
    for (const Path& path : paths) {
        if (path.passes_role && !passes_role) continue;
        const Value* value = find_grant(document, path.prefix, path.action);
        if (!value) continue;
        const auto known =
            std::find_if(grants.begin(), grants.end(), [&](const Grant& grant) { return grant.value == value; });
        if (known == grants.end()) {
            grants.push_back({value, {&path}});
        } else {
            known->ways.push_back(&path);
        }
    }
    for (const Grant& grant : grants) {
        const Path& first = *grant.ways.front();
        const std::size_t others = grant.ways.size() - 1;
        report.add(*grant.value,
                   fmt::format("'{}' lets its holder gain more permissions: {}{} {}{}. Name resources, or demand a "
                               "permissions boundary by a condition.",
                               grant.value->text, first.name, first.passes_role ? " with iam:PassRole" : "", first.how,
                               others == 0 ? "" : fmt::format(", and {} other way{}", others, others == 1 ? "" : "s")));
    }
}

}  // namespace

std::span<const Check> escalation_checks() {
    static constexpr Check table[] = {
        {"PRIVILEGE_ESCALATION", Severity::security_warning, "The holder of the policy can gain more permissions.",
         nullptr, privilege_escalation, "best-practices.html#grant-least-privilege"},
    };
    return table;
}

}  // namespace iamlocal::lint
