// One use of a prepared statement: values go in, rows come out. Store code reaches these types through Transaction's
// functions; it constructs none of them but Blob.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"

namespace iamlocal::db {

class Cursor;
class Backend;

/// SQL text. Only a literal can become one, since statements are cached by its address.
class Sql {
  public:
    consteval Sql(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
    const char* text() const { return text_; }

  private:
    const char* text_;
};

/// Bytes that are not text.
struct Blob {
    std::string_view bytes;
};

/// A value for a placeholder; converts from what stores have at hand. Views what it is made from.
class Value {
  public:
    enum class Kind { null, integer, text, blob };

    Value(std::nullptr_t) {}
    Value(std::nullopt_t) {}
    Value(std::integral auto number) : kind_(Kind::integer), number_(static_cast<std::int64_t>(number)) {}
    Value(Seconds at) : kind_(Kind::integer), number_(at.time_since_epoch().count()) {}
    Value(std::string_view text) : kind_(Kind::text), bytes_(text) {}
    Value(const std::string& text) : kind_(Kind::text), bytes_(text) {}
    Value(const char* text) : kind_(Kind::text), bytes_(text) {}
    Value(Blob blob) : kind_(Kind::blob), bytes_(blob.bytes) {}
    template <class Tag>
    Value(const Named<Tag>& name) : kind_(Kind::text), bytes_(name.view()) {}
    template <class T>
    Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value(nullptr)) {}

    Kind kind() const { return kind_; }
    std::int64_t number() const { return number_; }
    std::string_view bytes() const { return bytes_; }

  private:
    Kind kind_ = Kind::null;
    std::int64_t number_ = 0;
    std::string_view bytes_;
};

/// The current row of a result; columns are numbered from 0 in the order of the SELECT list. A view() or blob() lives
/// until the function that was given the row returns.
class Row {
  public:
    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    bool boolean(int column) const { return integer(column) != 0; }
    Seconds seconds(int column) const { return Seconds(std::chrono::seconds(integer(column))); }
    /// Empty for NULL.
    std::string_view view(int column) const;
    std::string text(int column) const { return std::string(view(column)); }
    std::string_view blob(int column) const;

    std::optional<std::string> optional_text(int column) const;

  private:
    friend class Query;
    explicit Row(const Cursor& cursor) : cursor_(cursor) {}
    const Cursor& cursor_;
};

/// Binds in the constructor; makes the statement ready for its next use in the destructor.
class Query {
  public:
    Query(Backend& backend, Sql sql, std::span<const Value> values);
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;
    ~Query();

    /// Whether there is a (next) row. Throws what Backend throws.
    bool step();
    const Row& row() const { return row_; }
    /// How many rows were changed; to be asked after step().
    int changes() const;

  private:
    Cursor& cursor_;
    Row row_;
};

}  // namespace iamlocal::db
