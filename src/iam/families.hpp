// Operations that AWS has once per kind of thing, written once: tags, boundaries, renames, lists by path.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {

namespace family {

// Tag…, Untag…, List…Tags

template <class Kind>
struct TagInput {
    std::string name;
    api::TagsInput tags;
    void describe(protocol::Fields& f) {
        f.required(Kind::member, name, Kind::name_rule);
        tags.describe(f, protocol::Presence::required);
    }
};

template <class Kind>
void tag(Context& ctx, const TagInput<Kind>& in, typename Kind::Entity& entity) {
    api::tag_entity(ctx, entity.id, in.tags.list());
}

template <class Kind>
struct UntagInput {
    std::string name;
    std::vector<std::string> tag_keys;
    void describe(protocol::Fields& f) {
        f.required(Kind::member, name, Kind::name_rule);
        f.list("TagKeys", protocol::Presence::required, tag_keys, shape::tags, shape::tag_key);
    }
};

template <class Kind>
void untag(Context& ctx, const UntagInput<Kind>& in, typename Kind::Entity& entity) {
    store::tags::remove(ctx.tx, ctx.account(), entity.id, in.tag_keys);
}

template <class Kind>
struct PageOfInput {
    std::string name;
    api::PageInput page;
    void describe(protocol::Fields& f) {
        f.required(Kind::member, name, Kind::name_rule);
        page.describe(f);
    }
};

template <class Kind>
api::TagsOutput list_tags(Context& ctx, const PageOfInput<Kind>& in, typename Kind::Entity& entity) {
    return api::list_tags(ctx, entity.id, in.page);
}

// Put…PermissionsBoundary, Delete…PermissionsBoundary

template <class Kind>
struct BoundaryInput {
    std::string name;
    std::string permissions_boundary;
    void describe(protocol::Fields& f) {
        f.required(Kind::member, name, Kind::new_name_rule);
        f.required("PermissionsBoundary", permissions_boundary, shape::arn);
    }
};

template <class Kind>
void put_boundary(Context& ctx, const BoundaryInput<Kind>& in, typename Kind::Entity& entity) {
    require_boundary_policy(ctx, in.permissions_boundary, Kind::title);
    Kind::set_boundary(ctx, entity, in.permissions_boundary);
}

template <class Kind>
struct NoBoundaryInput {
    std::string name;
    void describe(protocol::Fields& f) { f.required(Kind::member, name, Kind::new_name_rule); }
};

template <class Kind>
void delete_boundary(Context& ctx, const NoBoundaryInput<Kind>&, typename Kind::Entity& entity) {
    if (!entity.boundary_arn) throw no_boundary(Kind::title, entity.name);
    Kind::set_boundary(ctx, entity, std::nullopt);
}

// UpdateUser, UpdateGroup

template <class Kind>
struct RenameInput {
    std::string name;
    std::optional<std::string> new_path;
    std::optional<std::string> new_name;
    void describe(protocol::Fields& f) {
        f.required(Kind::member, name, Kind::name_rule);
        f.optional("NewPath", new_path, shape::path);
        f.optional(Kind::new_member, new_name, Kind::new_name_rule);
    }
};

template <class Kind>
void rename(Context& ctx, const RenameInput<Kind>& in, typename Kind::Entity& entity) {
    const std::string name = in.new_name.value_or(entity.name);
    if (in.new_name) {
        const auto taken = Kind::find(ctx, name);
        // A name that differs from the old one in case alone is taken, too: by the entity itself.
        if (taken && (taken->id != entity.id || name != entity.name)) throw already_exists(Kind::title, name);
    }
    Kind::rename(ctx, entity, name, in.new_path.value_or(entity.path));
}

inline constexpr auto with_request_tags = [](Context&, const auto& in, const auto&, Target& target) {
    target.request_tags = in.tags.list();
};
inline constexpr auto with_tag_keys = [](Context&, const auto& in, const auto&, Target& target) {
    target.tag_keys = in.tag_keys;
};
inline constexpr auto with_requested_boundary = [](Context&, const auto& in, const auto&, Target& target) {
    set_boundary_key(target, in.permissions_boundary);
};

/// A rename needs the permission for the thing as it is and as it will be.
template <class Kind>
void add_new_name(std::string_view action, Context& ctx, const RenameInput<Kind>& in,
                  const std::optional<typename Kind::Entity>& entity, Target& target) {
    if (!in.new_path && !in.new_name) return;
    const std::string path = in.new_path.value_or(entity ? entity->path : "/");
    const std::string name = in.new_name.value_or(entity ? entity->name : in.name);
    target.dependent_permissions.push_back({.action = action,
                                            .resource = arn::iam(ctx.account(), Kind::type, path, name),
                                            .shown = fmt::format("{} {}", Kind::shown_type, name),
                                            .keys = target.keys,
                                            .tags = target.tags});
}

// Lists by path

struct PathInput {
    std::string path_prefix = "/";
    api::PageInput page;
    void describe(protocol::Fields& f) {
        f.optional("PathPrefix", path_prefix, shape::path_prefix);
        page.describe(f);
    }
};

template <class Kind>
Target path_target(Context& ctx, const PathInput& in) {
    return list_target(ctx, Kind::type, in.path_prefix);
}

}  // namespace family

template <class Kind>
constexpr api::Operation tag_row(const char* action) {
    return on<Kind, &family::tag<Kind>, family::with_request_tags>(action, api::writes);
}
template <class Kind>
constexpr api::Operation untag_row(const char* action) {
    return on<Kind, &family::untag<Kind>, family::with_tag_keys>(action, api::writes);
}
template <class Kind>
constexpr api::Operation list_tags_row(const char* action) {
    return on<Kind, &family::list_tags<Kind>>(action, api::reads);
}

template <class Kind>
constexpr api::Operation put_boundary_row(const char* action) {
    return on<Kind, &family::put_boundary<Kind>, family::with_requested_boundary>(action, api::writes);
}
template <class Kind>
constexpr api::Operation delete_boundary_row(const char* action) {
    return on<Kind, &family::delete_boundary<Kind>, with_boundary_key>(action, api::writes);
}

/// `list` is `Output f(Context&, const family::PathInput&)`.
template <class Kind, auto list>
constexpr api::Operation list_row(const char* action) {
    return api::operation<list, &family::path_target<Kind>>(action, api::reads);
}

}  // namespace iamlocal::iam
