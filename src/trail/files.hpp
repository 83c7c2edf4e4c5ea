// The trail in files, as CloudTrail delivers it:
// AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_TIME_RANDOM.json.gz.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/log.hpp"
#include "trail/trail.hpp"

namespace iamlocal::trail {

/// Writes what the trail gets on a thread of its own, which gives way to all others: at intervals, when half of the
/// ring is not written yet, and at the end. What was not written when a process is killed is lost.
class FileWriter {
  public:
    struct Options {
        std::filesystem::path folder;  ///< in which AWSLogs is made
        std::uint64_t most_bytes = 0;  ///< of all files together; the oldest ones are removed
        std::chrono::seconds interval{300};
    };
    /// Begins with what the trail gets from now on. All must outlive it.
    FileWriter(const Trail& trail, Options options, const Clock& clock, Entropy& entropy, Log& log);
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;
    /// Writes what there is, and returns when it is on its way to the disk.
    ~FileWriter();

  private:
    struct File {
        std::filesystem::path path;
        std::uint64_t bytes;
    };
    /// By account and Region: the records of a file that is to be.
    using Files = std::map<std::pair<std::string, std::string>, std::string>;

    void run();
    bool is_due(std::chrono::steady_clock::time_point last_written) const;
    void write_all();
    void write_file(const std::string& account, const std::string& region, std::string_view records);
    void find_files();
    void remove_oldest();
    std::string random_name();

    const Trail& trail_;
    const Options options_;
    const Clock& clock_;
    Entropy& entropy_;
    Log& log_;
    std::deque<File> files_;  ///< the oldest first
    std::uint64_t bytes_ = 0;
    std::filesystem::file_time_type begun_;  ///< when the files that are being written were begun
    std::uint64_t written_;                  ///< sequence number of the last event that was written
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace iamlocal::trail
