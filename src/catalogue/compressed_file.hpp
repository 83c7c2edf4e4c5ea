// A data file of packed texts: the form of everything that the catalogue knows. What is alike is packed together, a
// group of texts at a time. Bytes that were not written by our scripts give an error or nothing, never undefined
// behaviour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace iamlocal::catalogue {

/// Why bytes are no file of the wanted kind.
struct MalformedFile {
    std::string reason;  ///< completes "…: ": `it is cut short`
};

/// The form, written by scripts/catalogue_file.py: a line "iamlocal-catalogue 2 KIND", lines of comment that start with
/// '#', an empty line; then, as little-endian numbers of 32 bits, a CRC-32 of everything behind it, the number of
/// groups, and for each group where it ends (counted from the first group's start) and its unpacked size; then the
/// groups, each a raw LZMA stream (lc 4, lp 0, pb 0) with a marker of its end. Group 0 has the sizes of the texts, as
/// such numbers, too; the texts lie in the others, one behind another, and none in two of them.
class CompressedFile {
  public:
    /// More than any group of ours has, so that a forged size cannot ask for much memory.
    static constexpr std::size_t max_group_size = 4 * 1024 * 1024;
    /// More than all groups of ours have together.
    static constexpr std::size_t max_size = 64 * 1024 * 1024;

    /// Reads the head and the tables of groups and texts. `bytes` must outlive the file; `kind` is what the first line
    /// must name.
    static std::variant<CompressedFile, MalformedFile> parse(std::string_view bytes, std::string_view kind);

    /// Whether the checksum is right: for files that come from elsewhere. Reads every byte.
    [[nodiscard]] bool is_intact() const;
    /// The number of texts.
    std::size_t size() const { return texts_.size(); }
    /// Text `number`, from 0; lives as long as the file. Nothing when there is none or when it is damaged. Its group is
    /// unpacked when somebody asks for the first of its texts, and kept. Safe for threads.
    [[nodiscard]] std::optional<std::string_view> text(std::size_t number) const;

  private:
    struct Group {
        std::string_view packed;
        std::size_t raw_size = 0;
    };
    struct Unpacked {
        std::once_flag once;
        std::optional<std::string> content;
    };
    struct Text {
        std::uint32_t group = 0;
        std::uint32_t offset = 0;
        std::uint32_t size = 0;
    };

    CompressedFile() = default;
    Group group(std::size_t number) const;
    bool read_texts();

    std::uint32_t checksum_ = 0;
    std::size_t group_count_ = 0;
    std::string_view checked_;  ///< what the checksum is of
    std::string_view table_;
    std::string_view groups_;
    std::vector<Text> texts_;
    std::unique_ptr<Unpacked[]> unpacked_;  ///< by group
};

}  // namespace iamlocal::catalogue
