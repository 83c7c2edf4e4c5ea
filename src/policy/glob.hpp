// Text patterns with `*`, `?` and policy variables, compiled once and matched without regular expressions or recursion.
// Use it for everything in a policy that is compared as text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/request.hpp"

namespace iamlocal::policy {

/// A policy variable, `${key}` or `${key, 'default'}`.
struct Variable {
    std::string key;                      ///< lower case
    std::string spelled;                  ///< as the policy writes it
    std::optional<std::string> fallback;  ///< the default; an empty one is a value
};

/// What is special in a pattern's text. Elsewhere the same characters are literal.
struct GlobSyntax {
    bool wildcards = false;  ///< `*` and `?`, which stands for one unit of UTF-16: characters past U+FFFF have two
    bool variables = false;  ///< `${…}`, including the escapes `${*}`, `${?}` and `${$}`
    bool in_part = false;    ///< wildcards stop at a colon, as in the first five parts of an ARN
};

/// What matching takes at most, in steps of about a nanosecond: some whatever the subject is, more for each byte of it.
struct MatchCost {
    std::size_t once = 0;
    std::size_t per_byte = 0;  ///< what may be tried again at every place: none without a `*` before the end

    MatchCost& operator+=(const MatchCost& more) {
        once += more.once;
        per_byte += more.per_byte;
        return *this;
    }
    /// Of a subject of so many bytes.
    [[nodiscard]] std::size_t of(std::size_t bytes) const { return once + per_byte * bytes; }
};

class Glob {
  public:
    /// Matches the empty text only.
    Glob() = default;
    /// Every text is a pattern: what is not well-formed as a variable (`${` without `}`) is literal.
    static Glob parse(std::string_view text, GlobSyntax syntax);
    /// Adds more to the end, which may have another syntax. Those who know how long all will be reserve() it first.
    void append(std::string_view text, GlobSyntax syntax);
    void reserve(std::size_t text_size) { code_.reserve(text_size + 1); }

    /// Whether the whole of `subject` matches. A pattern with variables matches nothing; see resolve().
    [[nodiscard]] bool matches(std::string_view subject) const;

    /// Whether the pattern has variables and must be resolved before it can match.
    [[nodiscard]] bool has_variables() const { return !variables_.empty(); }
    [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
    /// The pattern with each variable replaced by its value, which is literal: a `*` in it is no wildcard. Nothing when
    /// a key is absent and has no default, or is multivalued; such a pattern matches nothing. Nothing, too, when its
    /// text alone is longer than `longest`, the size of the subject to match: values may be long, and variables many.
    [[nodiscard]] std::optional<Glob> resolve(const RequestContext& context, std::size_t longest) const;
    /// How many colons the text has when variables are replaced. Nothing where resolve() has no value for one.
    [[nodiscard]] std::optional<std::size_t> count_colons(const RequestContext& context) const;
    /// The text that it matches, of a pattern without wildcards and variables.
    [[nodiscard]] std::string literal_text() const;
    /// Without what variables add.
    [[nodiscard]] MatchCost cost() const;

    /// Makes it lower case (ASCII), for comparing with subjects in lower case. Variables must be resolved first.
    void fold();
    /// The same pattern for an ARN: wildcards before the fifth literal colon do not match a colon. Nothing when fewer
    /// stand before its first variable, as that may hold some.
    [[nodiscard]] std::optional<Glob> for_arn() const;

    /// Text with which everything that matches begins; empty when that is unknown. Lives as long as the pattern.
    [[nodiscard]] std::string_view leading_text() const;
    /// Whether leading_text() is all there is.
    [[nodiscard]] bool is_leading_text() const;

  private:
    class Writer;

    /// One byte per wildcard or variable; a literal is its length and its text. Short patterns need no memory
    /// elsewhere.
    std::string code_;
    std::vector<Variable> variables_;  ///< in the order of their marks in code_
};

}  // namespace iamlocal::policy
