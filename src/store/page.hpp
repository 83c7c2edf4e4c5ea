// Lists in pages, by key: what every listing function of the store takes and returns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iamlocal::store {

/// Which part of a list is wanted.
struct PageRequest {
    std::string after;        ///< Page::next of the page before; empty: from the start
    std::size_t limit = 100;  ///< items at most, at least 1
};

template <class T>
struct Page {
    std::vector<T> items;
    std::string next;  ///< where the next page starts; empty: this was the last. Opaque to callers, may hold any text
};

/// Turns `limit + 1` fetched rows into a page; `key_of(item)` is what the next page starts after.
template <class T, class KeyOf>
Page<T> make_page(std::vector<T> rows, std::size_t limit, KeyOf key_of) {
    Page<T> page{std::move(rows), {}};
    if (page.items.size() > limit) {
        page.items.resize(limit);
        page.next = key_of(page.items.back());
    }
    return page;
}

/// The same page with every item converted.
template <class T, class Convert>
auto map_page(Page<T> page, Convert convert) -> Page<decltype(convert(std::declval<T>()))> {
    Page<decltype(convert(std::declval<T>()))> out;
    out.items.reserve(page.items.size());
    for (T& item : page.items) out.items.push_back(convert(std::move(item)));
    out.next = std::move(page.next);
    return out;
}

}  // namespace iamlocal::store
