// Tags of users, roles, policies and instance profiles: the part that is the same for all of them.
#pragma once

#include <string>
#include <vector>

#include "api/context.hpp"
#include "api/page.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/fields.hpp"
#include "store/tags.hpp"

namespace iamlocal::api {

/// The member `Tags` of an input.
struct TagsInput {
    std::vector<store::Tag> tags;
    void describe(protocol::Fields& f, protocol::Presence presence);
    std::vector<store::Tag> list() const { return tags; }
    std::span<const store::Tag> view() const { return tags; }
};

/// Throws InvalidInput for keys that begin with "aws:" and keys that are given twice, in this order; LimitExceeded for
/// more than an entity may have.
void require_valid_tags(const Context& ctx, const std::vector<store::Tag>& tags, store::tags::KeyCase key_case);
bool has_reserved_prefix(std::string_view tag_key);

/// Adds tags to an entity, at least one. Throws as require_valid_tags does, and LimitExceeded when it would have more
/// than the quota.
void tag_entity(Context& ctx, const std::string& owner_id, const std::vector<store::Tag>& tags);

/// Writes `<Tags>` with its members; `when_empty` says whether an empty list is written at all.
enum class WhenEmpty { leave_out, write };
void write_tags(protocol::AnswerWriter& out, const std::vector<store::Tag>& tags, WhenEmpty when_empty);

/// The answer of the List…Tags operations.
struct TagsOutput {
    store::Page<store::Tag> page;
};
TagsOutput list_tags(Context& ctx, const std::string& owner_id, const PageInput& page);
void write(protocol::AnswerWriter& out, const TagsOutput& output);

}  // namespace iamlocal::api
