// The condition keys of a request ("AWS global condition context keys"), computed when a policy asks for one: most
// requests are decided without any.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/authorize.hpp"
#include "api/context.hpp"
#include "policy/request.hpp"

namespace iamlocal::access {

/// The tags of a resource, read when they are first asked for.
class ResourceTags {
  public:
    /// Those of the user, role, … with this unique id; none where it is empty. All must outlive this.
    ResourceTags(db::Transaction& tx, const AccountId& owner, std::string_view id)
        : tx_(&tx), owner_(&owner), id_(id) {}
    /// As they were.
    explicit ResourceTags(std::vector<store::Tag> tags) : tags_(std::move(tags)) {}

    const std::vector<store::Tag>& all() const;

  private:
    db::Transaction* tx_ = nullptr;
    const AccountId* owner_ = nullptr;
    std::string_view id_;
    mutable std::optional<std::vector<store::Tag>> tags_;
};

/// What condition keys are computed from. Views only: of the request in work, or of what the decision log has kept.
struct RequestFacts {
    const Identity& caller;
    const Organization* organization;  ///< null: none is declared
    Seconds time;
    std::string_view region;  ///< of the credential scope
    std::string_view peer;
    bool secure;                            ///< whether TLS carried it
    std::span<const http::Header> headers;  ///< User-Agent and Referer suffice
    std::string_view target;                ///< the resource that the operation acts on
    const AccountId* trust_account;         ///< owner of the role to be assumed; null: it is another operation
    std::span<const store::Tag> request_tags;
    std::span<const std::string> tag_keys;  ///< of an operation that removes tags

    static RequestFacts of(const api::Context& ctx, const Target& target);
};

/// The same of one permission that the request needs.
struct PermissionFacts {
    std::string_view action;  ///< decides the Region that IAM requests count to
    const RequestKeys& keys;
    bool iam_tags;           ///< whether resource tags are iam:ResourceTag, too
    bool sees_request_tags;  ///< whether aws:RequestTag and aws:TagKeys are there for it
};

class RequestContext final : public policy::Context {
  public:
    /// What the facts refer to must outlive this.
    RequestContext(const RequestFacts& request, const PermissionFacts& permission, ResourceTags tags)
        : request_(request), permission_(permission), tags_(std::move(tags)) {}
    /// For what the operation does itself. All three must outlive this.
    RequestContext(const api::Context& ctx, std::string_view action, const Target& target);
    /// For a further permission of the same request, which sees keys of its own.
    RequestContext(const api::Context& ctx, const Permission& permission, const Target& target);

    std::optional<policy::Values> find(std::string_view key) const override;

    const PermissionFacts& permission() const { return permission_; }
    /// All of the resource, whether or not the permission sees them.
    const std::vector<store::Tag>& resource_tags() const { return tags_.all(); }

  private:
    std::optional<policy::Values> principal_key(std::string_view name) const;
    std::optional<policy::Values> session_key(std::string_view name) const;
    std::optional<policy::Values> request_key(std::string_view name) const;
    std::optional<policy::Values> organization_key(std::string_view name) const;
    std::optional<policy::Values> header(std::string_view name) const;
    /// Whose the resource is: an account, or "aws".
    std::string_view owner() const;
    std::optional<policy::Values> tag_keys() const;

    RequestFacts request_;
    PermissionFacts permission_;
    ResourceTags tags_;
};

}  // namespace iamlocal::access
