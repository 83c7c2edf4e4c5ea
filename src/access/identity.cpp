#include "access/identity.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "store/account.hpp"
#include "store/groups.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"

namespace iamlocal::access {
namespace {

void set_tag(std::vector<store::Tag>& tags, const std::string& key, const std::string& value) {
    const auto found = std::find_if(tags.begin(), tags.end(),
                                    [&](const store::Tag& tag) { return equals_ignoring_case(tag.key, key); });
    if (found == tags.end())
        tags.push_back({key, value});
    else
        *found = {key, value};
}

std::string owner_of(const Identity& identity, db::Transaction& tx, const std::string& group_name) {
    if (group_name.empty()) return identity.arn;
    const std::optional<store::Group> group = store::groups::find(tx, identity.account, group_name);
    return arn::iam(identity.account, "group", group ? group->path : "/", group_name);
}

void add_policy(Identity& identity, PolicyList& list, db::Transaction& tx, policy::Cache& cache,
                store::GrantedPolicy granted, policy::DocumentKind kind) {
    const std::string group = granted.group;
    if (list.add(cache, std::move(granted), kind)) return;
    const policy::SourcedPolicy& added = list.view().back();
    identity.unreadable.push_back(
        {identity.account, owner_of(identity, tx, group), std::string(added.name), kind, std::string(added.text)});
}

void add_policies(Identity& identity, db::Transaction& tx, policy::Cache& cache, store::PrincipalPolicies policies) {
    for (store::GrantedPolicy& granted : policies.identity)
        add_policy(identity, identity.identity_policies, tx, cache, std::move(granted), policy::DocumentKind::identity);
    if (!policies.boundary) return;
    identity.boundary.emplace();
    for (store::GrantedPolicy& granted : *policies.boundary)
        add_policy(identity, *identity.boundary, tx, cache, std::move(granted), policy::DocumentKind::boundary);
}

void add_session_policies(Identity& identity, db::Transaction& tx, policy::Cache& cache) {
    const auth::SessionClaims& claims = *identity.session;
    if (!claims.policy && claims.policy_arns.empty()) return;
    PolicyList& session_policies = identity.session_policies.emplace();
    if (claims.policy)
        add_policy(identity, session_policies, tx, cache,
                   {store::PolicyOrigin::inlined, "session policy", {}, {}, *claims.policy, {}},
                   policy::DocumentKind::session);
    for (const std::string& arn : claims.policy_arns) {
        const auto managed = store::policies::find(tx, identity.account, arn);
        const auto version =
            managed ? store::policies::find_version(tx, identity.account, arn, managed->default_version) : std::nullopt;
        if (!version) {
            session_policies.add_missing(arn);
            identity.unreadable.push_back({identity.account, identity.arn, arn, policy::DocumentKind::session, {}});
            continue;
        }
        add_policy(identity, session_policies, tx, cache,
                   {store::PolicyOrigin::customer_managed, managed->name, arn, {}, version->document, {}},
                   policy::DocumentKind::session);
    }
}

/// One policy that limits everything else.
void add_layer(Identity& identity, db::Transaction& tx, policy::Cache& cache, std::string name, std::string document) {
    PolicyList& layer = *identity.scope_down.emplace_back(std::make_unique<PolicyList>());
    add_policy(identity, layer, tx, cache,
               {store::PolicyOrigin::inlined, std::move(name), {}, {}, std::move(document), {}},
               policy::DocumentKind::session);
    identity.scope_down_views.push_back(layer.view());
}

/// What was delegated, and what the session was scoped down by.
void add_layers(Identity& identity, db::Transaction& tx, policy::Cache& cache) {
    const auth::SessionClaims& claims = *identity.session;
    if (!claims.delegated_policy.empty()) add_layer(identity, tx, cache, "delegated policy", claims.delegated_policy);
    for (std::size_t i = 0; i < claims.scope_down.size(); ++i)
        add_layer(identity, tx, cache, fmt::format("scope-down policy {}", i + 1), claims.scope_down[i]);
}

std::shared_ptr<Identity> user_identity(db::Transaction& tx, policy::Cache& cache, const AccountId& account,
                                        std::string_view user_id) {
    const std::optional<store::User> user = store::users::find_by_id(tx, account, user_id);
    if (!user) return nullptr;
    auto identity = std::make_shared<Identity>();
    identity->account = account;
    identity->arn = arn::iam(account, "user", user->path, user->name);
    identity->user_id = user->id;
    identity->user_name = user->name;
    identity->principal_id = user->id;
    identity->principal.kind = policy::PrincipalKind::user;
    identity->principal.arn = identity->arn;
    identity->principal.account = account.str();
    identity->principal.unique_id = user->id;
    identity->tags = store::tags::all(tx, account, user->id);
    add_policies(*identity, tx, cache, store::load_user_policies(tx, account, user->id));
    return identity;
}

std::shared_ptr<Identity> role_identity(db::Transaction& tx, policy::Cache& cache, auth::SessionClaims claims) {
    const std::optional<store::Role> role = store::roles::find_by_id(tx, claims.account, claims.principal_id);
    if (!role) return nullptr;
    auto identity = std::make_shared<Identity>();
    identity->account = claims.account;
    identity->arn = arn::iam(claims.account, "role", role->path, role->name);
    identity->user_id = role->id + ":" + claims.session_name;
    identity->principal_id = role->id;
    identity->principal.kind = policy::PrincipalKind::role_session;
    identity->principal.arn = arn::assumed_role(claims.account, role->name, claims.session_name);
    identity->principal.account = claims.account.str();
    identity->principal.unique_id = role->id;
    identity->principal.role_arn = identity->arn;
    identity->tags = store::tags::all(tx, claims.account, role->id);
    for (const auto& [key, value] : claims.tags) set_tag(identity->tags, key, value);
    identity->federation = std::move(claims.federation);
    if (identity->federation) identity->principal.provider = identity->federation->provider;
    identity->session = std::move(claims);
    add_policies(*identity, tx, cache, store::load_role_policies(tx, identity->account, role->id));
    return identity;
}

std::string alias_of(db::Transaction& tx, const AccountId& account) {
    return store::account::find_alias(tx, account).value_or(std::string());
}

std::shared_ptr<Identity> root_identity(const AccountId& account, std::string alias) {
    auto identity = std::make_shared<Identity>();
    identity->account = account;
    identity->arn = arn::root(account);
    identity->user_id = account.str();
    identity->principal.kind = policy::PrincipalKind::root;
    identity->principal.arn = identity->arn;
    identity->principal.account = account.str();
    identity->principal.unique_id = account.str();
    identity->account_alias = std::move(alias);
    return identity;
}

/// Temporary credentials of the user's or root's own.
std::shared_ptr<Identity> own_identity(db::Transaction& tx, policy::Cache& cache, auth::SessionClaims claims) {
    std::shared_ptr<Identity> identity = claims.kind == auth::SessionKind::root
                                             ? root_identity(claims.account, alias_of(tx, claims.account))
                                             : user_identity(tx, cache, claims.account, claims.principal_id);
    if (!identity) return nullptr;
    // What root has delegated is less than root.
    if (claims.kind == auth::SessionKind::user || !claims.delegated_policy.empty()) {
        identity->principal.kind = policy::PrincipalKind::user_session;
        identity->principal.user_arn = identity->principal.arn;
    }
    identity->session = std::move(claims);
    return identity;
}

/// Somebody whom a user, or root, vouches for: as the user, with a name and tags of the session's.
std::shared_ptr<Identity> federated_identity(db::Transaction& tx, policy::Cache& cache, auth::SessionClaims claims) {
    std::shared_ptr<Identity> identity = claims.principal_id.empty()
                                             ? root_identity(claims.account, {})
                                             : user_identity(tx, cache, claims.account, claims.principal_id);
    if (!identity) return nullptr;
    identity->principal.kind = policy::PrincipalKind::federated_user;
    identity->principal.user_arn = identity->arn;
    identity->arn = arn::federated_user(claims.account, claims.session_name);
    identity->principal.arn = identity->arn;
    identity->user_id = (claims.account.str() + ":").append(claims.session_name);
    identity->user_name.clear();
    for (const auto& [key, value] : claims.tags) set_tag(identity->tags, key, value);
    identity->session = std::move(claims);
    return identity;
}

/// Root of an account, for one task: its policy takes away.
std::shared_ptr<Identity> root_task_identity(db::Transaction& tx, auth::SessionClaims claims) {
    std::shared_ptr<Identity> identity = root_identity(claims.account, alias_of(tx, claims.account));
    identity->session = std::move(claims);
    return identity;
}

std::shared_ptr<Identity> session_identity(db::Transaction& tx, policy::Cache& cache, auth::SessionClaims claims) {
    switch (claims.kind) {
        case auth::SessionKind::role:
            return role_identity(tx, cache, std::move(claims));
        case auth::SessionKind::user:
        case auth::SessionKind::root:
            return own_identity(tx, cache, std::move(claims));
        case auth::SessionKind::federated_user:
            return federated_identity(tx, cache, std::move(claims));
        case auth::SessionKind::root_task:
            return root_task_identity(tx, std::move(claims));
    }
    return nullptr;
}

}  // namespace

bool PolicyList::add(policy::Cache& cache, store::GrantedPolicy source, policy::DocumentKind kind,
                     std::string_view target) {
    const policy::CompiledDocument& document = *documents_.emplace_back(cache.get(source.text(), kind));
    std::string().swap(source.stored_text);
    const auto& kept = *sources_.emplace_back(std::make_unique<const store::GrantedPolicy>(std::move(source)));
    list_.push_back({document.compiled(), kept.name, kept.arn, document.text, target.empty() ? kept.group : target});
    if (document.compiled() == nullptr) return false;
    required_ |= RequiredFacts::of(*document.compiled());
    return true;
}

void PolicyList::add_missing(std::string name) {
    store::GrantedPolicy source;
    source.name = std::move(name);
    const auto& kept = *sources_.emplace_back(std::make_unique<const store::GrantedPolicy>(std::move(source)));
    list_.push_back({nullptr, kept.name, {}});
}

bool Identity::has_roots_arn() const { return arn == arn::root(account); }

policy::PolicySet Identity::policies() const {
    policy::PolicySet set;
    set.identity = identity_policies.view();
    if (boundary) set.boundary = boundary->view();
    if (session_policies) set.session = session_policies->view();
    set.scope_down = scope_down_views;
    return set;
}

RequiredFacts Identity::required_facts() const {
    RequiredFacts required = identity_policies.required_facts();
    if (boundary) required |= boundary->required_facts();
    if (session_policies) required |= session_policies->required_facts();
    for (const auto& layer : scope_down) required |= layer->required_facts();
    return required;
}

std::size_t Identity::text_bytes() const {
    std::size_t bytes = 0;
    policy::each_list(policies(), [&](policy::Policies list) {
        for (const policy::SourcedPolicy& source : list)
            if (!source.arn.starts_with("arn:aws:iam::aws:")) bytes += source.text.size();
    });
    return bytes;
}

std::shared_ptr<const Identity> anonymous() {
    static const auto nobody = std::make_shared<const Identity>();
    return nobody;
}

std::shared_ptr<const Identity> federating(policy::PrincipalKind kind, auth::Federation federation,
                                           StatedSession stated) {
    auto identity = std::make_shared<Identity>();
    identity->principal.kind = kind;
    identity->principal.arn = federation.provider;
    identity->principal.provider = federation.provider;
    identity->federation = std::move(federation);
    identity->stated = std::move(stated);
    return identity;
}

std::shared_ptr<const Identity> load_root(const AccountId& account) { return root_identity(account, {}); }

std::shared_ptr<const Identity> load_root(db::Transaction& tx, const AccountId& account) {
    return root_identity(account, alias_of(tx, account));
}

std::shared_ptr<const Identity> load_user(db::Transaction& tx, policy::Cache& cache, const AccountId& account,
                                          std::string_view user_id) {
    return user_identity(tx, cache, account, user_id);
}

std::shared_ptr<const Identity> load_session(db::Transaction& tx, policy::Cache& cache, auth::SessionClaims claims) {
    std::shared_ptr<Identity> identity = session_identity(tx, cache, std::move(claims));
    if (!identity) return nullptr;
    add_session_policies(*identity, tx, cache);
    add_layers(*identity, tx, cache);
    return identity;
}

}  // namespace iamlocal::access
