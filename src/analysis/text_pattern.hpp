// The patterns of policies as sequences of symbols, so that sets of texts can be compared exactly. The engine matches
// one text; here the question is whether there is any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document_kind.hpp"

namespace iamlocal::analysis {

/// A unit of UTF-16, as `?` counts them, or from first_variable on what stands for the value of a policy variable.
using Symbol = std::uint32_t;
inline constexpr Symbol first_variable = 0x10000;

/// The variables that the documents of one question name, numbered. `${key}` and `${key, 'x'}` are two.
class VariableNames {
  public:
    struct Variable {
        std::string key;       ///< lower case
        std::string fallback;  ///< the default
        bool has_fallback = false;
        bool operator==(const Variable&) const = default;
    };

    Symbol symbol_of(Variable variable);
    [[nodiscard]] const Variable& of(Symbol symbol) const { return variables_[symbol - first_variable]; }
    [[nodiscard]] std::size_t size() const { return variables_.size(); }

  private:
    std::vector<Variable> variables_;
};

/// One position of a pattern.
struct Token {
    enum class Kind : std::uint8_t { unit, any_one, any_run, variable };
    /// What wildcards pass: in the first five parts of an ARN no colon. Behind a variable in these parts it is not
    /// known where the parts end.
    enum class Reach : std::uint8_t { all, part, unsure };

    Kind kind = Kind::unit;
    Reach reach = Reach::all;
    Symbol symbol = 0;  ///< of a unit or variable
    bool operator==(const Token&) const = default;
};

class TextPattern {
  public:
    /// Text with wildcards and variables where they count. `names` takes the variables.
    static TextPattern glob(std::string_view text, bool wildcards, bool variables, VariableNames& names);
    /// A value of Action, in lower case.
    static TextPattern action(std::string_view text);
    /// A value of Resource in a document of that kind.
    static TextPattern resource(std::string_view text, policy::DocumentKind kind, bool variables, VariableNames& names);
    /// A value of an Arn… condition operator.
    static TextPattern arn(std::string_view text, bool variables, VariableNames& names);

    /// It matches no text whatever.
    [[nodiscard]] bool matches_nothing() const { return nothing_; }
    [[nodiscard]] const std::vector<Token>& tokens() const { return tokens_; }
    [[nodiscard]] bool has_variables() const;
    /// With how many units of text all begins that it matches.
    [[nodiscard]] std::size_t beginning() const { return beginning_; }
    bool operator==(const TextPattern&) const = default;

  private:
    void append(std::string_view text, bool wildcards, bool variables, VariableNames& names);
    std::size_t bound_to_parts();
    void measure_beginning();

    std::vector<Token> tokens_;
    std::size_t beginning_ = 0;
    bool nothing_ = false;
};

}  // namespace iamlocal::analysis
