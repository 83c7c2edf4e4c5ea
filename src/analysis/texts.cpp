#include "analysis/texts.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <deque>
#include <set>
#include <unordered_map>

namespace iamlocal::analysis {
namespace {

/// How a pattern with variables is read.
enum class Reading : std::uint8_t {
    pivot,  ///< its variables are the text's
    upper,  ///< everything that it may match
    lower,  ///< only what it matches whatever the values are
};

/// One pattern of one clause.
struct Machine {
    const std::vector<Token>* tokens;
    std::size_t clause;
    Reading reading;
    std::size_t first_word;  ///< of its positions in a state
    std::size_t words;
};

using Bits = std::vector<std::uint64_t>;

constexpr std::size_t word_bits = 64;

bool test_bit(const Bits& bits, std::size_t base, std::size_t i) { return (bits[base + i / 64] >> (i % 64) & 1U) != 0; }
void set_bit(Bits& bits, std::size_t base, std::size_t i) { bits[base + i / 64] |= std::uint64_t{1} << (i % 64); }

struct BitsHash {
    std::size_t operator()(const Bits& bits) const {
        std::size_t hash = 0xcbf29ce484222325U;
        for (const std::uint64_t word : bits) hash = (hash ^ word) * 0x100000001b3U;
        return hash;
    }
};

bool is_run(const Token& token, Reading reading) {
    return token.kind == Token::Kind::any_run || (token.kind == Token::Kind::variable && reading == Reading::upper);
}

/// Whether a wildcard takes the symbol.
bool passes(const Token& token, Reading reading, Symbol symbol) {
    const bool bound =
        token.reach == Token::Reach::part || (token.reach == Token::Reach::unsure && reading == Reading::lower);
    if (symbol < first_variable) return !bound || symbol != ':' || token.kind == Token::Kind::variable;
    // A value may be any text: only what takes all of it does surely.
    return reading == Reading::lower && token.kind == Token::Kind::any_run && token.reach == Token::Reach::all;
}

/// The text with which all begins that a pattern matches.
struct Beginning {
    explicit Beginning(const TextPattern& pattern) : tokens(&pattern.tokens()), size(pattern.beginning()) {}
    [[nodiscard]] bool is_whole() const { return size == tokens->size(); }

    const std::vector<Token>* tokens;
    std::size_t size;
};
using Beginnings = std::vector<Beginning>;

/// Whether no text matches both patterns, as their beginnings tell.
bool exclude_each_other(const Beginning& a, const Beginning& b) {
    const std::size_t both = std::min(a.size, b.size);
    for (std::size_t i = 0; i < both; ++i)
        if ((*a.tokens)[i].symbol != (*b.tokens)[i].symbol) return true;
    return (a.is_whole() && b.size > a.size) || (b.is_whole() && a.size > b.size);
}

/// Of the demands that some pattern matches.
std::vector<Beginnings> beginnings_of(const Clauses& clauses) {
    std::vector<Beginnings> wanted;
    for (const auto& clause : clauses) {
        if (clause->negated) continue;
        Beginnings& some = wanted.emplace_back();
        for (const TextPattern& pattern : clause->any)
            if (!pattern.matches_nothing()) some.emplace_back(pattern);
    }
    // Short lists first: they rule out the most.
    std::sort(wanted.begin(), wanted.end(),
              [](const Beginnings& a, const Beginnings& b) { return a.size() < b.size(); });
    return wanted;
}

/// Whether a pattern plays no part, since nothing that it matches meets some demand. Policies name thousands of
/// actions.
bool is_out_of_reach(const Beginning& pattern, const std::vector<Beginnings>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Beginnings& some) {
        return std::all_of(some.begin(), some.end(),
                           [&](const Beginning& other) { return exclude_each_other(pattern, other); });
    });
}

class Search {
  public:
    Search(const Clauses& clauses, const Clause* pivot, std::size_t steps) : clauses_(clauses), steps_(steps) {
        const std::vector<Beginnings> wanted = beginnings_of(clauses);
        for (std::size_t c = 0; c < clauses.size(); ++c) {
            for (const TextPattern& pattern : clauses[c]->any) {
                if (pattern.matches_nothing() || is_out_of_reach(Beginning(pattern), wanted)) continue;
                const Reading reading = clauses[c]->negated         ? Reading::lower
                                        : clauses[c].get() == pivot ? Reading::pivot
                                                                    : Reading::upper;
                const std::size_t words = pattern.tokens().size() / 64 + 1;
                machines_.push_back({&pattern.tokens(), c, reading, words_, words});
                words_ += words;
            }
        }
        runs_.assign(words_, 0);
        for (const Machine& machine : machines_)
            for (std::size_t i = 0; i < machine.tokens->size(); ++i)
                if (is_run((*machine.tokens)[i], machine.reading)) set_bit(runs_, machine.first_word, i);
        choose_alphabet();
    }

    TextAnswer run() {
        Bits start(words_, 0);
        for (const Machine& machine : machines_) {
            set_bit(start, machine.first_word, 0);
            close(machine, start);
        }
        for (const Machine& machine : machines_)
            if (matches_all_that_follows(machine, start)) return {TextAnswer::Kind::none, {}};
        visit(std::move(start), SIZE_MAX, 0);
        for (std::size_t at = 0; at < states_.size(); ++at) {
            if (accepts(*states_[at].bits)) return {TextAnswer::Kind::found, text_to(at)};
            for (const Symbol symbol : alphabet_) {
                if (steps_ < machines_.size() + 1) return {TextAnswer::Kind::unknown, {}};
                steps_ -= machines_.size() + 1;
                if (auto next = step(*states_[at].bits, symbol)) visit(*std::move(next), at, symbol);
            }
        }
        return {TextAnswer::Kind::none, {}};
    }

    /// Whether the text leads to where all demands hold.
    bool holds(const SymbolText& text) {
        Bits bits(words_, 0);
        for (const Machine& machine : machines_) {
            set_bit(bits, machine.first_word, 0);
            close(machine, bits);
        }
        for (const Symbol symbol : text) {
            auto next = step(bits, symbol);
            if (!next) return false;
            bits = *std::move(next);
        }
        return accepts(bits);
    }

  private:
    struct State {
        const Bits* bits;  ///< a key of known_
        std::size_t from;
        Symbol symbol;
    };

    /// All symbols that a pattern names, and one for the others.
    void choose_alphabet() {
        std::set<Symbol> named;
        for (const Machine& machine : machines_)
            for (const Token& token : *machine.tokens) {
                if (token.kind == Token::Kind::unit) named.insert(token.symbol);
                if (token.kind == Token::Kind::variable && machine.reading == Reading::pivot)
                    named.insert(token.symbol);
            }
        named.insert(':');
        // One that no pattern names stands for all of these. A letter if there is one.
        Symbol other = 0;
        for (const char c : std::string_view("xyzwqvjkuogtmnbhdfplrsaiecXYZWQVJKUOGTMNBHDFPLRSAIEC0123456789-_.~+=@,"))
            if (other == 0 && !named.contains(static_cast<Symbol>(c))) other = static_cast<Symbol>(c);
        for (Symbol code = 0x4E00; other == 0; ++code)
            if (!named.contains(code)) other = code;
        alphabet_.push_back(other);
        for (const Symbol symbol : named) alphabet_.push_back(symbol);
    }

    void visit(Bits bits, std::size_t from, Symbol symbol) {
        const auto [known, is_new] = known_.try_emplace(std::move(bits), states_.size());
        if (is_new) states_.push_back({&known->first, from, symbol});
    }

    /// Positions behind what may be empty.
    void close(const Machine& machine, Bits& bits) const {
        for (std::size_t word = 0; word < machine.words; ++word) {
            const std::size_t at = machine.first_word + word;
            // One that is reached may be empty, too.
            for (std::uint64_t left = bits[at] & runs_[at]; left != 0;) {
                const auto bit = static_cast<std::size_t>(std::countr_zero(left));
                set_bit(bits, machine.first_word, word * word_bits + bit + 1);
                const std::uint64_t behind = bit + 1 == word_bits ? 0 : ~std::uint64_t{0} << (bit + 1);
                left = bits[at] & runs_[at] & behind;
            }
        }
    }

    /// Whether a pattern that must not match does so whatever comes: it is at the `*` that ends it.
    bool matches_all_that_follows(const Machine& machine, const Bits& bits) const {
        if (!clauses_[machine.clause]->negated || machine.tokens->empty()) return false;
        const Token& last = machine.tokens->back();
        return last.kind == Token::Kind::any_run && last.reach == Token::Reach::all &&
               test_bit(bits, machine.first_word, machine.tokens->size() - 1);
    }

    template <class Visit>
    static void for_each_position(const Machine& machine, const Bits& bits, const Visit& visit_position) {
        for (std::size_t word = 0; word < machine.words; ++word)
            for (std::uint64_t left = bits[machine.first_word + word]; left != 0; left &= left - 1)
                visit_position(word * word_bits + static_cast<std::size_t>(std::countr_zero(left)));
    }

    /// Nothing where a demand cannot be met any more.
    std::optional<Bits> step(const Bits& from, Symbol symbol) {
        Bits to(words_, 0);
        alive_.assign(clauses_.size(), 0);
        for (const Machine& machine : machines_) {
            const std::vector<Token>& tokens = *machine.tokens;
            bool any = false;
            for (std::size_t word = 0; word < machine.words && !any; ++word) any = from[machine.first_word + word] != 0;
            if (!any) continue;
            if (symbol >= first_variable && machine.reading == Reading::upper) {
                leap(machine, from, to);
            } else {
                for_each_position(machine, from, [&](std::size_t i) {
                    if (i == tokens.size()) return;
                    const Token& token = tokens[i];
                    if (is_run(token, machine.reading)) {
                        if (passes(token, machine.reading, symbol)) set_bit(to, machine.first_word, i);
                    } else if (token.kind == Token::Kind::any_one) {
                        if (symbol < first_variable && passes(token, machine.reading, symbol))
                            set_bit(to, machine.first_word, i + 1);
                    } else if (token.symbol == symbol) {
                        set_bit(to, machine.first_word, i + 1);
                    }
                });
            }
            close(machine, to);
            if (matches_all_that_follows(machine, to)) return std::nullopt;
            for (std::size_t word = 0; word < machine.words; ++word)
                if (to[machine.first_word + word] != 0) alive_[machine.clause] = 1;
        }
        for (std::size_t c = 0; c < clauses_.size(); ++c)
            if (!clauses_[c]->negated && alive_[c] == 0) return std::nullopt;
        return to;
    }

    /// A value may be what any stretch of the pattern matches.
    static void leap(const Machine& machine, const Bits& from, Bits& to) {
        std::size_t first = 0;
        while (first < machine.tokens->size() && !test_bit(from, machine.first_word, first)) ++first;
        for (std::size_t i = first; i <= machine.tokens->size(); ++i) set_bit(to, machine.first_word, i);
    }

    bool accepts(const Bits& bits) {
        alive_.assign(clauses_.size(), 0);
        for (const Machine& machine : machines_)
            if (test_bit(bits, machine.first_word, machine.tokens->size())) alive_[machine.clause] = 1;
        for (std::size_t c = 0; c < clauses_.size(); ++c)
            if ((alive_[c] != 0) == clauses_[c]->negated) return false;
        return true;
    }

    SymbolText text_to(std::size_t state) const {
        SymbolText text;
        for (; states_[state].from != SIZE_MAX; state = states_[state].from) text.push_back(states_[state].symbol);
        std::reverse(text.begin(), text.end());
        return text;
    }

    const Clauses& clauses_;
    std::size_t steps_;
    std::vector<Machine> machines_;
    std::size_t words_ = 0;
    Bits runs_;  ///< the positions of what may be empty
    std::vector<Symbol> alphabet_;
    std::unordered_map<Bits, std::size_t, BitsHash> known_;
    std::vector<State> states_;
    std::vector<char> alive_;
};

void append_character(std::string& out, Symbol code) {
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
        return;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    out.push_back(static_cast<char>((0xF0U << (3 - more) & 0xFFU) | code >> (6 * more)));
    for (int i = more - 1; i >= 0; --i) out.push_back(static_cast<char>(0x80U | (code >> (6 * i) & 0x3FU)));
}

bool is_high_surrogate(Symbol unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(Symbol unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

TextAnswer find_text(const Clauses& clauses, const Clause* pivot, std::size_t steps) {
    return Search(clauses, pivot, steps).run();
}

std::vector<std::string> satisfying(const Clauses& clauses, const std::vector<std::string>& texts, std::size_t most) {
    Search search(clauses, nullptr, most_text_steps);
    std::vector<std::string> found;
    for (const std::string& text : texts) {
        if (found.size() == most) break;
        SymbolText symbols;
        bool is_ascii = true;
        for (const char c : text) {
            is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
            symbols.push_back(static_cast<unsigned char>(c));
        }
        if (is_ascii && search.holds(symbols)) found.push_back(text);
    }
    return found;
}

std::optional<std::string> spell(const SymbolText& text, const std::vector<std::string>& values) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        Symbol code = text[i];
        if (code >= first_variable) {
            if (code - first_variable >= values.size()) return std::nullopt;
            out.append(values[code - first_variable]);
            continue;
        }
        if (is_low_surrogate(code)) return std::nullopt;
        if (is_high_surrogate(code)) {
            if (i + 1 == text.size() || !is_low_surrogate(text[i + 1])) return std::nullopt;
            code = 0x10000 + ((code - 0xD800) << 10) + (text[++i] - 0xDC00);
        }
        append_character(out, code);
    }
    return out;
}

}  // namespace iamlocal::analysis
