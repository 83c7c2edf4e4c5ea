// Reading policy documents: text to Policy, or what AWS says is wrong with it. Use parse() at the door, when a document
// is stored, and with Strictness::lenient for documents that were accepted before or come from AWS.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "policy/document.hpp"

namespace iamlocal::policy {

/// Longer documents, and deeper ones, are refused before anything else is looked at.
inline constexpr std::size_t max_document_bytes = std::size_t{512} << 10;
inline constexpr std::size_t max_document_depth = 32;

/// Why a document is refused, in AWS's words, and where in the text it was noticed (1:1 when no place is to blame).
struct ParseError {
    std::string code;  ///< `MalformedPolicyDocument`
    std::string message;
    std::size_t line = 1;
    std::size_t column = 1;
    std::string reason = {};  ///< which value it is about and why, in our words; empty where AWS's say it
};

enum class Strictness {
    managed,  ///< as strict, and Version has to be 2012-10-17, which IAM demands of managed policies alone
    strict,   ///< everything IAM refuses when a document is stored
    lenient,  ///< only what cannot be evaluated; AWS's own managed policies break several of IAM's rules
};

/// Compiles a document. Refused in either strictness: what is not well-formed UTF-8 and JSON, a key twice in one
/// object, NUL, excess of size or depth, unknown elements and operators, wrong types.
[[nodiscard]] std::variant<Policy, ParseError> parse(std::string_view json, DocumentKind kind,
                                                     Strictness strictness = Strictness::strict);

/// The size of a document as IAM's quotas count it: characters that are not white space.
[[nodiscard]] std::size_t size_without_whitespace(std::string_view json);

/// One value of a Principal's "AWS" and where its JSON string literal, quotes included, stands: [begin, end).
struct PrincipalText {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string value;
    bool operator==(const PrincipalText&) const = default;
};

/// The "AWS" values of every Principal and NotPrincipal, in order, single ones and those in arrays. With it a caller
/// replaces ARNs by unique ids when storing, and back when showing, and leaves the rest of the text byte for byte.
/// Empty for a text that is not JSON.
[[nodiscard]] std::vector<PrincipalText> aws_principals(std::string_view json);

}  // namespace iamlocal::policy
