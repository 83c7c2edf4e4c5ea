#include "base/nearest.hpp"

#include <algorithm>
#include <vector>

#include "base/encoding.hpp"

namespace iamlocal {
namespace {

/// Longer texts are no slip of the pen, and comparing takes time in proportion to both lengths.
constexpr std::size_t longest = 128;

/// Fewer letters may be the beginning of anything.
constexpr std::size_t shortest_beginning = 3;

/// The shortest candidate that begins with `folded`; of two that are as long, the one in which a word ends there.
std::string find_begun(std::string_view folded, std::span<const std::string> candidates) {
    const std::size_t letters = folded.size() - std::min(folded.find_first_not_of('-'), folded.size());
    if (letters < shortest_beginning) return {};
    const auto ends_a_word = [&](std::string_view candidate) {
        const auto rest = candidate.substr(folded.size());
        return rest.starts_with('-') || rest.starts_with('_');
    };
    std::string_view begun;
    for (const std::string& candidate : candidates) {
        if (!fold_case(candidate).starts_with(folded)) continue;
        const bool better = begun.empty() || candidate.size() < begun.size() ||
                            (candidate.size() == begun.size() && ends_a_word(candidate) && !ends_a_word(begun));
        if (better) begun = candidate;
    }
    return std::string(begun);
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
    const std::size_t longer = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (longer >= limit) return limit;
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::vector<std::size_t> next(b.size() + 1);
    for (std::size_t k = 0; k <= b.size(); ++k) row[k] = k;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        next[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            next[k] = std::min({row[k] + 1, next[k - 1] + 1, row[k - 1] + (a[i - 1] == b[k - 1] ? 0 : 1)});
            const bool swapped = i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1];
            if (swapped) next[k] = std::min(next[k], before[k - 2] + 1);
        }
        before.swap(row);
        row.swap(next);
    }
    return std::min(row[b.size()], limit);
}

std::string find_nearest(std::string_view text, std::span<const std::string> candidates) {
    if (text.size() > longest) return {};
    const std::string folded = fold_case(text);
    std::size_t best = text.size() / 3 + 1;
    std::string nearest;
    for (const std::string& candidate : candidates) {
        const std::size_t apart = edit_distance(folded, fold_case(candidate), best);
        if (apart >= best) continue;
        best = apart;
        nearest = candidate;
    }
    return nearest.empty() ? find_begun(folded, candidates) : nearest;
}

}  // namespace iamlocal
