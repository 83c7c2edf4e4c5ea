// The condition keys of a request ("AWS global condition context keys"), computed when a policy asks for one: most
// requests are decided without any. Each source of keys is a provider of its own; PermissionKeys puts them together.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "access/identity.hpp"
#include "access/organization.hpp"
#include "access/target.hpp"
#include "base/clock.hpp"
#include "policy/request.hpp"

namespace iamlocal::access {

/// How a request came, whatever its protocol. Views only: of the request in work, or of what the decision log has kept.
struct RequestFacts {
    Seconds time{};
    std::string_view region;  ///< that the request counts to; IAM's always to us-east-1
    std::string_view peer;    ///< the client's address
    bool secure = false;      ///< whether TLS carried it
    std::string_view user_agent;
    std::string_view referer;
    bool to_global_sts = false;  ///< whether it came to STS's global endpoint, by the name in Host
};

/// Whether a Host header names STS's global endpoint.
[[nodiscard]] bool is_global_sts(std::string_view host);

/// The Region whose endpoint of STS a Host header names; us-east-1 for all others. It counts where nobody signs.
[[nodiscard]] std::string_view region_of_sts(std::string_view host);

/// aws:PrincipalTag/…, and what follows from the principal alone (policy::principal_key).
class PrincipalKeys final : public policy::RequestContext {
  public:
    explicit PrincipalKeys(const Identity& caller) : caller_(caller) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    const Identity& caller_;
};

/// What only temporary credentials have.
class SessionKeys final : public policy::RequestContext {
  public:
    SessionKeys(const Identity& caller, const RequestFacts& facts)
        : session_(caller.session ? &*caller.session : nullptr), facts_(facts) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    const auth::SessionClaims* session_;
    const RequestFacts& facts_;
};

/// aws:FederatedProvider, and what the identity provider has said: `idp.example.com:sub`, `saml:aud`.
class FederationKeys final : public policy::RequestContext {
  public:
    explicit FederationKeys(const Identity& caller) : caller_(caller) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    const Identity& caller_;
};

/// When, where and how the request came.
class NetworkKeys final : public policy::RequestContext {
  public:
    explicit NetworkKeys(const RequestFacts& facts) : facts_(facts) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    const RequestFacts& facts_;
};

/// The organizations of caller and resource, and whose the resource is.
class OrganizationKeys final : public policy::RequestContext {
  public:
    /// `owner`: the account of the resource, or "aws". `organization` may be null.
    OrganizationKeys(const Organization* organization, const AccountId& caller, std::string_view owner)
        : organization_(organization), caller_(caller), owner_(owner) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    const Organization* organization_;
    const AccountId& caller_;
    std::string_view owner_;
};

/// The tags that a request sets or removes, and those of the resource.
class TagKeys final : public policy::RequestContext {
  public:
    struct Sent {
        std::span<const store::Tag> tags;
        std::span<const std::string> keys;  ///< of an operation that removes tags
    };
    TagKeys(Sent sent, const ResourceTags& of_resource) : sent_(sent), of_resource_(of_resource) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    Sent sent_;
    const ResourceTags& of_resource_;
};

/// What the service itself adds: iam:PolicyARN, sts:ExternalId, s3:prefix, ….
class ServiceKeys final : public policy::RequestContext {
  public:
    explicit ServiceKeys(const RequestKeys& keys) : keys_(keys) {}
    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    const RequestKeys& keys_;
};

/// All keys of one permission that a request needs; the first provider that knows a key gives it.
class PermissionKeys final : public policy::RequestContext {
  public:
    /// What they are computed from; all must outlive the keys.
    struct Sources {
        const Identity& caller;
        const Organization* organization;  ///< null: none is declared
        const RequestFacts& facts;
        std::string_view owner;  ///< of the resource that the request acts on
        TagKeys::Sent sent;      ///< as far as the permission sees it
        const ResourceTags& tags;
        const RequestKeys& keys;
    };
    explicit PermissionKeys(const Sources& sources)
        : service_(sources.keys),
          tags_(sources.sent, sources.tags),
          principal_(sources.caller),
          session_(sources.caller, sources.facts),
          federation_(sources.caller),
          organization_(sources.organization, sources.caller.account, sources.owner),
          network_(sources.facts) {}
    PermissionKeys(const PermissionKeys&) = delete;
    PermissionKeys& operator=(const PermissionKeys&) = delete;

    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    ServiceKeys service_;
    TagKeys tags_;
    PrincipalKeys principal_;
    SessionKeys session_;
    FederationKeys federation_;
    OrganizationKeys organization_;
    NetworkKeys network_;
};

/// Whose a target is: its policy's owner, "aws" for AWS's managed policies, else the caller's account.
std::string_view owner_of(std::string_view resource, const ResourcePolicy* resource_policy, const Identity& caller);

}  // namespace iamlocal::access
