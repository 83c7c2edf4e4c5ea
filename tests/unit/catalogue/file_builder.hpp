// Data files of the catalogue's form, packed by hand: for what our scripts would never write.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <zlib.h>

namespace iamlocal::catalogue {

inline std::string little_endian(std::uint32_t number) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(number >> (8 * i) & 0xFFU));
    return bytes;
}

/// A raw deflate stream.
inline std::string deflate_raw(std::string_view text, std::string_view dictionary = {}) {
    const auto bytes = [](std::string_view of) { return reinterpret_cast<Bytef*>(const_cast<char*>(of.data())); };
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
    if (!dictionary.empty()) deflateSetDictionary(&stream, bytes(dictionary), static_cast<uInt>(dictionary.size()));
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = bytes(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = bytes(packed);
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

struct FileBuilder {
    struct Block {
        std::string packed;
        std::size_t raw_size = 0;
    };

    std::string head = "iamlocal-catalogue 1 test\n# comment\n\n";
    std::string dictionary = "the dictionary";
    std::vector<Block> blocks;  ///< without the dictionary's
    bool right_checksum = true;

    FileBuilder& add(std::string_view text) {
        blocks.push_back({deflate_raw(text, dictionary), text.size()});
        return *this;
    }

    std::string build() const {
        std::string table;
        std::string data = deflate_raw(dictionary);
        table += little_endian(static_cast<std::uint32_t>(data.size()));
        table += little_endian(static_cast<std::uint32_t>(dictionary.size()));
        for (const Block& block : blocks) {
            data += block.packed;
            table += little_endian(static_cast<std::uint32_t>(data.size()));
            table += little_endian(static_cast<std::uint32_t>(block.raw_size));
        }
        const std::string rest = little_endian(static_cast<std::uint32_t>(blocks.size() + 1)) + table + data;
        auto checksum = static_cast<std::uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(rest.data()), static_cast<uInt>(rest.size())));
        if (!right_checksum) checksum ^= 1U;
        return head + little_endian(checksum) + rest;
    }
};

}  // namespace iamlocal::catalogue
