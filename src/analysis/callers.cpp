#include "analysis/callers.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "analysis/likely_names.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "policy/caller.hpp"

namespace iamlocal::analysis {
namespace {

using policy::Principal;
using policy::PrincipalKind;

constexpr std::size_t most_callers = 4000;
constexpr std::size_t most_of_a_class = 6;
constexpr std::size_t most_strangers_of_a_class = 16;

/// What the principals of the documents name.
struct Named {
    std::set<std::pair<std::string, std::string>> accounts;                      ///< partition and id
    std::set<std::string> bare_accounts;                                         ///< ids without a partition: of any
    std::map<std::pair<std::string, std::string>, std::set<std::string>> users;  ///< `user/…` of an account
    std::map<std::pair<std::string, std::string>, std::set<std::string>> roles;  ///< `role/…`
    std::map<std::pair<std::string, std::string>, std::set<std::string>> role_sessions;  ///< `role name/session`
    std::map<std::pair<std::string, std::string>, std::set<std::string>> federated;      ///< names of federated users
    std::set<std::string> ids;
    std::set<std::string> services;
    std::set<std::string> providers;

    void add(const PrincipalName& name) {
        if (name.type == "Service") services.insert(name.text);
        if (name.type == "Federated") providers.insert(name.text);
        if (name.type != "AWS") return;
        if (ids::is_account_id(name.text)) bare_accounts.insert(name.text);
        const auto parts = ArnParts::split(name.text);
        if (!parts) {
            if (ids::is_unique_id(name.text)) ids.insert(name.text);
            return;
        }
        const std::pair<std::string, std::string> account{parts->part[1], parts->part[4]};
        if (!ids::is_account_id(account.second)) return;
        accounts.insert(account);
        const std::string_view resource = parts->part[5];
        if (resource.starts_with("user/")) users[account].insert(std::string(resource.substr(5)));
        if (resource.starts_with("role/")) roles[account].insert(std::string(resource.substr(5)));
        if (resource.starts_with("assumed-role/")) role_sessions[account].insert(std::string(resource.substr(13)));
        if (resource.starts_with("federated-user/")) federated[account].insert(std::string(resource.substr(15)));
    }
};

/// Makes the callers, with all that tells them apart.
class CallerMaker {
  public:
    explicit CallerMaker(const Named& named) : named_(named) {}

    std::vector<Principal> make(const std::string& stranger) {
        auto accounts = named_.accounts;
        accounts.insert({"aws", stranger});
        // Of a bare account there are callers in every partition, those that no statement names among them.
        std::set<std::string> partitions{"aws", "aws-unnamed"};
        for (const auto& account : named_.accounts) partitions.insert(account.first);
        for (const std::string& id : named_.bare_accounts)
            for (const std::string& partition : partitions) accounts.insert({partition, id});
        callers_.emplace_back();  // anonymous
        for (const auto& account : accounts) make_of(account);
        auto services = named_.services;
        services.insert("example.amazonaws.com");
        for (const std::string& service : services) {
            Principal caller;
            caller.kind = PrincipalKind::service;
            caller.arn = service;
            add(std::move(caller));
        }
        auto providers = named_.providers;
        providers.insert(fmt::format("arn:aws:iam::{}:oidc-provider/idp.example.com", stranger));
        providers.insert(fmt::format("arn:aws:iam::{}:saml-provider/example", stranger));
        for (const std::string& provider : providers) {
            for (const PrincipalKind kind : {PrincipalKind::web_identity, PrincipalKind::saml}) {
                Principal caller;
                caller.kind = kind;
                caller.provider = caller.arn = provider;
                add(std::move(caller));
            }
        }
        return std::move(callers_);
    }
    bool has_all() const { return callers_.size() <= most_callers && has_all_; }

  private:
    using Account = std::pair<std::string, std::string>;

    template <class Map>
    static std::set<std::string> of(const Map& map, const Account& account) {
        const auto found = map.find(account);
        return found == map.end() ? std::set<std::string>() : found->second;
    }

    void add(Principal caller) {
        if (callers_.size() < most_callers)
            callers_.push_back(std::move(caller));
        else
            has_all_ = false;
    }

    /// The caller, with every id that statements name and without.
    void add_with_ids(Principal caller) {
        add(caller);
        for (const std::string& id : named_.ids) {
            caller.unique_id = id;
            add(caller);
        }
    }

    void make_of(const Account& account) {
        const auto arn = [&](std::string_view service, std::string_view resource) {
            return fmt::format("arn:{}:{}::{}:{}", account.first, service, account.second, resource);
        };
        auto users = of(named_.users, account);
        users.insert("example-user");
        auto federated = of(named_.federated, account);
        federated.insert("example");
        for (const std::string& user : users) {
            Principal caller;
            caller.kind = PrincipalKind::user;
            caller.arn = arn("iam", "user/" + user);
            caller.account = account.second;
            add_with_ids(caller);
            for (const std::string& name : federated) {
                Principal session = caller;
                session.kind = PrincipalKind::federated_user;
                session.user_arn = caller.arn;
                session.arn = arn("sts", "federated-user/" + name);
                add_with_ids(std::move(session));
            }
        }
        auto roles = of(named_.roles, account);
        roles.insert("example-role");
        const auto sessions = of(named_.role_sessions, account);
        for (const std::string& session : sessions) {
            const std::string role = session.substr(0, session.find('/'));
            const bool known = std::any_of(roles.begin(), roles.end(), [&](const std::string& path) {
                return path.substr(path.rfind('/') + 1) == role;
            });
            if (!known) roles.insert(role);
        }
        for (const std::string& role : roles) {
            const std::string name = role.substr(role.rfind('/') + 1);
            std::set<std::string> names{name + "/example"};
            for (const std::string& session : sessions)
                if (session.starts_with(name + "/")) names.insert(session);
            for (const std::string& session : names) {
                Principal caller;
                caller.kind = PrincipalKind::role_session;
                caller.arn = arn("sts", "assumed-role/" + session);
                caller.account = account.second;
                caller.role_arn = arn("iam", "role/" + role);
                add_with_ids(caller);
                for (const std::string& provider : named_.providers) {
                    caller.provider = provider;
                    add_with_ids(caller);
                }
            }
        }
        Principal root;
        root.kind = PrincipalKind::root;
        root.arn = arn("iam", "root");
        root.account = account.second;
        add(std::move(root));
    }

    const Named& named_;
    std::vector<Principal> callers_;
    bool has_all_ = true;
};

/// The pattern of an ARN with an account in the place of one that it leaves open.
std::string with_account(const std::string& value, const std::string& account) {
    const auto parts = ArnParts::split(value);
    if (!parts || parts->part[4].find_first_of("*?") == std::string_view::npos) return value;
    const auto at = static_cast<std::size_t>(parts->part[4].data() - value.data());
    return std::string(value).replace(at, parts->part[4].size(), account);
}

/// Callers whom conditions ask for by name. `account`: where ARNs leave theirs open; empty: one that is made up.
void add_wanted(const Model& model, const std::string& account, std::vector<Principal>& callers) {
    VariableNames none;
    for (const Box& box : model.boxes()) {
        for (const auto& atom : box.atoms) {
            const std::string& key = atom->condition.key;
            if (key != "aws:principalarn" && key != "aws:principalaccount" && key != "aws:principalservicename")
                continue;
            for (const std::string& value : atom->values) {
                const TextPattern pattern = TextPattern::glob(account.empty() ? value : with_account(value, account),
                                                              atom->condition.name.op->wildcards, false, none);
                for (const std::string& text : likely_texts({{pattern}, false}))
                    if (auto caller = policy::parse_caller(text)) callers.push_back(*std::move(caller));
                if (key == "aws:principalaccount" && ids::is_account_id(value))
                    if (auto caller = policy::parse_caller(fmt::format("arn:aws:iam::{}:user/example-user", value)))
                        callers.push_back(*std::move(caller));
            }
        }
    }
}

/// The callers by which statements name them, so many of each class.
std::vector<Callers> told_apart(std::vector<Principal> callers, std::span<const Model* const> models,
                                std::size_t most) {
    std::vector<Callers> classes;
    std::map<std::vector<bool>, std::size_t> places;
    for (Principal& caller : callers) {
        std::vector<bool> signature;
        for (const Model* model : models)
            for (const Box& box : model->boxes()) signature.push_back(model->names_principal(box, caller));
        const auto [place, is_new] = places.try_emplace(std::move(signature), classes.size());
        if (is_new) classes.emplace_back();
        Callers& alike = classes[place->second];
        if (alike.size() < most) alike.push_back(std::move(caller));
    }
    return classes;
}

/// An account that no statement names.
std::string unnamed_account(std::span<const Model* const> models) {
    std::set<std::string, std::less<>> named;
    const auto add = [&](const std::string& text) {
        const auto parts = ArnParts::split(text);
        named.emplace(parts ? parts->part[4] : text);
    };
    for (const Model* model : models) {
        for (const Box& box : model->boxes()) {
            for (const PrincipalName& name : box.principals) add(name.text);
            for (const std::string& resource : box.resources) add(resource);
            for (const auto& atom : box.atoms)
                for (const std::string& value : atom->values) add(value);
        }
    }
    constexpr std::uint64_t first = 999'999'999'999;
    constexpr std::uint64_t step = 111'111'111'111;
    std::uint64_t account = first;
    while (named.contains(fmt::format("{:012}", account))) account -= account > step ? step : 1;
    return fmt::format("{:012}", account);
}

}  // namespace

CallerClasses caller_classes(std::span<const Model* const> models) {
    CallerClasses made;
    const bool by_principal =
        std::any_of(models.begin(), models.end(), [](const Model* model) { return model->has_principals(); });
    if (!by_principal) {
        Principal caller = *policy::parse_caller(fmt::format("arn:aws:iam::{}:user/caller", example_account));
        made.classes.push_back({std::move(caller)});
        return made;
    }
    Named named;
    for (const Model* model : models)
        for (const Box& box : model->boxes())
            for (const PrincipalName& name : box.principals) named.add(name);
    CallerMaker maker(named);
    // Those whom conditions want come first in their classes.
    std::vector<Principal> callers;
    for (const Model* model : models) add_wanted(*model, {}, callers);
    for (Principal& caller : maker.make(unnamed_account(models))) callers.push_back(std::move(caller));
    made.are_all = maker.has_all();
    made.classes = told_apart(std::move(callers), models, most_of_a_class);
    return made;
}

CallerClasses stranger_classes(const Model& model) {
    const Model* const models[] = {&model};
    const std::string account = unnamed_account(models);
    // No ids and providers that statements name: whoever has these is somebody in particular.
    const Named nobody;
    std::vector<Principal> callers = CallerMaker(nobody).make(account);
    add_wanted(model, account, callers);
    std::erase_if(callers, [&](const Principal& caller) {
        return caller.kind != PrincipalKind::anonymous && caller.account != account;
    });
    return {told_apart(std::move(callers), models, most_strangers_of_a_class), true};
}

}  // namespace iamlocal::analysis
