#include "trail/files.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/gzip.hpp"
#include "trail/archive.hpp"
#include "trail/record.hpp"

namespace iamlocal::trail {
namespace {

namespace fs = std::filesystem;

constexpr int niceness = 10;
constexpr std::chrono::seconds look_interval{1};
constexpr unsigned percent_due = 50;
constexpr std::size_t at_once = 500;
/// Of records, before they are packed.
constexpr std::size_t most_records = std::size_t{8} << 20;

/// Of the name of a file that is being written.
constexpr std::string_view unfinished_end = ".unfinished";

}  // namespace

FileWriter::FileWriter(const Trail& trail, Options options, const Clock& clock, Entropy& entropy, Log& log)
    : trail_(trail),
      options_(std::move(options)),
      clock_(clock),
      entropy_(entropy),
      log_(log),
      written_(trail.newest()),
      thread_([this] { run(); }) {}

FileWriter::~FileWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void FileWriter::run() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), niceness);
    find_files();
    auto last_written = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    for (bool is_last = false; !is_last;) {
        wake_.wait_for(lock, std::min<std::chrono::seconds>(look_interval, options_.interval),
                       [this] { return stopping_; });
        is_last = stopping_;
        if (!is_last && !is_due(last_written)) continue;
        lock.unlock();
        write_all();
        last_written = std::chrono::steady_clock::now();
        lock.lock();
    }
}

bool FileWriter::is_due(std::chrono::steady_clock::time_point last_written) const {
    if (trail_.newest() == written_) return false;
    return std::chrono::steady_clock::now() - last_written >= options_.interval ||
           trail_.fill_since(written_) >= percent_due;
}

void FileWriter::write_all() {
    // What is forgotten from now on is older than the files that are written now.
    begun_ = fs::file_time_type::clock::now();
    try {
        Files files;
        const auto add = [&](const Record& record) {
            std::string& records = files[{record.account(), std::string(record.region())}];
            records.append(records.empty() ? R"({"Records":[)" : ",").append(record.text());
            if (records.size() < most_records) return;
            write_file(record.account(), std::string(record.region()), records);
            records.clear();
        };
        for (Trail::Piece piece = trail_.after(written_, at_once); !piece.events.empty();
             piece = trail_.after(written_, at_once)) {
            if (piece.lost > 0)
                log_.write(LogLevel::warn, "events came faster than the trail's files are written",
                           {{"lost", static_cast<std::int64_t>(piece.lost)}});
            for (const EventPtr& event : piece.events)
                for (const Record& record : Record::of(event))
                    if (!record.account().empty()) add(record);
            written_ = piece.events.back()->sequence;
        }
        for (const auto& [where, records] : files)
            if (!records.empty()) write_file(where.first, where.second, records);
        remove_oldest();
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "the trail's files were not written", {{"what", error.what()}});
    }
}

/// Under another name first: whoever reads the folder finds whole files.
void FileWriter::write_file(const std::string& account, const std::string& region, std::string_view records) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
    const std::string day = fmt::format("{:%Y/%m/%d}", now);
    const fs::path folder = make_log_folder(options_.folder) / account / "CloudTrail" / region / day;
    fs::create_directories(folder);
    const fs::path path =
        folder / fmt::format("{}_CloudTrail_{}_{:%Y%m%dT%H%MZ}_{}.json.gz", account, region, now, random_name());
    const fs::path unfinished = path.string().append(unfinished_end);
    const std::string packed = gzip(std::string(records).append("]}"));
    std::ofstream out(unfinished, std::ios::binary);
    out.write(packed.data(), static_cast<std::streamsize>(packed.size()));
    out.close();
    if (!out) {
        std::error_code ignored;  // half a file is of no use, and a full disk has no room for it
        fs::remove(unfinished, ignored);
        throw std::runtime_error(fmt::format("'{}' cannot be written", unfinished.string()));
    }
    fs::last_write_time(unfinished, begun_);
    begun_ += std::chrono::nanoseconds(1);  // so that the order of files is that of their records
    fs::rename(unfinished, path);
    files_.push_back({path, packed.size()});
    bytes_ += packed.size();
}

/// Those of processes before this one.
void FileWriter::find_files() {
    struct Found {
        fs::file_time_type time;
        File file;
    };
    std::vector<Found> found;
    std::error_code error;
    for (fs::recursive_directory_iterator it(options_.folder / "AWSLogs", error), end; !error && it != end;
         it.increment(error))
        if (it->path().string().ends_with(".json.gz")) {
            std::error_code gone;  // somebody else may tidy up meanwhile
            const fs::file_time_type time = it->last_write_time(gone);
            const std::uintmax_t size = gone ? 0 : it->file_size(gone);
            if (!gone) found.push_back({time, {it->path(), size}});
        } else if (it->path().string().ends_with(unfinished_end)) {
            fs::remove(it->path(), error);  // of a process that was killed
        }
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.time < b.time; });
    for (Found& one : found) {
        bytes_ += one.file.bytes;
        files_.push_back(std::move(one.file));
    }
}

void FileWriter::remove_oldest() {
    while (bytes_ > options_.most_bytes && files_.size() > 1) {
        std::error_code ignored;  // whoever has removed it already, has
        fs::remove(files_.front().path, ignored);
        bytes_ -= files_.front().bytes;
        files_.pop_front();
    }
}

std::string FileWriter::random_name() {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB";
    std::array<unsigned char, 16> bytes;
    entropy_.fill(bytes);
    std::string name;
    for (const unsigned char byte : bytes) name.push_back(letters[byte % letters.size()]);
    return name;
}

}  // namespace iamlocal::trail
