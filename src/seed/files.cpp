#include "seed/files.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "seed/refused.hpp"
#include "tree/parse.hpp"

namespace iamlocal::seed {
namespace {

namespace fs = std::filesystem;

bool is_seed_name(const fs::path& path) {
    const std::string ending = path.extension().string();
    return ending == ".yaml" || ending == ".yml" || ending == ".json";
}

std::optional<std::string> read_whole(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    // One byte more than allowed tells a file that is too long, and a device that never ends.
    constexpr std::size_t piece = std::size_t{64} << 10;
    std::string content;
    while (file && content.size() <= tree::most_bytes) {
        const std::size_t before = content.size();
        content.resize(before + piece);
        file.read(content.data() + before, static_cast<std::streamsize>(piece));
        content.resize(before + static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return std::nullopt;
    return content;
}

/// Whoever names it may name a pipe, too: the output of a program.
void load_file(const std::string& path, std::vector<File>& files) {
    std::optional<std::string> text = read_whole(path);
    if (!text) throw Refused({path}, {}, "cannot be read");
    files.push_back({path, *std::move(text)});
}

void load_folder(const std::string& folder, std::vector<File>& files) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        if (is_seed_name(entry->path()) && !entry->is_directory(ignored)) names.push_back(entry->path().string());
    }
    if (error) throw Refused({folder}, {}, "cannot be read");
    if (names.empty()) throw Refused({folder}, {}, "has no files that end with .yaml, .yml or .json");
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        std::optional<std::string> text = read_disk(name);
        if (!text) throw Refused({name}, {}, "cannot be read");
        files.push_back({name, *std::move(text)});
    }
}

}  // namespace

std::optional<std::string> read_disk(const std::string& path) {
    // A pipe that nobody writes to would be waited for.
    std::error_code ignored;
    return fs::is_regular_file(path, ignored) ? read_whole(path) : std::nullopt;
}

std::vector<File> load_files(std::span<const std::string> paths) {
    std::vector<File> files;
    for (const std::string& path : paths) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored))
            load_folder(path, files);
        else
            load_file(path, files);
    }
    return files;
}

}  // namespace iamlocal::seed
