// For operations whose UserName may be left out: then it is the caller, a user or root.
#pragma once

#include <optional>
#include <string>

#include "iam/kinds.hpp"

namespace iamlocal::iam {

/// A user who is named, or the caller. Root itself has no name and no row in the store.
struct UserOrRoot {
    std::string name;  ///< empty: root
    std::optional<store::User> user;

    bool is_root() const { return name.empty(); }
    /// Throws NoSuchEntity. Not for root.
    store::User& require_user() { return UserKind::require(user, name); }
    /// Null for root. Throws NoSuchEntity for a user who is not there.
    store::User* find_user() { return is_root() ? nullptr : &require_user(); }
};

/// Throws ValidationError for callers that are neither users nor root.
UserOrRoot user_or_caller(Context& ctx, const std::optional<std::string>& user_name);

/// The user, or the account's root.
Target user_or_root_target(Context& ctx, const UserOrRoot& whose);

namespace detail {

inline constexpr auto resolve_user_or_caller = [](Context& ctx, const auto& in) {
    return user_or_caller(ctx, in.user_name);
};
inline constexpr auto target_user_or_root = [](Context& ctx, const auto&, const UserOrRoot& whose) {
    return user_or_root_target(ctx, whose);
};

}  // namespace detail

/// A row. `handler` is `Output f(Context&, const Input&, UserOrRoot&)`, whose Input has an optional `user_name`.
template <auto handler>
constexpr api::Operation on_user_or_caller(const char* action, db::Access access) {
    return api::operation<handler, detail::target_user_or_root, detail::resolve_user_or_caller>(action, access);
}

}  // namespace iamlocal::iam
