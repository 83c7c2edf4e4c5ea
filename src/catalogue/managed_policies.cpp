#include "catalogue/managed_policies.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "catalogue/embedded.hpp"
#include "catalogue/managed_policies_file.hpp"

namespace iamlocal::catalogue::managed_policies {
namespace {

constexpr std::string_view arn_prefix = "arn:aws:iam::aws:policy/";
/// Of a file that somebody names; ours has less than one MiB.
constexpr std::uintmax_t max_file_size = 64 * 1024 * 1024;

using OpenedFile = std::unique_ptr<const ManagedPoliciesFile>;

const ManagedPoliciesFile& built_in() {
    static const OpenedFile instance = [] {
        auto opened = ManagedPoliciesFile::open(embedded_managed_policies());
        if (auto* const file = std::get_if<OpenedFile>(&opened)) return std::move(*file);
        throw std::logic_error("the built-in catalogue of managed policies is malformed");
    }();
    return *instance;
}

/// The files that were named so far. They are never closed: entries and their views live as long as the program.
struct NamedFile {
    std::unique_ptr<const std::string> bytes;  ///< stays where it is when the list grows
    OpenedFile file;
};
std::mutex naming;
std::vector<NamedFile>& named_files() {
    static std::vector<NamedFile> files;
    return files;
}
/// Null: the built-in one.
std::atomic<const ManagedPoliciesFile*> chosen{nullptr};

const ManagedPoliciesFile& current() {
    const ManagedPoliciesFile* const file = chosen.load(std::memory_order_acquire);
    return file != nullptr ? *file : built_in();
}

/// The file's bytes, or why they are not to be had.
std::variant<std::string, MalformedFile> read_whole(const std::string& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) return MalformedFile{"there is no such file"};
    if (std::filesystem::is_directory(status)) return MalformedFile{"it is a directory"};
    if (std::filesystem::is_other(status)) return MalformedFile{"it is no regular file"};
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) return MalformedFile{"it cannot be opened"};
    if (size > max_file_size) return MalformedFile{"it is larger than 64 MiB"};
    std::string bytes(static_cast<std::size_t>(size), '\0');
    std::ifstream in(path, std::ios::binary);
    if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) return MalformedFile{"it cannot be opened"};
    return bytes;
}

std::string unusable(const std::string& path, std::string_view reason) {
    return fmt::format("'{}' is no catalogue of managed policies: {}", path, reason);
}

}  // namespace

const Entry* find(std::string_view arn) { return is_aws_arn(arn) ? current().find(arn) : nullptr; }

std::span<const Entry> all() { return current().all(); }

std::string_view document(const Entry& entry) { return entry.file->document(entry); }

std::optional<Version> find_version(const Entry& entry, std::int64_t number) {
    return entry.file->find_version(entry, number);
}

std::vector<Version> versions(const Entry& entry) { return entry.file->versions(entry); }

std::string id_of(const Entry& entry) {
    if (!entry.id.empty()) return std::string(entry.id);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const Digest digest = sha256(entry.arn);
    std::string id = "ANPA";
    for (std::size_t i = 0; i < 17; ++i) id += alphabet[digest[i] % alphabet.size()];
    return id;
}

bool is_aws_arn(std::string_view arn) { return arn.starts_with(arn_prefix); }

std::optional<std::string> use_file(const std::string& path) {
    auto read = read_whole(path);
    if (const auto* const failed = std::get_if<MalformedFile>(&read))
        return fmt::format("the catalogue of managed policies '{}' cannot be read: {}", path, failed->reason);
    std::string& content = std::get<std::string>(read);

    const std::lock_guard lock(naming);
    for (const NamedFile& named : named_files()) {
        if (*named.bytes != content) continue;
        chosen.store(named.file.get(), std::memory_order_release);
        return std::nullopt;
    }
    auto bytes = std::make_unique<const std::string>(std::move(content));
    auto opened = ManagedPoliciesFile::open(*bytes);
    if (const auto* const malformed = std::get_if<MalformedFile>(&opened)) return unusable(path, malformed->reason);
    OpenedFile& file = std::get<OpenedFile>(opened);
    if (!file->is_intact()) return unusable(path, "its checksum is wrong");
    const ManagedPoliciesFile* const next = file.get();
    named_files().push_back({std::move(bytes), std::move(file)});
    chosen.store(next, std::memory_order_release);
    return std::nullopt;
}

void use_built_in() { chosen.store(nullptr, std::memory_order_release); }

}  // namespace iamlocal::catalogue::managed_policies
