// One opened catalogue of AWS's managed policies. Callers outside this folder use managed_policies.hpp.
#pragma once

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

    std::string_view bytes() const { return bytes_; }
    bool is_intact() const { return file_.is_intact(); }

    const Entry* find(std::string_view arn) const;
    std::span<const Entry> all() const { return entries_; }
    /// Of an entry of this file. The view lives as long as the file.
    std::string_view document(const Entry& entry) const;
    std::optional<Version> find_version(const Entry& entry, std::int64_t number) const;
    std::vector<Version> versions(const Entry& entry) const;

  private:
    ManagedPoliciesFile(std::string_view bytes, CompressedFile file);
    bool read_index(std::string_view text);
    bool read_entry(std::string_view line);
    std::string_view history(const Entry& entry) const;

    std::string_view bytes_;
    CompressedFile file_;
    std::vector<Entry> entries_;
};

}  // namespace iamlocal::catalogue
