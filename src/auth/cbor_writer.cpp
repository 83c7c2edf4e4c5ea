#include "auth/cbor_writer.hpp"

namespace iamlocal::auth {

void CborWriter::text(std::string_view value) {
    head(Major::text, value.size());
    out_.append(value);
}

void CborWriter::integer(std::int64_t value) {
    // Of a negative number -1 - n is written, which is its complement.
    if (value < 0) return head(Major::negative_integer, ~static_cast<std::uint64_t>(value));
    head(Major::unsigned_integer, static_cast<std::uint64_t>(value));
}

void CborWriter::boolean(bool value) { head(Major::simple, value ? 21 : 20); }

void CborWriter::begin_array(std::size_t items) { head(Major::array, items); }

void CborWriter::begin_map(std::size_t members) { head(Major::map, members); }

void CborWriter::head(Major major, std::uint64_t value) {
    const auto first = static_cast<unsigned char>(static_cast<unsigned char>(major) << 5);
    if (value < 24) {
        out_.push_back(static_cast<char>(first | value));
        return;
    }
    // 24 to 27 say that one, two, four or eight bytes follow.
    int more = 0;
    while (more < 3 && (value >> (8U << more)) != 0) ++more;
    out_.push_back(static_cast<char>(first | (24 + more)));
    for (int shift = (8 << more) - 8; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(value >> shift));
}

}  // namespace iamlocal::auth
