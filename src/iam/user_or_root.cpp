#include "iam/user_or_root.hpp"

#include "aws/arn.hpp"

namespace iamlocal::iam {

UserOrRoot user_or_caller(Context& ctx, const std::optional<std::string>& user_name) {
    const std::string& name = user_name ? *user_name : ctx.caller.user_name;
    if (name.empty() && !ctx.caller.is_root())
        throw validation_error("Must specify userName when calling with non-User credentials");
    if (name.empty()) return {};
    return {name, UserKind::find(ctx, name)};
}

Target user_or_root_target(Context& ctx, const UserOrRoot& whose) {
    if (!whose.is_root()) return UserKind::target(ctx, whose.name, whose.user);
    Target target;
    target.resource = arn::root(ctx.account());
    return target;
}

}  // namespace iamlocal::iam
