#include "store/users.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/groups.hpp"

namespace iamlocal::seed {
namespace {

constexpr Api group_api{"Group", "GroupName"};
constexpr Api user_api{"User", "UserName"};

auto find_group(Work& work, const Text& name) {
    return work.read([&](db::Transaction& tx) { return store::groups::find(tx, work.account(), name.value); });
}

auto find_user(Work& work, const Text& name) {
    return work.read([&](db::Transaction& tx) { return store::users::find(tx, work.account(), name.value); });
}

void sync_groups(Work& work, const Text& user_name, const std::string& user_id, const Texts& wanted) {
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return store::groups::of_user(tx, work.account(), user_id, request);
    });
    for (const store::Group& group : present) {
        const bool is_wanted = std::any_of(wanted.items.begin(), wanted.items.end(), [&](const Text& name) {
            return equals_ignoring_case(name.value, group.name);
        });
        if (!is_wanted)
            work.call("RemoveUserFromGroup",
                      Arguments("GroupName", std::string_view(group.name)).add("UserName", user_name));
    }
    for (const Text& name : wanted.items) {
        const bool is_in = std::any_of(present.begin(), present.end(), [&](const store::Group& group) {
            return equals_ignoring_case(name.value, group.name);
        });
        if (is_in) continue;
        if (!find_group(work, name))
            work.refuse("NoSuchEntity", "The group with name " + name.value + " cannot be found.", name.at);
        work.call("AddUserToGroup", Arguments("GroupName", name).add("UserName", user_name));
    }
}

}  // namespace

void make_group(Work& work, const AccountId& account, const Named<GroupSeed>& group) {
    work.begin(account, &group, *group.name.at);
    if (const auto present = find_group(work, group.name)) {
        if (group.value.path && group.value.path.value != present->path)
            work.call("UpdateGroup", Arguments("GroupName", group.name).add("NewPath", group.value.path));
        return;
    }
    work.call("CreateGroup", Arguments("GroupName", group.name).add("Path", group.value.path));
    work.note_created();
}

void fill_group(Work& work, const AccountId& account, const Named<GroupSeed>& group) {
    work.begin(account, &group, *group.name.at);
    const auto present = find_group(work, group.name);
    sync_policies(work, {group_api, present->name, present->id}, group.value.policies, std::nullopt);
}

void make_user(Work& work, const AccountId& account, const Named<UserSeed>& user) {
    work.begin(account, &user, *user.name.at);
    if (const auto present = find_user(work, user.name)) {
        if (user.value.path && user.value.path.value != present->path)
            work.call("UpdateUser", Arguments("UserName", user.name).add("NewPath", user.value.path));
        return;
    }
    work.call("CreateUser",
              Arguments("UserName", user.name).add("Path", user.value.path).add_tags(user.value.tags.items));
    work.note_created();
}

void fill_user(Work& work, const AccountId& account, const Named<UserSeed>& user, const Passwords& passwords) {
    work.begin(account, &user, *user.name.at);
    const auto present = find_user(work, user.name);
    const UserSeed& wanted = user.value;
    const Thing thing{user_api, present->name, present->id};
    sync_tags(work, thing, wanted.tags);
    sync_policies(work, thing, wanted.policies, present->boundary_arn);
    if (wanted.groups) sync_groups(work, user.name, present->id, wanted.groups);
    const Owner owner{user.name, present->id};
    sync_credentials(work, owner, wanted.credentials, passwords);
    if (wanted.ssh_public_keys) sync_ssh_public_keys(work, owner, wanted.ssh_public_keys);
    if (wanted.service_specific_credentials) sync_service_credentials(work, owner, wanted.service_specific_credentials);
}

}  // namespace iamlocal::seed
