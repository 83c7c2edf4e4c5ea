#include "lint/wildcards.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace iamlocal::lint {
namespace {

/// Two-pointer matching: `is_one` says whether a character of the pattern stands for a character of the text.
template <class IsOne>
bool consume(std::string_view pattern, std::string_view text, IsOne is_one) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && is_one(pattern[p], text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace

bool matches(std::string_view pattern, std::string_view text) {
    return consume(pattern, text, [](char p, char t) { return p == '?' || p == t; });
}

bool covers(std::string_view wide, std::string_view narrow) {
    // A `*` of the narrow pattern can only be swallowed by one of the wide pattern.
    return consume(wide, narrow, [](char w, char n) { return n != '*' && (w == '?' || w == n); });
}

bool overlap(std::string_view a, std::string_view b) {
    // possible[j]: some text is matched by what was read of `a` and by the first j characters of `b`.
    std::vector<char> possible(b.size() + 1, 0);
    possible[0] = 1;
    for (std::size_t j = 0; j < b.size() && b[j] == '*'; ++j) possible[j + 1] = 1;
    std::vector<char> next(b.size() + 1);
    for (const char c : a) {
        std::fill(next.begin(), next.end(), 0);
        for (std::size_t j = 0; j <= b.size(); ++j) {
            const bool b_stays = j > 0 && b[j - 1] == '*';
            if (c == '*') {
                next[j] = possible[j] != 0 || (j > 0 && next[j - 1] != 0);
            } else {
                const bool step = j > 0 && b[j - 1] != '*' && (c == '?' || b[j - 1] == '?' || c == b[j - 1]);
                next[j] = (step && possible[j - 1] != 0) || (b_stays && (possible[j] != 0 || next[j - 1] != 0));
            }
        }
        possible.swap(next);
    }
    return possible[b.size()] != 0;
}

}  // namespace iamlocal::lint
