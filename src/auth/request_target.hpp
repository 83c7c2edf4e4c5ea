// The request target in its raw form, for the signature: the query parser of protocol/ decodes and drops what a
// signature needs to see.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/encoding.hpp"

namespace iamlocal::auth {

struct RequestTarget {
    std::string_view path;
    std::string_view query;  ///< without the '?'
};

inline RequestTarget split_target(std::string_view target) {
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

/// Calls put(byte) for each byte that `text` stands for. '+' is a space, as in a form: were it a plus sign here, the
/// signature of `a%2Bb` would also be good for `a+b`, which reads as "a b". A '%' without digits stands for itself; the
/// query parser refuses it.
template <class Put>
void decode_bytes(std::string_view text, Put&& put) {
    for (std::size_t at = 0; at < text.size();) {
        if (const std::optional<char> byte = take_encoded_byte(text, at, PlusIs::space)) {
            put(*byte);
        } else {
            put(text[at++]);
        }
    }
}

/// Calls visit(name) for each name of a list of signed headers, also for empty ones.
template <class Visit>
void for_each_signed(std::string_view signed_headers, Visit&& visit) {
    if (signed_headers.empty()) return;
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = signed_headers.find(';', begin);
        if (end == std::string_view::npos) break;
        visit(signed_headers.substr(begin, end - begin));
        begin = end + 1;
    }
    visit(signed_headers.substr(begin));
}

}  // namespace iamlocal::auth
