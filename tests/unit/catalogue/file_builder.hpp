// Data files of the catalogue's form, packed by hand: for what our scripts would never write.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <lzma.h>
#include <zlib.h>

namespace iamlocal::catalogue {

inline std::string little_endian(std::uint32_t number) {
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(number >> (8 * i) & 0xFFU));
    return bytes;
}

/// A raw LZMA stream as the catalogue has them, packed quickly.
inline std::string pack_raw(std::string_view text) {
    lzma_options_lzma options{};
    lzma_lzma_preset(&options, 0);
    options.lc = 4;
    options.lp = options.pb = 0;
    options.dict_size = 1U << 20U;
    const lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    std::string packed(text.size() + text.size() / 3 + 128, '\0');
    std::size_t size = 0;
    const auto result =
        lzma_raw_buffer_encode(filters, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                               reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size());
    if (result != LZMA_OK) throw std::runtime_error("liblzma");
    packed.resize(size);
    return packed;
}

struct FileBuilder {
    struct Group {
        std::string packed;
        std::size_t raw_size = 0;
    };

    std::string head = "iamlocal-catalogue 2 test\n# comment\n\n";
    std::vector<Group> groups;  ///< without that of the sizes
    std::vector<std::uint32_t> sizes;
    bool right_checksum = true;

    /// Texts that lie in one group.
    FileBuilder& add(std::initializer_list<std::string_view> texts) {
        std::string content;
        for (const std::string_view text : texts) {
            content.append(text);
            sizes.push_back(static_cast<std::uint32_t>(text.size()));
        }
        // An empty text lies at the end of the group before it.
        if (!content.empty() || groups.empty()) groups.push_back({pack_raw(content), content.size()});
        return *this;
    }
    FileBuilder& add(std::string_view text) { return add({text}); }

    std::string build() const {
        std::string raw_sizes;
        for (const std::uint32_t size : sizes) raw_sizes += little_endian(size);
        std::string data = pack_raw(raw_sizes);
        std::string table = little_endian(static_cast<std::uint32_t>(data.size())) +
                            little_endian(static_cast<std::uint32_t>(raw_sizes.size()));
        for (const Group& group : groups) {
            data += group.packed;
            table += little_endian(static_cast<std::uint32_t>(data.size()));
            table += little_endian(static_cast<std::uint32_t>(group.raw_size));
        }
        const std::string rest = little_endian(static_cast<std::uint32_t>(groups.size() + 1)) + table + data;
        auto checksum = static_cast<std::uint32_t>(
            crc32(0, reinterpret_cast<const Bytef*>(rest.data()), static_cast<uInt>(rest.size())));
        if (!right_checksum) checksum ^= 1U;
        return head + little_endian(checksum) + rest;
    }
};

}  // namespace iamlocal::catalogue
