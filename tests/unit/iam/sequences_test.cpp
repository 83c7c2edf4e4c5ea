// Random sequences of operations against a model that is a few maps: after each step the answer's code is the model's,
// and so is all that the account shows. In memory, in a file, and in PostgreSQL; the latter two show the same when they
// are opened again. The sequences are always the same; others, and more of them, with rapidcheck's variable:
//   RC_PARAMS="seed=7 max_success=20000" build/release/tests/unit/iam/test_iam_sequences
#include <map>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "unit/db/fixture.hpp"
#include "unit/iam/fixture.hpp"
#include "unit/property.hpp"

namespace iamlocal::iam {
namespace {

using Names = std::set<std::string>;

enum class Verb {
    create_user,
    delete_user,
    rename_user,
    create_group,
    delete_group,
    rename_group,
    add_to_group,
    remove_from_group,
    create_policy,
    delete_policy,
    attach_to_user,
    detach_from_user,
    attach_to_group,
    detach_from_group,
    put_inline,
    delete_inline,
    tag_user,
    untag_user,
    create_key,
    delete_key,
    create_role,
    delete_role,
    create_profile,
    delete_profile,
    fill_profile,
    empty_profile,
    count,
};

/// One operation; `first` and `second` are two of three names, which name users, groups and all else alike.
struct Step {
    Verb verb = Verb::create_user;
    int first = 0;
    int second = 0;
    bool capitals = false;  ///< names in requests and new names are spelled so

    [[nodiscard]] std::string name(int number) const {
        static constexpr std::string_view names[2][3] = {{"ann", "bob", "cy"}, {"ANN", "BOB", "CY"}};
        return std::string(names[capitals ? 1 : 0][number]);
    }
};

void showValue(const Step& step, std::ostream& out) {
    out << fmt::format("{{{} {} {} {}}}", static_cast<int>(step.verb), step.first, step.second, step.capitals);
}

rc::Gen<Step> step() {
    return rc::gen::build<Step>(
        rc::gen::set(&Step::verb, rc::gen::map(rc::gen::inRange(0, static_cast<int>(Verb::count)),
                                               [](int number) { return static_cast<Verb>(number); })),
        rc::gen::set(&Step::first, rc::gen::inRange(0, 3)), rc::gen::set(&Step::second, rc::gen::inRange(0, 3)),
        rc::gen::set(&Step::capitals, rc::gen::arbitrary<bool>()));
}

// The model. Everything is found by its number, which is its name without case.

struct Holder {
    std::string name;
    std::set<int> attached;
    std::map<int, std::string> inline_names;
};

struct User : Holder {
    std::map<int, std::string> tags;
    int keys = 0;
};

struct Group : Holder {
    std::set<int> members;
};

class World {
  public:
    /// Does the step, and gives the code of its answer.
    std::string perform(const Step& step) {
        const int a = step.first;
        const int b = step.second;
        switch (step.verb) {
            case Verb::create_user:
                return create(users_, a, step);
            case Verb::create_group:
                return create(groups_, a, step);
            case Verb::create_role:
                return create(roles_, a, step);
            case Verb::create_profile:
                return create(profiles_, a, step);
            case Verb::create_policy:
                if (!policies_.insert(a).second) return "EntityAlreadyExists";
                return "none";
            case Verb::delete_user: {
                if (!users_.contains(a)) return "NoSuchEntity";
                const User& user = users_[a];
                if (!groups_of(a).empty() || !user.attached.empty() || user.keys > 0 || !user.inline_names.empty())
                    return "DeleteConflict";
                users_.erase(a);
                return "none";
            }
            case Verb::delete_group:
                if (!groups_.contains(a)) return "NoSuchEntity";
                if (!groups_[a].members.empty() || !groups_[a].attached.empty()) return "DeleteConflict";
                groups_.erase(a);
                return "none";
            case Verb::rename_user: {
                const std::string code = rename(users_, a, b, step);
                if (code == "none" && a != b) {
                    for (auto& [number, group] : groups_)
                        if (group.members.erase(a) > 0) group.members.insert(b);
                }
                return code;
            }
            case Verb::rename_group:
                return rename(groups_, a, b, step);
            case Verb::add_to_group:
                if (!users_.contains(a) || !groups_.contains(b)) return "NoSuchEntity";
                groups_[b].members.insert(a);
                return "none";
            case Verb::remove_from_group:
                if (!users_.contains(a) || !groups_.contains(b)) return "NoSuchEntity";
                groups_[b].members.erase(a);  // whoever is not in the group is out of it
                return "none";
            case Verb::delete_policy:
                if (!policies_.contains(a)) return "NoSuchEntity";
                if (is_attached(users_, a) || is_attached(groups_, a)) return "DeleteConflict";
                policies_.erase(a);
                return "none";
            case Verb::attach_to_user:
                return attach(users_, a, b);
            case Verb::attach_to_group:
                return attach(groups_, a, b);
            case Verb::detach_from_user:
                return detach(users_, a, b);
            case Verb::detach_from_group:
                return detach(groups_, a, b);
            case Verb::put_inline:
                if (!users_.contains(a)) return "NoSuchEntity";
                users_[a].inline_names.try_emplace(b, step.name(b));
                return "none";
            case Verb::delete_inline:
                if (!users_.contains(a)) return "NoSuchEntity";
                return users_[a].inline_names.erase(b) > 0 ? "none" : "NoSuchEntity";
            case Verb::tag_user:
                if (!users_.contains(a)) return "NoSuchEntity";
                users_[a].tags[b] = step.name(b);
                return "none";
            case Verb::untag_user:
                if (!users_.contains(a)) return "NoSuchEntity";
                users_[a].tags.erase(b);
                return "none";
            case Verb::create_key:
                if (!users_.contains(a)) return "NoSuchEntity";
                if (users_[a].keys == 2) return "LimitExceeded";
                ++users_[a].keys;
                return "none";
            case Verb::delete_key:
                if (!users_.contains(a) || users_[a].keys == 0) return "NoSuchEntity";
                --users_[a].keys;
                return "none";
            case Verb::delete_role:
                if (!roles_.contains(a)) return "NoSuchEntity";
                for (const auto& [number, role] : roles_of_profiles_)
                    if (role == a) return "DeleteConflict";
                roles_.erase(a);
                return "none";
            case Verb::delete_profile:
                if (!profiles_.contains(a)) return "NoSuchEntity";
                if (roles_of_profiles_.contains(a)) return "DeleteConflict";
                profiles_.erase(a);
                return "none";
            case Verb::fill_profile:
                if (!profiles_.contains(a) || !roles_.contains(b)) return "NoSuchEntity";
                if (!roles_of_profiles_.try_emplace(a, b).second) return "LimitExceeded";
                return "none";
            case Verb::empty_profile: {
                if (!profiles_.contains(a) || !roles_.contains(b)) return "NoSuchEntity";
                const auto found = roles_of_profiles_.find(a);
                if (found == roles_of_profiles_.end() || found->second != b) return "NoSuchEntity";
                roles_of_profiles_.erase(found);
                return "none";
            }
            case Verb::count:
                break;
        }
        return "no such verb";
    }

    /// All there is, a line each.
    [[nodiscard]] std::string shown() const {
        std::string text;
        for (const auto& [number, user] : users_) {
            Names groups;
            for (const int group : groups_of(number)) groups.insert(groups_.at(group).name);
            Names inlined;
            for (const auto& [key, name] : user.inline_names) inlined.insert(name);
            Names tags;
            for (const auto& [key, value] : user.tags) tags.insert(Step{.capitals = false}.name(key) + "=" + value);
            text += fmt::format("user {} in {} attached {} inline {} tags {} keys {}\n", user.name, groups,
                                policy_names(user), inlined, tags, user.keys);
        }
        for (const auto& [number, group] : groups_)
            text += fmt::format("group {} attached {}\n", group.name, policy_names(group));
        for (const auto& [number, role] : roles_) text += fmt::format("role {}\n", role.name);
        for (const int policy : policies_) text += fmt::format("policy {}\n", Step{}.name(policy));
        for (const auto& [number, profile] : profiles_) {
            const auto role = roles_of_profiles_.find(number);
            text += fmt::format("profile {} of {}\n", profile.name,
                                role == roles_of_profiles_.end() ? "nobody" : roles_.at(role->second).name);
        }
        return text;
    }

  private:
    template <class Map>
    static std::string create(Map& map, int number, const Step& step) {
        const auto [at, is_new] = map.try_emplace(number);
        if (!is_new) return "EntityAlreadyExists";
        at->second.name = step.name(number);
        return "none";
    }
    /// A name that differs from the old one in case alone is taken.
    template <class Map>
    static std::string rename(Map& map, int from, int to, const Step& step) {
        const auto old = map.find(from);
        if (old == map.end()) return "NoSuchEntity";
        if (from == to) return old->second.name == step.name(to) ? "none" : "EntityAlreadyExists";
        if (map.contains(to)) return "EntityAlreadyExists";
        auto node = map.extract(old);
        node.key() = to;
        node.mapped().name = step.name(to);
        map.insert(std::move(node));
        return "none";
    }
    template <class Map>
    std::string attach(Map& map, int holder, int policy) {
        if (!map.contains(holder) || !policies_.contains(policy)) return "NoSuchEntity";
        map[holder].attached.insert(policy);
        return "none";
    }
    template <class Map>
    std::string detach(Map& map, int holder, int policy) {
        if (!map.contains(holder)) return "NoSuchEntity";
        return map[holder].attached.erase(policy) > 0 ? "none" : "NoSuchEntity";
    }
    template <class Map>
    static bool is_attached(const Map& map, int policy) {
        return std::any_of(map.begin(), map.end(),
                           [&](const auto& entry) { return entry.second.attached.contains(policy); });
    }
    [[nodiscard]] std::set<int> groups_of(int user) const {
        std::set<int> found;
        for (const auto& [number, group] : groups_)
            if (group.members.contains(user)) found.insert(number);
        return found;
    }
    static Names policy_names(const Holder& holder) {
        Names names;
        for (const int policy : holder.attached) names.insert(Step{}.name(policy));
        return names;
    }

    std::map<int, User> users_;
    std::map<int, Group> groups_;
    std::map<int, Holder> roles_;
    std::map<int, Holder> profiles_;
    std::map<int, int> roles_of_profiles_;
    std::set<int> policies_;
};

// The server.

/// Texts of all elements of that name, in order.
std::vector<std::string> texts_of(std::string_view xml, std::string_view name) {
    std::vector<std::string> found;
    const std::string open = fmt::format("<{}>", name);
    const std::string close = fmt::format("</{}>", name);
    for (std::size_t at = xml.find(open); at != std::string_view::npos; at = xml.find(open, at)) {
        at += open.size();
        found.emplace_back(xml.substr(at, xml.find(close, at) - at));
    }
    return found;
}

Names set_of(std::string_view xml, std::string_view name) {
    const std::vector<std::string> texts = texts_of(xml, name);
    return {texts.begin(), texts.end()};
}

class Server {
  public:
    explicit Server(std::unique_ptr<db::Database> database) : database_(std::move(database)) {
        database_->migrate(store::schema());
        connection_ = database_->connect();
    }

    /// From now on the caller is the root of the account of that number.
    void enter(int number) {
        account_ = AccountId(fmt::format("{:012}", number));
        caller_ = access::load_root(account_);
    }

    std::string run(std::string_view name, const std::vector<std::pair<std::string, std::string>>& members) {
        return run_operation(name, members, env_, *caller_, *connection_, now_, facts_, cache_);
    }

    /// The code of the answer to a step.
    std::string perform(const Step& step) {
        const std::string a = step.name(step.first);
        const std::string b = step.name(step.second);
        const std::string arn = arn::iam(account_, "policy", "/", "");
        const std::string policy_a = Step{}.name(step.first);
        const std::string policy_b = arn + Step{}.name(step.second);
        const std::string document =
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";
        return code_of([&] {
            switch (step.verb) {
                case Verb::create_user:
                    return run("CreateUser", {{"UserName", a}});
                case Verb::delete_user:
                    return run("DeleteUser", {{"UserName", a}});
                case Verb::rename_user:
                    return run("UpdateUser", {{"UserName", a}, {"NewUserName", b}});
                case Verb::create_group:
                    return run("CreateGroup", {{"GroupName", a}});
                case Verb::delete_group:
                    return run("DeleteGroup", {{"GroupName", a}});
                case Verb::rename_group:
                    return run("UpdateGroup", {{"GroupName", a}, {"NewGroupName", b}});
                case Verb::add_to_group:
                    return run("AddUserToGroup", {{"UserName", a}, {"GroupName", b}});
                case Verb::remove_from_group:
                    return run("RemoveUserFromGroup", {{"UserName", a}, {"GroupName", b}});
                case Verb::create_policy:
                    return run("CreatePolicy", {{"PolicyName", policy_a}, {"PolicyDocument", document}});
                case Verb::delete_policy:
                    return run("DeletePolicy", {{"PolicyArn", arn + policy_a}});
                case Verb::attach_to_user:
                    return run("AttachUserPolicy", {{"UserName", a}, {"PolicyArn", policy_b}});
                case Verb::detach_from_user:
                    return run("DetachUserPolicy", {{"UserName", a}, {"PolicyArn", policy_b}});
                case Verb::attach_to_group:
                    return run("AttachGroupPolicy", {{"GroupName", a}, {"PolicyArn", policy_b}});
                case Verb::detach_from_group:
                    return run("DetachGroupPolicy", {{"GroupName", a}, {"PolicyArn", policy_b}});
                case Verb::put_inline:
                    return run("PutUserPolicy", {{"UserName", a}, {"PolicyName", b}, {"PolicyDocument", document}});
                case Verb::delete_inline:
                    return run("DeleteUserPolicy", {{"UserName", a}, {"PolicyName", b}});
                case Verb::tag_user:
                    return run(
                        "TagUser",
                        {{"UserName", a}, {"Tags.member.1.Key", Step{}.name(step.second)}, {"Tags.member.1.Value", b}});
                case Verb::untag_user:
                    return run("UntagUser", {{"UserName", a}, {"TagKeys.member.1", Step{}.name(step.second)}});
                case Verb::create_key:
                    return run("CreateAccessKey", {{"UserName", a}});
                case Verb::delete_key:
                    return delete_key(a);
                case Verb::create_role:
                    return run("CreateRole", {{"RoleName", a}, {"AssumeRolePolicyDocument", trusting_service()}});
                case Verb::delete_role:
                    return run("DeleteRole", {{"RoleName", a}});
                case Verb::create_profile:
                    return run("CreateInstanceProfile", {{"InstanceProfileName", a}});
                case Verb::delete_profile:
                    return run("DeleteInstanceProfile", {{"InstanceProfileName", a}});
                case Verb::fill_profile:
                    return run("AddRoleToInstanceProfile", {{"InstanceProfileName", a}, {"RoleName", b}});
                case Verb::empty_profile:
                    return run("RemoveRoleFromInstanceProfile", {{"InstanceProfileName", a}, {"RoleName", b}});
                case Verb::count:
                    break;
            }
            return std::string();
        });
    }

    /// What the account's lists show, as World::shown() does.
    std::string shown() {
        std::string text;
        for (const std::string& user : texts_of(run("ListUsers", {}), "UserName")) {
            Names tags;
            const std::string tagged = run("ListUserTags", {{"UserName", user}});
            const std::vector<std::string> keys = texts_of(tagged, "Key");
            const std::vector<std::string> values = texts_of(tagged, "Value");
            for (std::size_t i = 0; i < keys.size(); ++i) tags.insert(keys[i] + "=" + values[i]);
            text += fmt::format("user {} in {} attached {} inline {} tags {} keys {}\n", user,
                                set_of(run("ListGroupsForUser", {{"UserName", user}}), "GroupName"),
                                set_of(run("ListAttachedUserPolicies", {{"UserName", user}}), "PolicyName"),
                                set_of(run("ListUserPolicies", {{"UserName", user}}), "member"), tags,
                                texts_of(run("ListAccessKeys", {{"UserName", user}}), "AccessKeyId").size());
        }
        for (const std::string& group : texts_of(run("ListGroups", {}), "GroupName"))
            text += fmt::format("group {} attached {}\n", group,
                                set_of(run("ListAttachedGroupPolicies", {{"GroupName", group}}), "PolicyName"));
        for (const std::string& role : texts_of(run("ListRoles", {}), "RoleName"))
            text += fmt::format("role {}\n", role);
        for (const std::string& policy : texts_of(run("ListPolicies", {{"Scope", "Local"}}), "PolicyName"))
            text += fmt::format("policy {}\n", policy);
        for (const std::string& profile : texts_of(run("ListInstanceProfiles", {}), "InstanceProfileName"))
            text += fmt::format(
                "profile {} of {}\n", profile,
                text_of(run("GetInstanceProfile", {{"InstanceProfileName", profile}}), "RoleName").value_or("nobody"));
        return text;
    }

  private:
    std::string delete_key(const std::string& user) {
        const std::string keys = run("ListAccessKeys", {{"UserName", user}});
        const std::string id = text_of(keys, "AccessKeyId").value_or("AKIAIOSFODNN7EXAMPLE");
        return run("DeleteAccessKey", {{"UserName", user}, {"AccessKeyId", id}});
    }

    const Instant now_{std::chrono::seconds(1'700'000'000)};
    FixedClock clock_{now_};
    SeededEntropy entropy_{1};
    Log log_{LogLevel::error, LogFormat::text, clock_, [](std::string_view) {}};
    const store::Keyring keyring_ = store::Keyring::random(entropy_);
    access::UsageRecorder usage_;
    access::UnreadableLog unreadable_{log_};
    api::Environment env_{access::Enforcement::enforce, entropy_, keyring_, usage_, log_, unreadable_};
    std::unique_ptr<db::Database> database_;
    std::unique_ptr<db::Connection> connection_;
    policy::Cache cache_;
    AccountId account_;
    std::shared_ptr<const access::Identity> caller_;
    access::RequestFacts facts_{.time = std::chrono::floor<std::chrono::seconds>(now_),
                                .region = "us-east-1",
                                .peer = "192.0.2.7",
                                .user_agent = "tester/1",
                                .referer = ""};
};

class Sequences : public testing::TestWithParam<db::Storage> {
  protected:
    /// Each statement goes to another process and back where the database is a server.
    static int cases() { return GetParam() == db::Storage::postgresql ? 200 : 2000; }
};

TEST_P(Sequences, LeaveWhatTheModelSays) {
    const db::Place place(GetParam());
    std::vector<std::string> left;  // in each account, by its number
    {
        Server server(place.open());
        check_property(cases(), 20261128, [&] {
            const auto steps = *rc::gen::resize(40, rc::gen::container<std::vector<Step>>(step()));
            World world;
            server.enter(static_cast<int>(left.size()));
            left.emplace_back();
            for (const Step& taken : steps) {
                RC_ASSERT(server.perform(taken) == world.perform(taken));
                RC_ASSERT(server.shown() == world.shown());
            }
            left.back() = world.shown();
        });
    }
    if (GetParam() == db::Storage::memory) return;
    Server restarted(place.open());
    for (std::size_t number = 0; number < left.size(); ++number) {
        restarted.enter(static_cast<int>(number));
        ASSERT_EQ(restarted.shown(), left[number]) << "account " << number;
    }
}

INSTANTIATE_TEST_SUITE_P(Databases, Sequences,
                         testing::Values(db::Storage::memory, db::Storage::file, db::Storage::postgresql), db::name_of);

}  // namespace
}  // namespace iamlocal::iam
