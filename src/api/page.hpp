// Lists in pages: MaxItems and Marker in, IsTruncated and Marker out.
#pragma once

#include <string>
#include <string_view>

#include "api/context.hpp"
#include "api/shapes.hpp"
#include "aws/error.hpp"
#include "protocol/answer_writer.hpp"
#include "protocol/fields.hpp"
#include "store/page.hpp"

namespace iamlocal::api {

/// The paging members of an input; its `describe` calls this one's after its own members.
struct PageInput {
    std::string marker;
    std::int64_t max_items = 100;
    std::string operation = {};  ///< whose list it is; markers of other operations are refused

    void describe(protocol::Fields& f);
    /// The store's form. Throws `bad_marker` for a marker that this operation has not given.
    store::PageRequest request(ApiError (*bad_marker)()) const;
    /// The same, with ValidationError.
    store::PageRequest request() const;
};

/// `Invalid Marker.`
ApiError invalid_marker();
/// Whether some operation may have given the marker.
bool is_marker(std::string_view marker);

/// Writes IsTruncated, which one operation spells otherwise, and, if there is more, Marker. `next` is
/// store::Page::next.
void write_page_end(protocol::AnswerWriter& out, const std::string& next,
                    std::string_view is_truncated = "IsTruncated");

/// Writes a page: the list with its members, then IsTruncated and Marker. `write_item(out, item)` writes one.
template <class Item, class WriteItem>
void write_page(protocol::AnswerWriter& out, const char* list, const store::Page<Item>& page, WriteItem write_item) {
    out.begin_list(list);
    for (const Item& item : page.items) {
        out.begin_member();
        write_item(out, item);
        out.end_member();
    }
    out.end_list(list);
    write_page_end(out, page.next);
}

/// The part [start, start+MaxItems) of a list that is short and at hand, paged like the others.
struct SliceBounds {
    std::size_t begin;
    std::size_t end;
    std::string next;
};
/// Throws `bad_marker` for a marker that this operation has not given.
SliceBounds slice(const PageInput& page, std::size_t size, ApiError (*bad_marker)() = invalid_marker);

}  // namespace iamlocal::api
