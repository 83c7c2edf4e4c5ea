// A small JSON reader for policy documents. Unlike general ones it refuses a key that occurs twice, keeps where each
// value stands, and bounds size and depth.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <variant>

namespace iamlocal::policy::json {

enum class Type { null, boolean, number, string, array, object };

/// A value and where it stands in the text: [begin, end). Refers to the text and to the Document.
struct Value {
    Type type = Type::null;
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view key;          ///< its name, if it stands in an object
    std::string_view text;         ///< a string's characters; a number or boolean as it is written
    std::span<const Value> items;  ///< of an array or object

    [[nodiscard]] bool is(Type wanted) const { return type == wanted; }
    /// Null when an object has no such key.
    [[nodiscard]] const Value* find(std::string_view name) const;
};

/// A text that has been read. Its values may be moved with it, but do not outlive it, nor the text.
class Document {
  public:
    [[nodiscard]] const Value& root() const { return root_; }

  private:
    friend class Reader;
    Document() = default;

    /// Of the values, and of the strings that are not in the text as they are.
    std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
    Value root_;
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
[[nodiscard]] std::variant<Document, Error> parse(std::string_view text, Limits limits);

}  // namespace iamlocal::policy::json
