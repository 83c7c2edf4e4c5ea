// The request target in its raw form, for the signature: the query parser of protocol/ decodes and drops what a
// signature needs to see.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace iamlocal::auth {

struct Target {
    std::string_view path;
    std::string_view query;  ///< without the '?'
};

inline Target split_target(std::string_view target) {
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return {target, {}};
    return {target.substr(0, mark), target.substr(mark + 1)};
}

/// Calls visit(name, value) for each parameter, both still encoded. Empty ones ("&&") are skipped, as the query parser
/// does.
template <class Visit>
void for_each_pair(std::string_view query, Visit&& visit) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        if (pair.empty()) continue;
        const std::size_t equals = pair.find('=');
        visit(pair.substr(0, equals), equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1));
    }
}

/// Calls put(byte) for each byte that `text` stands for. '+' is a space, as in a form: were it a plus sign here, the
/// signature of `a%2Bb` would also be good for `a+b`, which reads as "a b". A '%' without digits stands for itself; the
/// query parser refuses it.
template <class Put>
void decode_bytes(std::string_view text, Put&& put) {
    const auto digit = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            put(' ');
            continue;
        }
        if (text[i] == '%' && text.size() - i >= 3 && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            put(static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])));
            i += 2;
            continue;
        }
        put(text[i]);
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
