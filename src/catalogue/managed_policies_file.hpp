// One opened catalogue of AWS's managed policies. Callers outside this folder use managed_policies.hpp.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalogue/compressed_file.hpp"
#include "catalogue/managed_policies.hpp"

namespace iamlocal::catalogue {

class ManagedPoliciesFile {
  public:
    using Entry = managed_policies::Entry;
    using Version = managed_policies::Version;

    /// Reads the index, and no document. `bytes` must outlive the file.
    static std::variant<std::unique_ptr<const ManagedPoliciesFile>, MalformedFile> open(std::string_view bytes);

    ManagedPoliciesFile(const ManagedPoliciesFile&) = delete;
    ManagedPoliciesFile& operator=(const ManagedPoliciesFile&) = delete;
    ~ManagedPoliciesFile();

    std::string_view bytes() const { return bytes_; }
    bool is_intact() const { return file_.is_intact(); }

    const Entry* find(std::string_view arn) const;
    std::span<const Entry> all() const { return entries_; }
    /// Of an entry of this file. The view lives as long as the file.
    std::string_view document(const Entry& entry) const;
    std::optional<Version> find_version(const Entry& entry, std::int64_t number) const;
    std::vector<Version> versions(const Entry& entry) const;

  private:
    ManagedPoliciesFile(std::string_view bytes, CompressedFile file, std::string index);
    bool read_index();
    bool read_entry(std::string_view line);
    std::string history(const Entry& entry) const;

    std::string_view bytes_;
    CompressedFile file_;
    std::string index_;  ///< the texts of the entries
    std::vector<Entry> entries_;
    std::unique_ptr<std::atomic<const std::string*>[]> documents_;  ///< by entry; null: not unpacked
};

}  // namespace iamlocal::catalogue
