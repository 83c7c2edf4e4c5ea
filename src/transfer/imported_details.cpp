#include <string>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "catalogue/managed_policies.hpp"
#include "catalogue/service_linked_roles.hpp"
#include "transfer/seed_draft.hpp"

namespace iamlocal::transfer {
namespace {

constexpr std::string_view service_role_path = "/aws-service-role/";
constexpr std::string_view reserved_path = "/aws-reserved/";

/// What AWS always prints. Throws Json::exception where it is not there.
std::string required_text(const Json& object, const char* member) { return object.at(member).get<std::string>(); }

/// Null where it is not there.
const Json& member_of(const Json& object, const char* member) {
    static const Json none;
    const auto found = object.find(member);
    return found != object.end() ? *found : none;
}

/// The list that list_of() gives, to take things out of it; null where it is not there.
Json* own_list_of(Json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_array() ? &*found : nullptr;
}

/// Paths are left out where they are `/`.
Json thing_at(const Json& object) {
    Json thing = Json::object();
    const std::string path = text_of(object, "Path");
    if (!path.empty() && path != "/") thing["path"] = path;
    return thing;
}

void put_inline_policies(Json& thing, Json* policies) {
    if (policies == nullptr) return;
    for (Json& policy : *policies)
        thing["inline_policies"][required_text(policy, "PolicyName")] =
            document_of(std::move(policy.at("PolicyDocument")));
}

/// Whether a policy can be attached: AWS has some that the catalogue does not know.
bool is_known(const std::string& arn) {
    return !catalogue::managed_policies::is_aws_arn(arn) || catalogue::managed_policies::find(arn) != nullptr;
}

void put_attached_policies(SeedDraft& draft, Json& thing, const Json& object) {
    for (const Json& attached : list_of(object, "AttachedManagedPolicies")) {
        const std::string arn = required_text(attached, "PolicyArn");
        if (is_known(arn))
            thing["attached_policies"].push_back(arn);
        else
            draft.remark("AWS's policy is not known here, and not attached", arn);
    }
}

void put_boundary(SeedDraft& draft, Json& thing, const Json& object, const std::string& whose) {
    const auto boundary = object.find("PermissionsBoundary");
    if (boundary == object.end()) return;
    const std::string arn = text_of(*boundary, "PermissionsBoundaryArn");
    if (is_known(arn)) {
        thing["permissions_boundary"] = arn;
        return;
    }
    // Without it the seed would allow more than the account does.
    draft.remark("The boundary is a policy of AWS's that is not known here: what it limits is allowed in the seed",
                 whose);
}

void import_user(SeedDraft& draft, Json& user) {
    const std::string name = required_text(user, "UserName");
    Json thing = thing_at(user);
    for (const Json& group : list_of(user, "GroupList")) thing["groups"].push_back(group);
    put_inline_policies(thing, own_list_of(user, "UserPolicyList"));
    put_attached_policies(draft, thing, user);
    put_boundary(draft, thing, user, name);
    put_tags(thing, user);
    draft.add("users", name, std::move(thing));
}

void import_group(SeedDraft& draft, Json& group) {
    Json thing = thing_at(group);
    put_inline_policies(thing, own_list_of(group, "GroupPolicyList"));
    put_attached_policies(draft, thing, group);
    draft.add("groups", required_text(group, "GroupName"), std::move(thing));
}

void import_instance_profiles(SeedDraft& draft, const Json& role) {
    for (const Json& profile : list_of(role, "InstanceProfileList")) {
        Json thing = thing_at(profile);
        thing["role"] = required_text(role, "RoleName");
        put_tags(thing, profile);
        draft.add("instance_profiles", required_text(profile, "InstanceProfileName"), std::move(thing));
    }
}

/// A role that a service has: it is made by the service's name, and what is behind its own name.
void import_service_linked_role(SeedDraft& draft, const Json& role, std::string_view path) {
    const std::string name = required_text(role, "RoleName");
    const std::string service(path.substr(service_role_path.size(), path.size() - service_role_path.size() - 1));
    const catalogue::ServiceLinkedRole* const known = catalogue::service_linked_roles::find(service);
    if (known == nullptr || !std::string_view(name).starts_with(known->role)) {
        draft.remark("The service's role is not known here, and left out", name);
        return;
    }
    Json thing{{"aws_service_name", service}};
    if (name.size() > known->role.size() + 1) thing["custom_suffix"] = name.substr(known->role.size() + 1);
    put_tags(thing, role);
    draft.own()["service_linked_roles"].push_back(std::move(thing));
    ++draft.things;
}

void import_role(SeedDraft& draft, Json& role) {
    const std::string name = required_text(role, "RoleName");
    const std::string path = text_of(role, "Path");
    if (path.starts_with(service_role_path)) return import_service_linked_role(draft, role, path);
    import_instance_profiles(draft, role);
    if (path.starts_with(reserved_path)) {
        draft.remark("The role is AWS's own, and left out: nobody else makes one with such a path", name);
        return;
    }
    Json thing = thing_at(role);
    thing["trust_policy"] = document_of(std::move(role.at("AssumeRolePolicyDocument")));
    if (const std::string description = text_of(role, "Description"); !description.empty())
        thing["description"] = description;
    if (role.contains("MaxSessionDuration")) thing["max_session_duration"] = role["MaxSessionDuration"];
    put_inline_policies(thing, own_list_of(role, "RolePolicyList"));
    put_attached_policies(draft, thing, role);
    put_boundary(draft, thing, role, name);
    put_tags(thing, role);
    draft.add("roles", name, std::move(thing));
}

void import_policy(SeedDraft& draft, Json& policy) {
    if (catalogue::managed_policies::is_aws_arn(text_of(policy, "Arn"))) return;
    Json thing = thing_at(policy);
    if (const std::string description = text_of(policy, "Description"); !description.empty())
        thing["description"] = description;
    Json* const versions = own_list_of(policy, "PolicyVersionList");
    if (versions != nullptr && versions->size() == 1 && required_text(versions->front(), "VersionId") == "v1") {
        thing["document"] = document_of(std::move(versions->front().at("Document")));
    } else if (versions != nullptr) {
        // AWS prints the newest first.
        for (auto version = versions->rbegin(); version != versions->rend(); ++version) {
            // Not of braces, which would copy the document.
            Json one = Json::object();
            one["version_id"] = required_text(*version, "VersionId");
            one["document"] = document_of(std::move(version->at("Document")));
            if (member_of(*version, "IsDefaultVersion") == true) one["default"] = true;
            thing["versions"].push_back(std::move(one));
        }
    }
    put_tags(thing, policy);
    draft.add("policies", required_text(policy, "PolicyName"), std::move(thing));
}

}  // namespace

bool SeedDraft::holds(const std::string& of, const char* kind, std::string_view name) const {
    const auto found = accounts.find(of);
    if (found == accounts.end()) return false;
    const auto of_kind = found->find(kind);
    return of_kind != found->end() && of_kind->contains(std::string(name));
}

std::string text_of(const Json& object, const char* member) {
    const auto found = object.find(member);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& list_of(const Json& object, const char* member) {
    static const Json none = Json::array();
    const auto found = object.find(member);
    return found != object.end() && found->is_array() ? *found : none;
}

void put_tags(Json& thing, const Json& object) {
    for (const Json& tag : list_of(object, "Tags")) thing["tags"][text_of(tag, "Key")] = text_of(tag, "Value");
}

Json document_of(Json value) {
    if (!value.is_string()) return value;
    const std::string text = value.get<std::string>();
    const bool is_encoded = text.starts_with('%');
    return Json::parse(is_encoded ? percent_decode(text, PlusIs::plus).value_or(text) : text);
}

void import_details(SeedDraft& draft, Json& page) {
    const auto each = [&](const char* member, void (*import)(SeedDraft&, Json&)) {
        if (Json* const list = own_list_of(page, member))
            for (Json& thing : *list) import(draft, thing);
    };
    each("Policies", import_policy);
    each("GroupDetailList", import_group);
    each("UserDetailList", import_user);
    each("RoleDetailList", import_role);
}

}  // namespace iamlocal::transfer
