#include "catalogue/compressed_file.hpp"

#include <algorithm>

#include <lzma.h>
#include <zlib.h>

namespace iamlocal::catalogue {
namespace {

constexpr std::string_view magic = "iamlocal-catalogue 2 ";
constexpr std::string_view any_version = "iamlocal-catalogue ";
constexpr std::size_t number_size = 4;
constexpr std::size_t table_row_size = 2 * number_size;
/// The caller knows that the bytes are there.
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = number_size; i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

/// Exactly `raw_size` bytes out of exactly `packed`, or nothing.
std::optional<std::string> unpack_whole(std::string_view packed, std::size_t raw_size) {
    lzma_options_lzma options{};
    options.dict_size = std::max(static_cast<std::uint32_t>(raw_size), std::uint32_t{LZMA_DICT_SIZE_MIN});
    options.lc = 4;
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    // With room for a byte too many, which a stream without its end would fill.
    std::string raw(raw_size + 1, '\0');
    std::size_t read = 0;
    std::size_t written = 0;
    const lzma_ret result =
        lzma_raw_buffer_decode(filters, nullptr, reinterpret_cast<const std::uint8_t*>(packed.data()), &read,
                               packed.size(), reinterpret_cast<std::uint8_t*>(raw.data()), &written, raw.size());
    if (result != LZMA_OK || read != packed.size() || written != raw_size) return std::nullopt;
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
    file.group_count_ = number_at(body, number_size);
    const std::string_view rest = body.substr(2 * number_size);
    if (file.group_count_ == 0) return MalformedFile{"it is damaged"};
    if (rest.size() / table_row_size < file.group_count_) return MalformedFile{"it is cut short"};
    file.table_ = rest.substr(0, file.group_count_ * table_row_size);
    file.groups_ = rest.substr(file.table_.size());

    std::size_t end = 0;
    std::size_t size = 0;
    for (std::size_t i = 0; i < file.group_count_; ++i) {
        const std::size_t next = number_at(file.table_, i * table_row_size);
        const std::size_t raw_size = number_at(file.table_, i * table_row_size + number_size);
        size += raw_size;
        if (next < end || raw_size > max_group_size || size > max_size) return MalformedFile{"it is damaged"};
        end = next;
    }
    if (end > file.groups_.size()) return MalformedFile{"it is cut short"};
    if (end < file.groups_.size()) return MalformedFile{"it is damaged"};
    if (!file.read_texts()) return MalformedFile{"it is damaged"};
    file.unpacked_ = std::make_unique<Unpacked[]>(file.group_count_);
    return file;
}

bool CompressedFile::read_texts() {
    const Group first = group(0);
    const std::optional<std::string> sizes = unpack_whole(first.packed, first.raw_size);
    if (!sizes || sizes->size() % number_size != 0) return false;
    texts_.reserve(sizes->size() / number_size);
    std::uint32_t number = 1;
    std::size_t offset = 0;
    for (std::size_t at = 0; at < sizes->size(); at += number_size) {
        const std::uint32_t size = number_at(*sizes, at);
        // The next group begins where one is full.
        if (number < group_count_ && offset == group(number).raw_size && size > 0) {
            ++number;
            offset = 0;
        }
        if (number >= group_count_ || size > group(number).raw_size - offset) return false;
        texts_.push_back({number, static_cast<std::uint32_t>(offset), size});
        offset += size;
    }
    // Nothing is left over.
    return group_count_ == 1 || (number + 1 == group_count_ && offset == group(number).raw_size);
}

bool CompressedFile::is_intact() const {
    return crc32_z(0, reinterpret_cast<const Bytef*>(checked_.data()), checked_.size()) == checksum_;
}

std::optional<std::string_view> CompressedFile::text(std::size_t number) const {
    if (number >= size()) return std::nullopt;
    const Text& wanted = texts_[number];
    Unpacked& whole = unpacked_[wanted.group];
    std::call_once(whole.once, [&] {
        const Group packed = group(wanted.group);
        whole.content = unpack_whole(packed.packed, packed.raw_size);
    });
    if (!whole.content) return std::nullopt;
    return std::string_view(*whole.content).substr(wanted.offset, wanted.size);
}

/// parse() has seen that the table is in order and within the file.
CompressedFile::Group CompressedFile::group(std::size_t number) const {
    const std::size_t at = number * table_row_size;
    const std::size_t begin = number == 0 ? 0 : number_at(table_, at - table_row_size);
    return {groups_.substr(begin, number_at(table_, at) - begin), number_at(table_, at + number_size)};
}

}  // namespace iamlocal::catalogue
