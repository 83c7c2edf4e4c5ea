// Whether some text satisfies several demands at once, each of the kind "one of these patterns matches" or "none of
// these does": the product of their automata, searched for the shortest text. Patterns with variables are known but
// for the values, so that for them the answer "none" is sound and a text that is found has to be tried.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/text_pattern.hpp"

namespace iamlocal::analysis {

/// A demand on a text.
struct Clause {
    std::vector<TextPattern> any;
    bool negated = false;  ///< none of them matches

    [[nodiscard]] Clause negation() const { return {any, !negated}; }
};

/// Demands on one text, all of which must hold. Shared, as searches add to them.
using Clauses = std::vector<std::shared_ptr<const Clause>>;

/// A text; symbols from first_variable on stand for values.
using SymbolText = std::vector<Symbol>;

struct TextAnswer {
    enum class Kind {
        found,
        none,     ///< no text, whatever the variables' values are
        unknown,  ///< it would take too long to find out
    };
    Kind kind = Kind::unknown;
    SymbolText text;  ///< of `found`
};

/// Steps that one search may take, each for one pattern and one symbol.
inline constexpr std::size_t most_text_steps = 4'000'000;

/// Looks for a text. `pivot`: the demand whose patterns, if they have variables, say where their values stand in the
/// text; nothing: a text without any.
[[nodiscard]] TextAnswer find_text(const Clauses& clauses, const Clause* pivot = nullptr,
                                   std::size_t steps = most_text_steps);

/// Those of the texts that satisfy all demands, as far as it is known without the values of variables; in their order,
/// and not more than `most`.
[[nodiscard]] std::vector<std::string> satisfying(const Clauses& clauses, const std::vector<std::string>& texts,
                                                  std::size_t most = SIZE_MAX);

/// The text as UTF-8; `values`: by variable. Nothing where it is no text: half of a surrogate pair.
[[nodiscard]] std::optional<std::string> spell(const SymbolText& text, const std::vector<std::string>& values);

}  // namespace iamlocal::analysis
