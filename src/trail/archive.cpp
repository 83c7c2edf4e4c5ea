#include "trail/archive.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/inflate.hpp"

namespace iamlocal::trail {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view log_folder = "AWSLogs";
constexpr std::string_view file_ending = ".json.gz";
constexpr std::size_t length_of_minute = 14;
constexpr std::size_t length_of_random = 16;
/// Of one file, unpacked: writers end one at half of this.
constexpr std::size_t largest_file = std::size_t{16} << 20;

bool is_region(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::string minute_of(Seconds at) { return fmt::format("{:%Y%m%dT%H%MZ}", at); }

std::int64_t count_of(fs::file_time_type at) { return static_cast<std::int64_t>(at.time_since_epoch().count()); }

/// Its records, the newest first; none of a file that cannot be read.
std::vector<FiledRecord> records_of(const fs::path& path, std::string& buffer, std::size_t& unpacked) {
    std::ifstream in(path, std::ios::binary);
    const std::string packed{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto size = inflate(packed, buffer, largest_file);
    if (!std::holds_alternative<std::size_t>(size)) return {};
    unpacked += std::get<std::size_t>(size);
    std::vector<FiledRecord> records = FiledRecord::of(std::string_view(buffer).substr(0, std::get<std::size_t>(size)));
    std::reverse(records.begin(), records.end());
    // The clock may have been set back between two.
    std::stable_sort(records.begin(), records.end(),
                     [](const FiledRecord& a, const FiledRecord& b) { return b.time() < a.time(); });
    return records;
}

}  // namespace

fs::path make_log_folder(const fs::path& folder) {
    const fs::path made = folder / log_folder;
    if (fs::create_directories(made)) fs::permissions(made, fs::perms::owner_all, fs::perm_options::replace);
    return made;
}

fs::path Archive::mark() const { return folder_ / log_folder / ".forgotten"; }

void Archive::forget() const {
    make_log_folder(folder_);
    std::ofstream(mark()).close();
    fs::last_write_time(mark(), fs::file_time_type::clock::now());
}

std::vector<Archive::File> Archive::list(const Scope& scope) const {
    std::vector<File> files;
    if (!is_region(scope.region)) return files;
    std::error_code error;
    const fs::file_time_type marked = fs::last_write_time(mark(), error);
    const std::int64_t forgotten = error ? INT64_MIN : count_of(marked);
    const std::string start = fmt::format("{}_CloudTrail_{}_", scope.account.view(), scope.region);
    const std::string oldest = minute_of(scope.oldest);
    const fs::path root = folder_ / log_folder / scope.account.view() / "CloudTrail" / scope.region;
    for (fs::recursive_directory_iterator it(root, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with(start) || !name.ends_with(file_ending) ||
            name.size() != start.size() + length_of_minute + 1 + length_of_random + file_ending.size())
            continue;
        FileKey key{.minute = name.substr(start.size(), length_of_minute),
                    .name = name.substr(start.size() + length_of_minute + 1, length_of_random)};
        std::error_code gone;  // the oldest are removed meanwhile
        const fs::file_time_type written = it->last_write_time(gone);
        if (gone || count_of(written) <= forgotten || key.minute < oldest) continue;
        key.written = count_of(written);
        if (!scope.from || key <= scope.from->file) files.push_back({std::move(key), it->path()});
    }
    std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return b.key < a.key; });
    return files;
}

std::optional<Archive::Place> Archive::read(const Scope& scope,
                                            const std::function<bool(const FiledRecord&)>& take) const {
    std::string buffer;
    std::size_t unpacked = 0;
    for (File& file : list(scope)) {
        if (unpacked >= most_unpacked) return Place{std::move(file.key), 0};
        const std::vector<FiledRecord> records = records_of(file.path, buffer, unpacked);
        const bool is_begun = scope.from && scope.from->file == file.key;
        for (std::size_t i = is_begun ? scope.from->passed : 0; i < records.size(); ++i)
            if (!take(records[i])) return Place{std::move(file.key), i};
    }
    return std::nullopt;
}

}  // namespace iamlocal::trail
