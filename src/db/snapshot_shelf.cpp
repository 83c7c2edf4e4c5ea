#include "db/snapshot_shelf.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <initializer_list>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::db {
namespace {

constexpr std::string_view first_line = "iamlocal snapshot 1\n";
constexpr std::string_view ending = ".snapshot";
/// Names do not begin with a point, so this is nobody's.
constexpr std::string_view draft_name = ".new";
/// Notes are short; a file that claims otherwise is none of ours.
constexpr std::size_t longest_notes = std::size_t{16} << 20;

SnapshotRefused no_snapshot(const std::string& name) {
    return SnapshotRefused(fmt::format("there is no snapshot {}", name));
}

SnapshotRefused damaged_snapshot(const std::string& name) {
    return SnapshotRefused(fmt::format("the file of snapshot {} is damaged", name));
}

/// As `errno` says.
SnapshotRefused cannot_write(const std::filesystem::path& path) {
    return SnapshotRefused(fmt::format("{} cannot be written: {}", path.string(), std::strerror(errno)));
}

std::string hash_of(std::string_view image) { return hex_encode(sha256(image)); }

/// A file or a directory, closed with this.
class OpenFile {
  public:
    OpenFile(const std::filesystem::path& path, int flags, mode_t mode = 0)
        : path_(path), number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
        if (number_ < 0) fail();
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() { ::close(number_); }

    void write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(number_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void sync() {
        if (::fsync(number_) != 0) fail();
    }
    [[noreturn]] void fail() const { throw cannot_write(path_); }

  private:
    const std::filesystem::path path_;
    const int number_;
};

void sync_directory_of(const std::filesystem::path& path) {
    OpenFile(path.parent_path(), O_RDONLY | O_DIRECTORY).sync();
}

void make_directory(const std::filesystem::path& directory) {
    if (::mkdir(directory.c_str(), 0700) == 0) return sync_directory_of(directory);
    if (errno != EEXIST)
        throw SnapshotRefused(fmt::format("{} cannot be made: {}", directory.string(), std::strerror(errno)));
}

/// A file that becomes another one, or goes: a disk that was full is not filled by what could not be finished.
class Draft {
  public:
    explicit Draft(std::filesystem::path path) : path_(std::move(path)) {}
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    ~Draft() {
        if (!is_done_) ::unlink(path_.c_str());
    }

    void write(std::initializer_list<std::string_view> pieces) const {
        OpenFile file(path_, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        for (const std::string_view piece : pieces) file.write(piece);
        file.sync();
    }
    void become(const std::filesystem::path& path) {
        if (::rename(path_.c_str(), path.c_str()) != 0) throw cannot_write(path);
        is_done_ = true;
        sync_directory_of(path);
    }

  private:
    const std::filesystem::path path_;
    bool is_done_ = false;
};

/// Takes `word number\n` or `word text\n` off the front.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view word) {
    const std::size_t end = text.find('\n');
    if (end == text.npos || !text.starts_with(word) || text.substr(word.size(), 1) != " ") return std::nullopt;
    const std::string_view value = text.substr(word.size() + 1, end - word.size() - 1);
    text.remove_prefix(end + 1);
    return value;
}

template <class Number>
bool take_number(std::string_view& text, std::string_view word, Number& number) {
    const auto value = take_line(text, word);
    if (!value) return false;
    const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
    return error == std::errc{} && end == value->data() + value->size();
}

std::optional<std::string> read_file(const std::filesystem::path& file, std::size_t most) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return std::nullopt;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error) return std::nullopt;
    std::string text(static_cast<std::size_t>(std::min<std::uintmax_t>(size, most)), '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

/// The lines at the beginning of a file, or that there are none; nothing where there is no file.
std::optional<std::optional<ReadSnapshotHead>> read_head(const std::filesystem::path& file) {
    constexpr std::size_t usual = std::size_t{64} << 10;
    std::optional<std::string> text = read_file(file, usual);
    if (!text) return std::nullopt;
    std::optional<ReadSnapshotHead> read = parse_snapshot_head(*text);
    if (!read && text->size() == usual && (text = read_file(file, longest_notes + usual)))
        read = parse_snapshot_head(*text);
    return read;
}

}  // namespace

std::string write_snapshot_head(const SnapshotHead& head, std::string_view image_hash) {
    return fmt::format("{}schema {}\ncounted {}\nbytes {}\nsha256 {}\nnotes {}\n{}\n", first_line, head.schema,
                       head.counted, head.bytes, image_hash, head.notes.size(), head.notes);
}

std::optional<ReadSnapshotHead> parse_snapshot_head(std::string_view text) {
    const std::size_t size = text.size();
    if (!text.starts_with(first_line)) return std::nullopt;
    text.remove_prefix(first_line.size());
    ReadSnapshotHead read;
    std::size_t notes = 0;
    if (!take_number(text, "schema", read.head.schema) || !take_number(text, "counted", read.head.counted) ||
        !take_number(text, "bytes", read.head.bytes))
        return std::nullopt;
    const auto hash = take_line(text, "sha256");
    if (!hash || !take_number(text, "notes", notes) || notes > longest_notes || text.size() < notes + 1 ||
        text[notes] != '\n')
        return std::nullopt;
    read.image_hash = *hash;
    read.head.notes = text.substr(0, notes);
    read.size = size - text.size() + notes + 1;
    return read;
}

void require_room(const std::vector<SnapshotHead>& kept, const std::string& name, std::size_t bytes) {
    std::size_t others = 0;
    for (const SnapshotHead& head : kept) {
        if (head.name == name) continue;
        ++others;
        bytes += head.bytes;
    }
    if (others >= most_snapshots)
        throw SnapshotRefused(fmt::format("there are {} snapshots already; delete one", most_snapshots));
    if (bytes > most_snapshot_bytes)
        throw SnapshotRefused(fmt::format("snapshots may have {} MiB together; delete one", most_snapshot_bytes >> 20));
}

void MemoryShelf::put(const SnapshotHead& head, SnapshotImage image) {
    kept_.insert_or_assign(head.name, Kept{head, std::move(image)});
}

std::vector<SnapshotHead> MemoryShelf::list() {
    std::vector<SnapshotHead> heads;
    for (const auto& [name, kept] : kept_) heads.push_back(kept.head);
    return heads;
}

std::optional<SnapshotHead> MemoryShelf::find(const std::string& name) {
    const auto found = kept_.find(name);
    return found == kept_.end() ? std::nullopt : std::optional(found->second.head);
}

SnapshotImage MemoryShelf::get(const std::string& name) {
    const auto found = kept_.find(name);
    if (found == kept_.end()) throw no_snapshot(name);
    return found->second.image;
}

bool MemoryShelf::remove(const std::string& name) { return kept_.erase(name) > 0; }

DirectoryShelf::DirectoryShelf(std::filesystem::path directory) : directory_(std::move(directory)) {
    ::unlink((directory_ / draft_name).c_str());
}

std::filesystem::path DirectoryShelf::file_of(const std::string& name) const {
    return directory_ / std::string(name).append(ending);
}

void DirectoryShelf::put(const SnapshotHead& head, SnapshotImage image) {
    make_directory(directory_);
    Draft draft(directory_ / draft_name);
    draft.write({write_snapshot_head(head, hash_of(image.bytes)), image.bytes});
    draft.become(file_of(head.name));
}

std::vector<SnapshotHead> DirectoryShelf::list() {
    std::vector<SnapshotHead> heads;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory_, error)) {
        std::string name = entry.path().filename().string();
        if (name.starts_with('.') || !name.ends_with(ending)) continue;
        name.resize(name.size() - ending.size());
        if (auto head = find(name)) heads.push_back(*std::move(head));
    }
    std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return heads;
}

std::optional<SnapshotHead> DirectoryShelf::find(const std::string& name) {
    const std::optional<std::optional<ReadSnapshotHead>> read = read_head(file_of(name));
    if (!read) return std::nullopt;
    SnapshotHead head;
    if (*read) head = (*read)->head;
    head.name = name;
    head.is_damaged = !*read;
    return head;
}

SnapshotImage DirectoryShelf::get(const std::string& name) {
    const std::optional<std::optional<ReadSnapshotHead>> read = read_head(file_of(name));
    if (!read) throw no_snapshot(name);
    if (!*read || (*read)->head.bytes > most_snapshot_bytes) throw damaged_snapshot(name);
    // Not filled with zeros before: that takes as long as to read it.
    const std::size_t size = (*read)->head.bytes;
    std::shared_ptr<char[]> bytes = std::make_shared_for_overwrite<char[]>(size + 1);
    std::ifstream in(file_of(name), std::ios::binary);
    in.seekg(static_cast<std::streamoff>((*read)->size));
    in.read(bytes.get(), static_cast<std::streamsize>(size + 1));
    const std::string_view image(bytes.get(), size);
    if (static_cast<std::size_t>(in.gcount()) != size || hash_of(image) != (*read)->image_hash)
        throw damaged_snapshot(name);
    return {std::move(bytes), image};
}

bool DirectoryShelf::remove(const std::string& name) {
    if (::unlink(file_of(name).c_str()) != 0) {
        if (errno == ENOENT) return false;
        throw SnapshotRefused(fmt::format("{} cannot be removed: {}", file_of(name).string(), std::strerror(errno)));
    }
    sync_directory_of(file_of(name));
    return true;
}

}  // namespace iamlocal::db
