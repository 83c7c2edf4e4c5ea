// The condition keys of a request ("AWS global condition context keys"), computed when a policy asks for one: most
// requests are decided without any.
#pragma once

#include <optional>
#include <string_view>

#include "policy/request.hpp"
#include "service/authorize.hpp"
#include "service/context.hpp"

namespace iamlocal::service {

class RequestContext final : public policy::Context {
  public:
    /// `action` decides the Region that IAM requests count to. All three must outlive this.
    RequestContext(const service::Context& ctx, std::string_view action, const Target& target)
        : ctx_(ctx),
          action_(action),
          target_(target),
          keys_(&target.keys),
          tagged_id_(target.tagged_id),
          iam_tags_(target.iam_tags),
          sees_request_tags_(true) {}
    /// For a further permission of the same request, which sees keys of its own.
    RequestContext(const service::Context& ctx, const Permission& permission, const Target& target)
        : ctx_(ctx),
          action_(permission.action),
          target_(target),
          keys_(&permission.keys),
          tagged_id_(permission.tagged_id),
          iam_tags_(permission.iam_tags),
          sees_request_tags_(permission.sees_request_tags) {}

    std::optional<policy::Values> find(std::string_view key) const override;

  private:
    std::optional<policy::Values> principal_key(std::string_view name) const;
    std::optional<policy::Values> session_key(std::string_view name) const;
    std::optional<policy::Values> request_key(std::string_view name) const;
    std::optional<policy::Values> organization_key(std::string_view name) const;
    /// Whose the resource is: an account, or "aws".
    std::string_view owner() const;
    std::optional<policy::Values> resource_tag(std::string_view key, bool iam_form) const;
    std::optional<policy::Values> tag_keys() const;

    const service::Context& ctx_;
    std::string_view action_;
    const Target& target_;
    const RequestKeys* keys_;
    std::string_view tagged_id_;
    bool iam_tags_;
    bool sees_request_tags_;
};

}  // namespace iamlocal::service
