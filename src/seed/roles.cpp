#include "store/roles.hpp"

#include <variant>

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "aws/arn.hpp"
#include "aws/error.hpp"
#include "base/encoding.hpp"
#include "catalogue/service_linked_roles.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/instance_profiles.hpp"
#include "store/role_sources.hpp"

namespace iamlocal::seed {
namespace {

constexpr Api role_api{"Role", "RoleName"};
constexpr Api profile_api{"InstanceProfile", "InstanceProfileName"};

/// What a role begins with that trusts other roles: they may not be there yet, and may trust each other.
constexpr std::string_view trusts_nobody_yet =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}})";

auto find_role(Work& work, const std::string& name) {
    return work.read([&](db::Transaction& tx) { return store::roles::find(tx, work.account(), name); });
}

/// Where a role comes from no operation changes, but that AcquireRole makes it.
void sync_source(Work& work, const store::Role& role, const One<RoleSourceSeed>& wanted) {
    if (!wanted) return;
    const store::RoleSource source{wanted.value.arn.value, wanted.value.minor_version.value, wanted.value.values.value};
    const auto present =
        work.read([&](db::Transaction& tx) { return store::role_sources::find(tx, work.account(), role.id); });
    if (present == source) return;
    if (present) work.refuse({}, "it is there already, and was made of another template", wanted.at);
    work.write([&](db::Transaction& tx) { store::role_sources::insert(tx, work.account(), role.id, source); });
}

/// Whether a stored trust policy says what is wanted. Principals are compared as they are shown.
bool is_trust(Work& work, const std::string& stored, const std::string& wanted) {
    return work.read([&](db::Transaction& tx) {
        const auto bound = access::bind_principals(tx, wanted);
        const auto* const document = std::get_if<std::string>(&bound);
        return document != nullptr &&
               are_same_documents(access::show_principals(tx, stored), access::show_principals(tx, *document));
    });
}

auto find_profile(Work& work, const std::string& name) {
    return work.read([&](db::Transaction& tx) { return store::instance_profiles::find(tx, work.account(), name); });
}

void sync_role_of_profile(Work& work, const store::InstanceProfile& profile, const Text& wanted) {
    std::optional<store::Role> present;
    if (profile.role_id)
        present = work.read(
            [&](db::Transaction& tx) { return store::roles::find_by_id(tx, work.account(), *profile.role_id); });
    if (present && wanted && equals_ignoring_case(present->name, wanted.value)) return;
    const auto named = [&] { return Arguments("InstanceProfileName", std::string_view(profile.name)); };
    if (present) work.call("RemoveRoleFromInstanceProfile", named().add("RoleName", std::string_view(present->name)));
    if (!wanted) return;
    if (!find_role(work, wanted.value))
        work.refuse("NoSuchEntity", fmt::format("The role with name {} cannot be found.", wanted.value), wanted.at);
    work.call("AddRoleToInstanceProfile", named().add("RoleName", wanted));
}

}  // namespace

void make_role(Work& work, const AccountId& account, const Named<RoleSeed>& role) {
    work.begin(account, &role, *role.name.at);
    if (find_role(work, role.name.value)) return;
    const RoleSeed& wanted = role.value;
    Arguments arguments("RoleName", role.name);
    arguments.add("Path", wanted.path).add("Description", wanted.description);
    arguments.add("MaxSessionDuration", wanted.max_session_duration).add_tags(wanted.tags.items);
    if (wanted.trust_policy.text().find(":role/") == std::string::npos)
        arguments.add("AssumeRolePolicyDocument", wanted.trust_policy, policy::DocumentKind::trust);
    else
        arguments.add("AssumeRolePolicyDocument", trusts_nobody_yet);
    work.call("CreateRole", arguments);
    work.note_created();
}

void fill_role(Work& work, const AccountId& account, const Named<RoleSeed>& role) {
    work.begin(account, &role, *role.name.at);
    const auto present = find_role(work, role.name.value);
    const RoleSeed& wanted = role.value;
    require_same_path(work, wanted.path, present->path);
    const auto named = [&] { return Arguments("RoleName", std::string_view(present->name)); };
    if (!is_trust(work, present->trust_policy, wanted.trust_policy.text()))
        work.call("UpdateAssumeRolePolicy",
                  named().add("PolicyDocument", wanted.trust_policy, policy::DocumentKind::trust));
    Arguments update = named();
    bool is_other = false;
    if (wanted.description && wanted.description.value != present->description.value_or("")) {
        update.add("Description", wanted.description);
        is_other = true;
    }
    if (wanted.description.removed != nullptr && !present->description.value_or("").empty()) {
        update.add("Description", std::string_view());
        is_other = true;
    }
    if (wanted.max_session_duration && wanted.max_session_duration.value != present->max_session_duration) {
        update.add("MaxSessionDuration", wanted.max_session_duration);
        is_other = true;
    }
    if (is_other) work.call("UpdateRole", update);
    sync_source(work, *present, wanted.acquired_from);
    const Thing thing{role_api, present->name, present->id};
    sync_tags(work, thing, wanted.tags);
    sync_policies(work, thing, wanted.policies, present->boundary_arn);
}

void sync_service_linked_role(Work& work, const AccountId& account, const ServiceLinkedRoleSeed& role) {
    work.begin(account, &role, *role.aws_service_name.at);
    const std::string& service = role.aws_service_name.value;
    std::string name;
    if (const auto* const known = catalogue::service_linked_roles::find(service))
        name =
            role.custom_suffix ? fmt::format("{}_{}", known->role, role.custom_suffix.value) : std::string(known->role);
    auto present = name.empty() ? std::nullopt : find_role(work, name);
    if (!present) {
        work.call("CreateServiceLinkedRole", Arguments("AWSServiceName", role.aws_service_name)
                                                 .add("CustomSuffix", role.custom_suffix)
                                                 .add("Description", role.description));
        work.note_created();
        present = find_role(work, name);
    } else if (role.description && role.description.value != present->description.value_or("")) {
        work.call("UpdateRole", Arguments("RoleName", std::string_view(name)).add("Description", role.description));
    } else if (role.description.removed != nullptr && !present->description.value_or("").empty()) {
        work.call("UpdateRole", Arguments("RoleName", std::string_view(name)).add("Description", std::string_view()));
    }
    sync_tags(work, {role_api, present->name, present->id}, role.tags);
}

void sync_instance_profile(Work& work, const AccountId& account, const Named<InstanceProfileSeed>& profile) {
    work.begin(account, &profile, *profile.name.at);
    const InstanceProfileSeed& wanted = profile.value;
    auto present = find_profile(work, profile.name.value);
    if (!present) {
        work.call("CreateInstanceProfile",
                  Arguments("InstanceProfileName", profile.name).add("Path", wanted.path).add_tags(wanted.tags.items));
        work.note_created();
        present = find_profile(work, profile.name.value);
    }
    require_same_path(work, wanted.path, present->path);
    if (wanted.role || wanted.role.removed != nullptr) sync_role_of_profile(work, *present, wanted.role);
    sync_tags(work, {profile_api, present->name, present->id}, wanted.tags);
}

}  // namespace iamlocal::seed
