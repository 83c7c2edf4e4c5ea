// A small JSON reader for policy documents. Unlike general ones it refuses a key that occurs twice, keeps where each
// value stands, and bounds size and depth.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace iamlocal::policy::json {

enum class Type { null, boolean, number, string, array, object };

/// A value and where it stands in the text: [begin, end).
struct Value {
    Type type = Type::null;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string text;               ///< a string's characters; a number or boolean as it is written
    std::vector<Value> items;       ///< of an array; of an object: the values
    std::vector<std::string> keys;  ///< of an object: keys[i] names items[i]

    [[nodiscard]] bool is(Type wanted) const { return type == wanted; }
    /// Null when an object has no such key.
    [[nodiscard]] const Value* find(std::string_view key) const;
};

/// Where reading stopped and why.
struct Error {
    std::size_t at = 0;
    std::string_view reason = "this is not JSON";
};

struct Limits {
    std::size_t bytes;
    std::size_t depth;
};

/// Reads a whole text: RFC 8259, well-formed UTF-8, no NUL, no unpaired surrogates, no key twice in an object.
[[nodiscard]] std::variant<Value, Error> parse(std::string_view text, Limits limits);

}  // namespace iamlocal::policy::json
