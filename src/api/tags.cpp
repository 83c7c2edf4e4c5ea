#include "api/tags.hpp"

#include <algorithm>

#include "api/errors.hpp"
#include "api/shapes.hpp"
#include "base/encoding.hpp"

namespace iamlocal::api {

void TagsInput::describe(protocol::Fields& f, protocol::Presence presence) {
    f.list("Tags", presence, tags, shape::tags, [](store::Tag& tag, protocol::Fields& fields) {
        // Not in the model's order: AWS's messages say first what is wrong with the value.
        fields.required("Value", tag.value, shape::tag_value);
        fields.required("Key", tag.key, shape::tag_key);
    });
}

bool has_reserved_prefix(std::string_view tag_key) { return equals_ignoring_case(tag_key.substr(0, 4), "aws:"); }

void require_valid_tags(const Context& ctx, const std::vector<store::Tag>& tags, store::tags::KeyCase key_case) {
    for (const store::Tag& tag : tags)
        if (has_reserved_prefix(tag.key)) throw reserved_tag_key();
    for (auto tag = tags.begin(); tag != tags.end(); ++tag) {
        const bool repeated = std::any_of(tags.begin(), tag, [&](const auto& other) {
            return store::tags::is_same_key(key_case, other.key, tag->key);
        });
        if (repeated) throw duplicate_tag_keys(key_case);
    }
    if (static_cast<std::int64_t>(tags.size()) > ctx.env.quotas[aws::Quota::tags_per_entity]) throw too_many_tags();
}

void tag_entity(Context& ctx, const std::string& owner_id, const std::vector<store::Tag>& tags) {
    if (tags.empty()) throw ApiError(error_type::invalid_input, "Error occurred while validating input. ");
    const store::tags::KeyCase key_case = store::tags::key_case_of(owner_id);
    require_valid_tags(ctx, tags, key_case);
    const std::vector<store::Tag> present = store::tags::all(ctx.tx, ctx.account(), owner_id);
    const auto added = std::count_if(tags.begin(), tags.end(), [&](const store::Tag& tag) {
        return std::none_of(present.begin(), present.end(), [&](const store::Tag& other) {
            return store::tags::is_same_key(key_case, other.key, tag.key);
        });
    });
    if (static_cast<std::int64_t>(present.size()) + added > ctx.env.quotas[aws::Quota::tags_per_entity])
        throw too_many_tags();
    store::tags::set(ctx.tx, ctx.account(), owner_id, tags);
}

void write_tags(protocol::AnswerWriter& out, const std::vector<store::Tag>& tags, WhenEmpty when_empty) {
    if (tags.empty() && when_empty == WhenEmpty::leave_out) return;
    out.begin_list("Tags");
    for (const store::Tag& tag : tags) {
        out.begin_member();
        out.text("Key", tag.key);
        out.text("Value", tag.value);
        out.end_member();
    }
    out.end_list("Tags");
}

TagsOutput list_tags(Context& ctx, const std::string& owner_id, const PageInput& page) {
    return {store::tags::page(ctx.tx, ctx.account(), owner_id, page.request())};
}

void write(protocol::AnswerWriter& out, const TagsOutput& output) {
    write_tags(out, output.page.items, WhenEmpty::write);
    write_page_end(out, output.page.next);
}

}  // namespace iamlocal::api
