#include "catalogue/compressed_file.hpp"

#include <zlib.h>

#include "base/inflate.hpp"

namespace iamlocal::catalogue {
namespace {

constexpr std::string_view magic = "iamlocal-catalogue 1 ";
constexpr std::string_view any_version = "iamlocal-catalogue ";
constexpr std::size_t number_size = 4;
constexpr std::size_t table_row_size = 2 * number_size;
constexpr std::size_t dictionary_limit = 32768;
/// The caller knows that the bytes are there.
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = number_size; i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

/// Exactly `raw_size` bytes out of exactly `packed`, or nothing.
std::optional<std::string> inflate_whole(std::string_view packed, std::size_t raw_size, std::string_view dictionary) {
    std::string raw(raw_size + 1, '\0');
    const auto result = inflate(packed, PackedAs::raw, raw, raw_size, dictionary);
    const auto* const size = std::get_if<std::size_t>(&result);
    if (size == nullptr || *size != raw_size) return std::nullopt;
    raw.resize(raw_size);
    return raw;
}

}  // namespace

std::variant<CompressedFile, MalformedFile> CompressedFile::parse(std::string_view bytes, std::string_view kind) {
    if (!bytes.starts_with(any_version)) return MalformedFile{"it is no data file of iamlocal"};
    if (!bytes.starts_with(magic)) return MalformedFile{"it is of a version that this program does not read"};
    const std::size_t line_end = bytes.find('\n');
    if (bytes.substr(0, line_end).substr(magic.size()) != kind) return MalformedFile{"it holds something else"};
    const std::size_t head_end = bytes.find("\n\n");
    if (head_end == std::string_view::npos) return MalformedFile{"it is cut short"};
    const std::string_view body = bytes.substr(head_end + 2);
    if (body.size() < 2 * number_size) return MalformedFile{"it is cut short"};

    CompressedFile file;
    file.checksum_ = number_at(body, 0);
    file.checked_ = body.substr(number_size);
    file.block_count_ = number_at(body, number_size);
    const std::string_view rest = body.substr(2 * number_size);
    if (file.block_count_ == 0) return MalformedFile{"it is damaged"};
    if (rest.size() / table_row_size < file.block_count_) return MalformedFile{"it is cut short"};
    file.table_ = rest.substr(0, file.block_count_ * table_row_size);
    file.blocks_ = rest.substr(file.table_.size());

    std::size_t end = 0;
    for (std::size_t i = 0; i < file.block_count_; ++i) {
        const std::size_t next = number_at(file.table_, i * table_row_size);
        const std::size_t raw_size = number_at(file.table_, i * table_row_size + number_size);
        if (next < end || raw_size > max_block_size) return MalformedFile{"it is damaged"};
        end = next;
    }
    if (end > file.blocks_.size()) return MalformedFile{"it is cut short"};
    if (end < file.blocks_.size()) return MalformedFile{"it is damaged"};

    const Block first = file.block(0);
    std::optional<std::string> dictionary;
    if (first.raw_size <= dictionary_limit) dictionary = inflate_whole(first.packed, first.raw_size, {});
    if (!dictionary) return MalformedFile{"it is damaged"};
    file.dictionary_ = *std::move(dictionary);
    return file;
}

bool CompressedFile::is_intact() const {
    return crc32_z(0, reinterpret_cast<const Bytef*>(checked_.data()), checked_.size()) == checksum_;
}

std::optional<std::string> CompressedFile::unpack(std::size_t number) const {
    if (number >= size()) return std::nullopt;
    const Block wanted = block(number + 1);
    return inflate_whole(wanted.packed, wanted.raw_size, dictionary_);
}

/// parse() has seen that the table is in order and within the file.
CompressedFile::Block CompressedFile::block(std::size_t number) const {
    const std::size_t at = number * table_row_size;
    const std::size_t begin = number == 0 ? 0 : number_at(table_, at - table_row_size);
    return {blocks_.substr(begin, number_at(table_, at) - begin), number_at(table_, at + number_size)};
}

}  // namespace iamlocal::catalogue
