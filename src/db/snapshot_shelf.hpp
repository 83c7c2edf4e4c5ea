// Where images of SQLite databases are kept under names: in memory, or as files of a directory. Inside this folder
// only.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/snapshots.hpp"
#include "db/sqlite_image.hpp"

namespace iamlocal::db {

/// Used by one thread at a time.
class SnapshotShelf {
  public:
    virtual ~SnapshotShelf() = default;
    /// `head.bytes` is the image's size. Lasts when it returns.
    virtual void put(const SnapshotHead& head, SnapshotImage image) = 0;
    virtual std::vector<SnapshotHead> list() = 0;
    virtual std::optional<SnapshotHead> find(const std::string& name) = 0;
    /// Throws SnapshotRefused where it is not there or is damaged.
    virtual SnapshotImage get(const std::string& name) = 0;
    virtual bool remove(const std::string& name) = 0;
};

class MemoryShelf final : public SnapshotShelf {
  public:
    void put(const SnapshotHead& head, SnapshotImage image) override;
    std::vector<SnapshotHead> list() override;
    std::optional<SnapshotHead> find(const std::string& name) override;
    SnapshotImage get(const std::string& name) override;
    bool remove(const std::string& name) override;

  private:
    struct Kept {
        SnapshotHead head;
        SnapshotImage image;
    };
    std::map<std::string, Kept> kept_;
};

/// A file for each, written under another name, synced and renamed: there is a whole one or none. It begins with lines
/// of text, the first of which says what it is; a hash of the image tells whether it is as it was written.
class DirectoryShelf final : public SnapshotShelf {
  public:
    /// The directory is made when there is something to be put into it. What a process before this one has left
    /// unfinished is removed.
    explicit DirectoryShelf(std::filesystem::path directory);

    void put(const SnapshotHead& head, SnapshotImage image) override;
    std::vector<SnapshotHead> list() override;
    std::optional<SnapshotHead> find(const std::string& name) override;
    SnapshotImage get(const std::string& name) override;
    bool remove(const std::string& name) override;

  private:
    std::filesystem::path file_of(const std::string& name) const;

    const std::filesystem::path directory_;
};

/// The lines before an image, and back. Nothing for a text that does not begin with such lines. `size`: of the lines.
std::string write_snapshot_head(const SnapshotHead& head, std::string_view image_hash);
struct ReadSnapshotHead {
    SnapshotHead head;  ///< without its name
    std::string image_hash;
    std::size_t size = 0;
};
std::optional<ReadSnapshotHead> parse_snapshot_head(std::string_view text);

/// Throws SnapshotRefused where one more of that size, or another one in the place of that name, would be too many.
void require_room(const std::vector<SnapshotHead>& kept, const std::string& name, std::size_t bytes);

}  // namespace iamlocal::db
