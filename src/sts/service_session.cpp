#include "sts/service_session.hpp"

#include <memory>
#include <optional>

#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "aws/error.hpp"
#include "store/roles.hpp"
#include "sts/asked_role.hpp"

namespace iamlocal::sts {
namespace {

/// The steps of AssumeRole for who sends no request of the API.
class ServiceAssumption final : public api::detail::Steps {
  public:
    explicit ServiceAssumption(const ServiceSessionWish& wish) : Steps(this), wish_(wish) {
        if (!wish.tags_are_transitive) return;
        for (const store::Tag& tag : wish.tags) transitive_.push_back(tag.key);
    }

    access::Target resolve_row(api::Context& ctx) {
        role_ = store::roles::find(ctx.tx, wish_.account, wish_.role_name);
        arn_ = arn::iam(wish_.account, "role", role_ ? role_->path : "/", role_ ? role_->name : wish_.role_name);
        AskedRole asked{.arn = arn_,
                        .session_name = wish_.session_name,
                        .tags = wish_.tags,
                        .transitive_tag_keys = transitive_,
                        .source_identity = {}};
        asked.common = wish_.keys;
        return role_target(ctx, asked, role_);
    }

    void handle_row(api::Context& ctx) {
        // Without enforcement nobody has asked whether it is there.
        if (!role_) throw ApiError(error_type::access_denied, "The role does not exist.");
        auth::SessionClaims claims;
        claims.context = wish_.context;
        session_ = start_role_session(ctx, *role_,
                                      {.name = wish_.session_name,
                                       .policies = no_policies_,
                                       .tags = wish_.tags,
                                       .transitive_tag_keys = transitive_,
                                       .source_identity = {},
                                       .duration = wish_.duration,
                                       .minimum_token_size = std::nullopt},
                                      std::move(claims));
    }

    RoleSession& session() { return *session_; }

  private:
    const ServiceSessionWish& wish_;
    const SessionPolicies no_policies_;
    std::vector<std::string> transitive_;
    std::string arn_;
    std::optional<store::Role> role_;
    std::optional<RoleSession> session_;
};

/// What is decided; nothing is read from a request, and nothing written into an answer.
constexpr api::Operation service_assumption() {
    api::Operation row{};
    row.name = "AssumeRole";
    row.action = "sts:AssumeRole";
    row.access = api::reads;
    return row;
}

}  // namespace

std::shared_ptr<const access::Identity> service_identity(std::string_view principal) {
    auto identity = std::make_shared<access::Identity>();
    identity->principal.kind = policy::PrincipalKind::service;
    identity->principal.arn = principal;
    identity->arn = principal;
    return identity;
}

RoleSession assume_for_service(api::Call& call, const ServiceSessionWish& wish) {
    static constexpr api::Operation row = service_assumption();
    ServiceAssumption steps(wish);
    api::detail::conduct(row, call, steps);
    return std::move(steps.session());
}

}  // namespace iamlocal::sts
