#include "lint/escalation_paths.hpp"

namespace iamlocal::lint {

std::span<const EscalationPath> escalation_paths() {
    static constexpr EscalationPath paths[] = {
        {"iam", "createpolicyversion", "iam:CreatePolicyVersion", false,
         "can rewrite a policy that applies to the caller"},
        {"iam", "setdefaultpolicyversion", "iam:SetDefaultPolicyVersion", false,
         "can bring back an older, wider policy"},
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
        {"iam", "deleteuserpermissionsboundary", "iam:DeleteUserPermissionsBoundary", false,
         "can take the limits away"},
        {"iam", "deleterolepermissionsboundary", "iam:DeleteRolePermissionsBoundary", false,
         "can take the limits away"},
        {"lambda", "updatefunctioncode", "lambda:UpdateFunctionCode", false, "can run code with any function's role"},
        {"lambda", "createfunction", "lambda:CreateFunction", true, "can run code with any role that is passed"},
        {"ec2", "runinstances", "ec2:RunInstances", true, "can start instances with any role that is passed"},
        {"ecs", "registertaskdefinition", "ecs:RegisterTaskDefinition", true,
         "can run tasks with any role that is passed"},
        {"glue", "createdevendpoint", "glue:CreateDevEndpoint", true, "can run code with any role that is passed"},
        {"glue", "createjob", "glue:CreateJob", true, "can run code with any role that is passed"},
        {"codebuild", "createproject", "codebuild:CreateProject", true, "can run builds with any role that is passed"},
        {"cloudformation", "createstack", "cloudformation:CreateStack", true,
         "can make anything with a role passed to it"},
        {"sagemaker", "createnotebookinstance", "sagemaker:CreateNotebookInstance", true,
         "can run code with any role that is passed"},
        {"datapipeline", "createpipeline", "datapipeline:CreatePipeline", true,
         "can run code with any role that is passed"},
    };
    return paths;
}

}  // namespace iamlocal::lint
