// Rows of operations on one thing that exists: a user, a group, a role, a policy, an instance profile. It is looked up
// once, named for authorization whether it is there or not, and handed to the handler if it is.
//
// A Kind says what differs between them (iam/kinds.hpp):
//   Entity                         what the store gives
//   member, name_rule              the input's member that names it, and its constraint
//   find(ctx, name)                the entity, or nullopt
//   target(ctx, name, entity)      the target; it must not tell whether there is one
//   require(entity, name)          the entity; throws in AWS's words if it is not there, or not the caller's to change
#pragma once

#include <optional>
#include <string>
#include <type_traits>

#include "api/operation.hpp"

namespace iamlocal::iam {

using access::Target;
using api::Context;

/// What a request names.
template <class Kind>
struct LookedUp {
    std::string name;
    std::optional<typename Kind::Entity> entity;
};

template <class Kind>
LookedUp<Kind> look_up(Context& ctx, std::string name) {
    auto entity = Kind::find(ctx, name);
    return {std::move(name), std::move(entity)};
}

/// The entity of a name that the input has beside the one that the operation acts on.
template <class Kind>
typename Kind::Entity get(Context& ctx, std::string name) {
    LookedUp<Kind> named = look_up<Kind>(ctx, std::move(name));
    return std::move(Kind::require(named.entity, named.name));
}

/// Adds nothing to a target.
inline constexpr auto as_it_is = [](Context&, const auto&, const auto&, Target&) {};

namespace detail {

template <class Kind, auto handler, auto adjust>
struct OnExisting {
    using Traits = api::detail::HandlerTraits<decltype(handler)>;
    using Input = typename Traits::Input;
    using Output = typename Traits::Output;

    static LookedUp<Kind> resolve(Context& ctx, const Input& in) { return look_up<Kind>(ctx, std::string(in.name)); }
    static Target target(Context& ctx, const Input& in, const LookedUp<Kind>& named) {
        Target target = Kind::target(ctx, named.name, named.entity);
        adjust(ctx, in, named.entity, target);
        return target;
    }
    static Output handle(Context& ctx, const Input& in, LookedUp<Kind>& named) {
        return handler(ctx, in, Kind::require(named.entity, named.name));
    }
};

}  // namespace detail

/// A row. `handler` is `Output f(Context&, const Input&, Entity&)`, whose Input has the `name` of the thing; `adjust`
/// is `f(ctx, in, const optional<Entity>&, Target&)` and adds to the target what the operation's input has.
template <class Kind, auto handler, auto adjust = as_it_is>
constexpr api::Operation on(const char* action, db::Access access) {
    using On = detail::OnExisting<Kind, handler, adjust>;
    return api::operation<&On::handle, &On::target, &On::resolve>(action, access);
}

/// The input of operations on one existing thing that have no other member.
template <class Kind>
struct NameInput {
    std::string name;
    void describe(protocol::Fields& f) { f.required(Kind::member, name, Kind::name_rule); }
};

}  // namespace iamlocal::iam
