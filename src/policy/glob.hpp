// Text patterns with `*`, `?` and policy variables, split into tokens once and matched without regular expressions or
// recursion. Use it for everything in a policy that is compared as text.
#pragma once

#include <cstdint>
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
    bool wildcards = false;  ///< `*` and `?`
    bool variables = false;  ///< `${…}`, including the escapes `${*}`, `${?}` and `${$}`
};

class Glob {
  public:
    /// Matches the empty text only.
    Glob() = default;
    /// Every text is a pattern: what is not well-formed as a variable (`${` without `}`) is literal.
    static Glob parse(std::string_view text, GlobSyntax syntax);

    /// Whether the whole of `subject` matches. A pattern with variables matches nothing; see resolve().
    [[nodiscard]] bool matches(std::string_view subject) const;

    /// Whether the pattern has variables and must be resolved before it can match.
    [[nodiscard]] bool has_variables() const { return !variables_.empty(); }
    [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
    /// The pattern with each variable replaced by its value, which is literal: a `*` in it is no wildcard. Nothing when
    /// a key is absent and has no default, or is multivalued; such a pattern matches nothing.
    [[nodiscard]] std::optional<Glob> resolve(const Context& context) const;

    /// The same pattern in lower case, for comparing with subjects in lower case. Variables must be resolved first.
    [[nodiscard]] Glob folded() const;
    /// Cuts the pattern at its first five literal colons, as an ARN. Nothing when it has fewer. No variables.
    [[nodiscard]] std::optional<std::vector<Glob>> split_arn() const;
    /// Whether the pattern consists of text only; then text() is that text.
    [[nodiscard]] bool is_literal() const;
    [[nodiscard]] std::string_view text() const { return text_; }

  private:
    enum class Kind : std::uint8_t { literal, star, one, variable };
    /// A literal is text_[begin, begin + size); a variable is variables_[begin].
    struct Token {
        Kind kind;
        std::uint32_t begin;
        std::uint32_t size;
    };

    void add_literal(std::string_view text);
    void add(Kind kind, std::size_t variable = 0);

    std::string text_;
    std::vector<Token> tokens_;
    std::vector<Variable> variables_;
};

}  // namespace iamlocal::policy
