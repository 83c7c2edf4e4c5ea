// A document between JSON and Policy: its elements by name, their JSON types known to be right. The rules of
// validate.hpp and the compiler in parse.cpp both read it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/document.hpp"
#include "policy/json.hpp"

namespace iamlocal::policy {

/// Why a document is refused and where that was noticed, as an offset in the text.
struct Problem {
    std::string message;  ///< AWS's words
    std::size_t at = 0;
    std::string reason = {};  ///< ours: which value it is about, and why
};

[[nodiscard]] inline Problem problem(std::string_view message, const json::Value& at, std::string reason = {}) {
    return {std::string(message), at.begin, std::move(reason)};
}

inline constexpr std::string_view syntax_errors = "Syntax errors in policy.";
/// What CreateRole says of a trust policy that is no JSON object.
inline constexpr std::string_view invalid_json = "This policy contains invalid Json";

/// An element that has a Not… form. No value: the statement has neither.
struct NegatableElement {
    const json::Value* value = nullptr;
    bool negated = false;
};

/// A statement's elements. Pointers are null for what it does not have and lead into the JSON value.
struct StatementOutline {
    const json::Value* whole = nullptr;
    const json::Value* sid = nullptr;        ///< a string
    const json::Value* effect = nullptr;     ///< `Allow` or `Deny`, outside trust policies in any case; never null
    NegatableElement principal;              ///< a string, or an object of known types
    NegatableElement action;                 ///< a string or an array of strings, as is resource
    NegatableElement resource;               ///
    const json::Value* condition = nullptr;  ///< an object of objects of scalars or arrays; operators with a key in
                                             ///< them are known
    std::size_t start = 0;                   ///< offset of the simulator's StartPosition
};

struct Outline {
    const json::Value* version = nullptr;  ///< `2008-10-17` or `2012-10-17`, or in strict reading any string
    const json::Value* id = nullptr;
    std::vector<StatementOutline> statements;
    std::size_t begin = 0;  ///< offset of the opening brace

    [[nodiscard]] bool is_2012() const { return version && version->text == "2012-10-17"; }
};

/// The elements of a document, or a syntax error: unknown element, wrong type, element missing or there twice over
/// (Action and NotAction), unknown operator. Trust policies are read by a parser of their own, which says more.
[[nodiscard]] std::variant<Outline, Problem> outline(const json::Value& document,
                                                     DocumentKind kind = DocumentKind::identity);

/// A value and an array of one value are the same everywhere: the values as a list.
[[nodiscard]] std::span<const json::Value> values_of(const json::Value& value);

}  // namespace iamlocal::policy
