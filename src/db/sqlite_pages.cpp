#include "db/sqlite_pages.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

namespace iamlocal::db {
namespace {

// https://www.sqlite.org/fileformat2.html has all of it. Numbers have their highest byte first.
constexpr std::size_t file_header_size = 100;
constexpr std::size_t page_size_at = 16;
constexpr std::size_t reserved_at = 20;
constexpr std::size_t first_trunk_at = 32;
constexpr std::size_t trunk_header_size = 8;

enum PageType : unsigned char { interior_index = 2, interior_table = 5, leaf_index = 10, leaf_table = 13 };

[[noreturn]] void fail() { throw std::runtime_error("the database file is damaged"); }

class Copier {
  public:
    explicit Copier(std::string_view file) : file_(file) {
        if (file.size() < file_header_size) fail();
        const std::size_t size = number(page_size_at, 2);
        page_size_ = size == 1 ? 65536 : size;
        if (page_size_ < 512 || file.size() % page_size_ != 0) fail();
        usable_ = page_size_ - number(reserved_at, 1);
        if (usable_ < 480) fail();
        copied_.resize(file.size() / page_size_);
        // Pages that nothing is written to are never there.
        copy_.reset(static_cast<char*>(std::calloc(file.size(), 1)), std::free);
        if (copy_ == nullptr) throw std::bad_alloc();
    }

    void copy_header() { keep(0, file_header_size); }

    void copy_tree(std::uint32_t root) {
        waiting_.push_back(root);
        while (!waiting_.empty()) {
            const std::uint32_t page = waiting_.back();
            waiting_.pop_back();
            copy_page(page);
        }
    }

    /// The pages themselves are empty; which they are is kept.
    void copy_free_list() {
        std::size_t trunk = number(first_trunk_at, 4);
        while (trunk != 0) {
            const std::size_t begin = enter(trunk);
            const std::size_t leaves = number(begin + 4, 4);
            if (leaves > usable_ / 4 - 2) fail();
            keep(begin, trunk_header_size + 4 * leaves);
            trunk = number(begin, 4);
        }
    }

    std::shared_ptr<const char[]> take() { return std::move(copy_); }

  private:
    std::size_t number(std::size_t at, std::size_t bytes) const {
        if (at > file_.size() || bytes > file_.size() - at) fail();
        std::size_t value = 0;
        for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(file_[at + i]);
        return value;
    }

    /// A number of one to nine bytes, of which the last has eight bits and the others seven.
    std::uint64_t varint(std::size_t& at) const {
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) {
            const std::size_t byte = number(at++, 1);
            value = value << 7 | (byte & 0x7f);
            if (byte < 0x80) return value;
        }
        return value << 8 | number(at++, 1);
    }

    void keep(std::size_t at, std::size_t bytes) {
        if (at > file_.size() || bytes > file_.size() - at) fail();
        std::memcpy(copy_.get() + at, file_.data() + at, bytes);
    }

    /// Where the page begins. Each is come to once.
    std::size_t enter(std::size_t page) {
        if (page == 0 || page > copied_.size() || copied_[page - 1]) fail();
        copied_[page - 1] = true;
        return (page - 1) * page_size_;
    }

    void copy_page(std::uint32_t page) {
        const std::size_t begin = enter(page);
        const std::size_t end = begin + usable_;
        const std::size_t header = page == 1 ? begin + file_header_size : begin;
        const auto type = static_cast<PageType>(number(header, 1));
        const bool is_leaf = type == leaf_index || type == leaf_table;
        if (!is_leaf && type != interior_index && type != interior_table) fail();
        const std::size_t cells = number(header + 3, 2);
        const std::size_t places = header + (is_leaf ? 8 : 12);
        if (cells > (end - places) / 2) fail();
        keep(header, places - header + 2 * cells);
        for (std::size_t i = 0; i < cells; ++i) copy_cell(type, begin + number(places + 2 * i, 2), end);
        if (!is_leaf) waiting_.push_back(static_cast<std::uint32_t>(number(header + 8, 4)));
        copy_holes(begin, number(header + 1, 2), end);
    }

    void copy_cell(PageType type, std::size_t at, std::size_t end) {
        std::size_t cursor = at;
        if (type == interior_index || type == interior_table) {
            waiting_.push_back(static_cast<std::uint32_t>(number(cursor, 4)));
            cursor += 4;
        }
        if (type == interior_table) {
            varint(cursor);
            return keep_within(at, cursor, end);
        }
        const std::uint64_t payload = varint(cursor);
        if (payload > file_.size()) fail();
        if (type == leaf_table) varint(cursor);
        const std::size_t here = size_here(type, static_cast<std::size_t>(payload));
        cursor += here;
        if (here < payload) {
            copy_overflow(number(cursor, 4), static_cast<std::size_t>(payload) - here);
            cursor += 4;
        }
        // A cell takes four bytes at least.
        keep_within(at, std::max(cursor, at + 4), end);
    }

    void keep_within(std::size_t begin, std::size_t end, std::size_t most) {
        if (end > most) fail();
        keep(begin, end - begin);
    }

    /// How much of a payload is in the cell itself.
    std::size_t size_here(PageType type, std::size_t payload) const {
        const std::size_t most = type == leaf_table ? usable_ - 35 : (usable_ - 12) * 64 / 255 - 23;
        if (payload <= most) return payload;
        const std::size_t least = (usable_ - 12) * 32 / 255 - 23;
        const std::size_t fitting = least + (payload - least) % (usable_ - 4);
        return fitting <= most ? fitting : least;
    }

    void copy_overflow(std::size_t page, std::size_t bytes) {
        while (bytes > 0) {
            const std::size_t begin = enter(page);
            const std::size_t here = std::min(bytes, usable_ - 4);
            keep(begin, 4 + here);
            bytes -= here;
            page = number(begin, 4);
        }
    }

    /// Free parts of a page are a list, whose places and sizes are kept.
    void copy_holes(std::size_t begin, std::size_t hole, std::size_t end) {
        while (hole != 0) {
            const std::size_t at = begin + hole;
            keep_within(at, at + 4, end);
            const std::size_t next = number(at, 2);
            if (next != 0 && next <= hole) fail();
            hole = next;
        }
    }

    std::string_view file_;
    std::size_t page_size_ = 0;
    std::size_t usable_ = 0;  ///< of a page
    std::vector<bool> copied_;
    std::vector<std::uint32_t> waiting_;
    std::shared_ptr<char[]> copy_;
};

}  // namespace

std::shared_ptr<const char[]> copy_what_is_used(std::string_view file, std::span<const std::uint32_t> roots) {
    Copier copier(file);
    copier.copy_header();
    copier.copy_tree(1);
    for (const std::uint32_t root : roots) copier.copy_tree(root);
    copier.copy_free_list();
    return copier.take();
}

}  // namespace iamlocal::db
