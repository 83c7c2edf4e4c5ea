// Who signed a request: principal, tags, session and compiled policies, loaded once and kept until the account changes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/required_facts.hpp"
#include "access/unreadable.hpp"
#include "auth/session_token.hpp"
#include "base/clock.hpp"
#include "base/named.hpp"
#include "policy/cache.hpp"
#include "policy/decide.hpp"
#include "store/keyring.hpp"
#include "store/principals.hpp"
#include "store/tags.hpp"

namespace iamlocal::access {

/// Compiled documents with the names that decisions and messages need. Views point into `sources`, so it cannot be
/// copied or moved once built.
class PolicyList {
  public:
    PolicyList() = default;
    PolicyList(const PolicyList&) = delete;
    PolicyList& operator=(const PolicyList&) = delete;

    /// A text that does not parse becomes a policy that denies everything: a broken Deny must not turn into an allow.
    /// Returns whether it could be read. `target`: what an organization's policy is attached to; must outlive the list.
    bool add(policy::Cache& cache, store::GrantedPolicy source, policy::DocumentKind kind,
             std::string_view target = {});
    /// Adds a policy that is named but does not exist any more; it denies, too.
    void add_missing(std::string name);
    std::span<const policy::SourcedPolicy> view() const { return list_; }
    /// What its policies ask for.
    RequiredFacts required_facts() const { return required_; }

  private:
    std::vector<std::unique_ptr<const store::GrantedPolicy>> sources_;        ///< their texts are in documents_
    std::vector<std::shared_ptr<const policy::CompiledDocument>> documents_;  ///< shared with the worker's cache
    std::vector<policy::SourcedPolicy> list_;
    RequiredFacts required_;
};

/// What an identity provider says of the session that somebody asks for, beside who that is.
struct StatedSession {
    std::string assertion_id;  ///< of SAML; empty: it was a token
    std::vector<store::Tag> tags;
    std::vector<std::string> transitive_tag_keys;
    std::string source_identity;  ///< empty: none
};

/// An authenticated principal. Immutable once loaded.
struct Identity {
    policy::Principal principal;
    AccountId account;
    std::string user_id;  ///< aws:userid and UserId of GetCallerIdentity: AIDA…, AROA…:session, the account for root
    std::string user_name;         ///< of users and their sessions, else empty
    std::string account_alias;     ///< where the ARN is root's; empty: the account has none
    std::string principal_id;      ///< unique id of the user, also of one who federates, or the role; empty for root
    std::string arn;               ///< aws:PrincipalArn: for role sessions the role's ARN with its path
    std::vector<store::Tag> tags;  ///< of the user or role, session tags on top
    std::optional<auth::SessionClaims> session;
    std::optional<auth::Federation> federation;  ///< what an identity provider has said, now or when the session began
    std::optional<StatedSession> stated;         ///< of who shows the word of an identity provider

    PolicyList identity_policies;
    /// An empty list allows nothing: a boundary whose policy is gone. nullopt: nothing limits the caller this way.
    std::optional<PolicyList> boundary;
    std::optional<PolicyList> session_policies;
    /// What the session was narrowed by after it began; each must allow.
    std::vector<std::unique_ptr<PolicyList>> scope_down;
    std::vector<policy::Policies> scope_down_views;

    std::vector<UnreadableDocument> unreadable;  ///< which of these could not be read, for the log

    bool is_root() const { return principal.kind == policy::PrincipalKind::root; }
    /// Root, or somebody whom root has delegated to.
    bool has_roots_arn() const;
    bool is_role_session() const { return principal.kind == policy::PrincipalKind::role_session; }
    /// Everything of it that has a say in decisions. Root has no policies of its own.
    policy::PolicySet policies() const;
    /// What its policies ask for.
    RequiredFacts required_facts() const;
    /// How many bytes the texts of its policies have, without AWS's own: they are few, and all workers share them.
    std::size_t text_bytes() const;
};

/// The caller of an operation that takes unsigned requests.
std::shared_ptr<const Identity> anonymous();
/// Who shows the word of an identity provider: of no account, and known by that word alone. `kind`: web_identity or
/// saml. `federation`: with all keys that a trust policy may ask for.
std::shared_ptr<const Identity> federating(policy::PrincipalKind kind, auth::Federation federation,
                                           StatedSession stated = {});

/// Loads the identity of a user or of root with long-term keys; null if the user does not exist any more. Without a
/// transaction root lacks the account's alias, which the trail alone shows.
std::shared_ptr<const Identity> load_root(const AccountId& account);
std::shared_ptr<const Identity> load_root(db::Transaction& tx, const AccountId& account);
std::shared_ptr<const Identity> load_user(db::Transaction& tx, policy::Cache& cache, const AccountId& account,
                                          std::string_view user_id);
/// Loads who a session belongs to; null if its role or user does not exist any more.
std::shared_ptr<const Identity> load_session(db::Transaction& tx, policy::Cache& cache, auth::SessionClaims claims);

}  // namespace iamlocal::access
