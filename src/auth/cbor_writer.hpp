// Writes what session tokens hold, as CBOR (RFC 8949). A tree of JSON in between took two fifths of the instructions of
// issuing credentials; reading is left to the library, which checks what is foreign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace iamlocal::auth {

/// Puts items behind one another, each with the shortest head. Who begins an array or a map puts as many items, or
/// twice as many, behind it.
class CborWriter {
  public:
    void text(std::string_view value);
    void integer(std::int64_t value);
    void boolean(bool value);
    void begin_array(std::size_t items);
    void begin_map(std::size_t members);

    const std::string& str() const { return out_; }
    void reserve(std::size_t bytes) { out_.reserve(bytes); }

  private:
    enum class Major : unsigned char {
        unsigned_integer = 0,
        negative_integer = 1,
        text = 3,
        array = 4,
        map = 5,
        simple = 7
    };

    void head(Major major, std::uint64_t value);

    std::string out_;
};

}  // namespace iamlocal::auth
