// A data file of packed texts, each of which is unpacked alone: the form of everything that the catalogue knows. Bytes
// that were not written by our scripts give an error or nothing, never undefined behaviour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace iamlocal::catalogue {

/// Why bytes are no file of the wanted kind.
struct MalformedFile {
    std::string reason;  ///< completes "…: ": `it is cut short`
};

/// The form, written by scripts/catalogue_file.py: a line "iamlocal-catalogue 1 KIND", lines of comment that start with
/// '#', an empty line; then, as little-endian numbers of 32 bits, a CRC-32 of everything behind it, the number of
/// blocks, and for each block where it ends (counted from the first block's start) and its unpacked size; then the
/// blocks, each a raw deflate stream. Block 0 is the dictionary with which the others are packed.
class CompressedFile {
  public:
    /// More than any block of ours has, so that a forged size cannot ask for much memory.
    static constexpr std::size_t max_block_size = 4 * 1024 * 1024;

    /// Reads the head and the table of blocks. `bytes` must outlive the file; `kind` is what the first line must name.
    static std::variant<CompressedFile, MalformedFile> parse(std::string_view bytes, std::string_view kind);

    /// Whether the checksum is right: for files that come from elsewhere. Reads every byte.
    [[nodiscard]] bool is_intact() const;
    /// Blocks behind the dictionary.
    std::size_t size() const { return block_count_ - 1; }
    /// Block `number`, from 0, the dictionary not counted. Nothing when there is none or when it is damaged.
    [[nodiscard]] std::optional<std::string> unpack(std::size_t number) const;

  private:
    struct Block {
        std::string_view packed;
        std::size_t raw_size = 0;
    };

    CompressedFile() = default;
    Block block(std::size_t number) const;

    std::uint32_t checksum_ = 0;
    std::size_t block_count_ = 0;
    std::string_view checked_;  ///< what the checksum is of
    std::string_view table_;
    std::string_view blocks_;
    std::string dictionary_;
};

}  // namespace iamlocal::catalogue
