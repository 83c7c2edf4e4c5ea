// The trail's files, read back: LookupEvents goes on in them where memory ends, and after a restart begins in them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "trail/filed_record.hpp"

namespace iamlocal::trail {

/// Where AWSLogs is in a folder; its owner alone can read it, since records have session tokens.
std::filesystem::path make_log_folder(const std::filesystem::path& folder);

/// Safe for threads: all that it knows is in the folder.
class Archive {
  public:
    /// `folder`: in which AWSLogs is, or will be.
    explicit Archive(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// One file of an account and a Region. The later one was written later.
    struct FileKey {
        std::string minute;        ///< of its name, `20261124T0500Z`
        std::int64_t written = 0;  ///< when, as the file system counts
        std::string name;          ///< the random part of its name
        auto operator<=>(const FileKey&) const = default;
    };
    /// Where somebody has stopped reading: at so many records from the end of a file.
    struct Place {
        FileKey file;
        std::size_t passed = 0;
    };
    /// What is asked for: files that were named before `oldest` are left out.
    struct Scope {
        AccountId account;
        std::string region;
        Seconds oldest{};
        std::optional<Place> from = {};  ///< nothing: the newest
    };
    /// Hands over records, the newest first, until `take` returns false: that one counts as not read. Where to go on;
    /// nothing: there are no more. It stops by itself, too, when it has unpacked `most_unpacked` bytes. Files that are
    /// damaged, or none of ours, are passed over.
    std::optional<Place> read(const Scope& scope, const std::function<bool(const FiledRecord&)>& take) const;

    static constexpr std::size_t most_unpacked = std::size_t{32} << 20;

    /// What was written until now is not found any more; the files stay.
    void forget() const;

  private:
    struct File {
        FileKey key;
        std::filesystem::path path;
    };
    std::vector<File> list(const Scope& scope) const;
    std::filesystem::path mark() const;

    const std::filesystem::path folder_;
};

}  // namespace iamlocal::trail
