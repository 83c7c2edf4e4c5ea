#include "db/finished_schema.hpp"

#include <cstdint>
#include <stdexcept>

#include "db/sqlite_database.hpp"
#include "db/sqlite_image.hpp"

namespace iamlocal::db {
namespace {

// Packed are the size of the file, then what is not zero, each piece with its place and its size: pages of tables
// without rows are hardly anything else, and no library is needed to read it.
constexpr std::size_t number_size = 4;
/// So many zeros are not worth a new piece.
constexpr std::size_t longest_gap = 2 * number_size;
/// A file beyond this is none of a schema.
constexpr std::size_t most_bytes = std::size_t{64} << 20;
/// The version of SQLite that has written the file last stands in its header, which says nothing to anybody.
constexpr std::size_t library_version_at = 96;

void append_number(std::string& out, std::size_t number) {
    for (std::size_t i = 0; i < number_size; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::size_t take_number(std::string_view& packed) {
    if (packed.size() < number_size) throw std::logic_error("a packed schema that is cut off");
    std::size_t number = 0;
    for (std::size_t i = 0; i < number_size; ++i)
        number |= std::size_t{static_cast<unsigned char>(packed[i])} << (8 * i);
    packed.remove_prefix(number_size);
    return number;
}

/// Where the zeros begin that a piece from `begin` on ends with.
std::size_t end_of_piece(std::string_view file, std::size_t begin) {
    std::size_t end = begin;
    for (std::size_t i = begin; i < file.size() && i - end <= longest_gap; ++i)
        if (file[i] != '\0') end = i + 1;
    return end;
}

}  // namespace

std::string pack_schema(std::span<const Migration> steps) {
    const std::unique_ptr<SqliteHandle> made = SqliteHandle::in_memory();
    bring_up(*made, {steps, {}}, "of a schema");
    std::string file(image_of(*made, "main").bytes);
    file.replace(library_version_at, number_size, number_size, '\0');
    std::string packed;
    append_number(packed, file.size());
    for (std::size_t begin = file.find_first_not_of('\0'); begin != file.npos;) {
        const std::size_t end = end_of_piece(file, begin);
        append_number(packed, begin);
        append_number(packed, end - begin);
        packed.append(file, begin, end - begin);
        begin = file.find_first_not_of('\0', end);
    }
    return packed;
}

std::string unpack_schema(std::string_view packed) {
    const std::size_t size = take_number(packed);
    if (size > most_bytes) throw std::logic_error("a packed schema that is too large");
    std::string file(size, '\0');
    while (!packed.empty()) {
        const std::size_t begin = take_number(packed);
        const std::size_t length = take_number(packed);
        if (length > packed.size() || begin > size || length > size - begin)
            throw std::logic_error("a packed schema with a piece that has no place");
        file.replace(begin, length, packed.substr(0, length));
        packed.remove_prefix(length);
    }
    return file;
}

}  // namespace iamlocal::db
