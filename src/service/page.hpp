// Lists in pages: MaxItems and Marker in, IsTruncated and Marker out.
#pragma once

#include <string>

#include "service/context.hpp"
#include "service/shapes.hpp"
#include "store/page.hpp"
#include "wire/answer_writer.hpp"
#include "wire/fields.hpp"

namespace iamlocal::service {

/// The paging members of an input; its `describe` calls this one's after its own members.
struct PageInput {
    std::string marker;
    std::int64_t max_items = 100;
    std::string operation = {};  ///< whose list it is

    void describe(wire::Fields& f);
    /// The store's form. Throws ValidationError for a marker that this operation has not given. `after` must outlive
    /// the request.
    store::PageRequest request(std::string& after) const;
};

/// Writes IsTruncated and, if there is more, Marker. `next` is store::Page::next.
void write_page_end(wire::AnswerWriter& out, const std::string& next);

/// The part [start, start+MaxItems) of a list that is short and at hand, paged like the others.
struct SliceBounds {
    std::size_t begin;
    std::size_t end;
    std::string next;
};
SliceBounds slice(const PageInput& page, std::size_t size);

}  // namespace iamlocal::service
