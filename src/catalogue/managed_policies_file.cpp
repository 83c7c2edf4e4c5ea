#include "catalogue/managed_policies_file.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "catalogue/lines.hpp"

// Texts of the file: 0 is the index; the others are the default versions' documents and the histories of the policies
// that have one, in any order. A line of the index, which is in order of the policies' names, has, between tabs: ARN,
// number of the default version, date of creation, date of the default version, text of the document, text of the
// history (0: none), and, as far as they are known, the id (which may be empty) and the description. Dates are seconds
// since 1970. A history has, newest first, a line "v NUMBER CREATED" per older version, and behind it the lines that
// make its document out of the one before (the next newer version's): "c OFFSET LENGTH" copies from that one, "i TEXT"
// is text of its own.

namespace iamlocal::catalogue {
namespace {

constexpr std::string_view kind = "managed-policies";
/// The longest document of AWS's has about 150 KB.
constexpr std::size_t max_document_size = 1024 * 1024;
/// The longest history has fewer than two hundred.
constexpr std::size_t max_versions = 1000;

[[noreturn]] void damaged(const managed_policies::Entry& entry) {
    throw std::runtime_error(fmt::format("the catalogue of managed policies is damaged at {}", entry.arn));
}

std::optional<Seconds> parse_seconds(std::string_view text) {
    const auto count = parse_number<std::int64_t>(text);
    // Until the year 9999, which is the last one that can be written down.
    if (!count || *count < 0 || *count > 253'402'300'799) return std::nullopt;
    return Seconds(std::chrono::seconds(*count));
}

/// What paths and names of policies are made of, so that an answer can show them.
bool is_path_and_name(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
}

bool is_id(std::string_view text) {
    return text.size() == 21 && text.starts_with("ANPA") &&
           std::ranges::all_of(text, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

bool is_description(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7F'; });
}

/// The line "v NUMBER CREATED" without its first field. `newer`: the number of the version before it.
std::optional<managed_policies::Version> parse_version(std::string_view line, std::int64_t newer) {
    const auto number = parse_number<std::int64_t>(cut(line, '\t'));
    const auto created = parse_seconds(line);
    if (!number || *number < 1 || *number >= newer || !created) return std::nullopt;
    return managed_policies::Version{*number, *created, {}};
}

/// The line "c OFFSET LENGTH" without its first field.
std::optional<std::string_view> parse_copy(std::string_view line, std::string_view source) {
    const auto offset = parse_number<std::size_t>(cut(line, '\t'));
    const auto length = parse_number<std::size_t>(line);
    if (!offset || !length || *offset > source.size() || *length > source.size() - *offset) return std::nullopt;
    return source.substr(*offset, *length);
}

}  // namespace

std::variant<std::unique_ptr<const ManagedPoliciesFile>, MalformedFile> ManagedPoliciesFile::open(
    std::string_view bytes) {
    auto opened = CompressedFile::parse(bytes, kind);
    if (auto* const malformed = std::get_if<MalformedFile>(&opened)) return std::move(*malformed);
    CompressedFile& file = std::get<CompressedFile>(opened);
    const std::optional<std::string_view> index = file.text(0);
    if (!index) return MalformedFile{"it is damaged"};
    // The entries point to the file, which therefore stays where it is.
    std::unique_ptr<ManagedPoliciesFile> policies(new ManagedPoliciesFile(bytes, std::move(file)));
    if (!policies->read_index(*index)) return MalformedFile{"its index is damaged"};
    return std::unique_ptr<const ManagedPoliciesFile>(std::move(policies));
}

ManagedPoliciesFile::ManagedPoliciesFile(std::string_view bytes, CompressedFile file)
    : bytes_(bytes), file_(std::move(file)) {}

bool ManagedPoliciesFile::read_index(std::string_view text) {
    entries_.reserve(static_cast<std::size_t>(std::ranges::count(text, '\n')));
    while (!text.empty())
        if (!read_entry(cut(text, '\n'))) return false;
    return true;
}

bool ManagedPoliciesFile::read_entry(std::string_view line) {
    Entry entry;
    entry.file = this;
    entry.arn = cut(line, '\t');
    if (!managed_policies::is_aws_arn(entry.arn)) return false;
    const std::string_view path_and_name = entry.arn.substr(entry.arn.find('/'));
    const std::size_t name_at = path_and_name.rfind('/') + 1;
    entry.path = path_and_name.substr(0, name_at);
    entry.name = path_and_name.substr(name_at);
    if (entry.name.empty() || !is_path_and_name(path_and_name)) return false;
    if (!entries_.empty() && entries_.back().name >= entry.name) return false;

    const auto version = parse_number<std::int64_t>(cut(line, '\t'));
    const auto created = parse_seconds(cut(line, '\t'));
    const auto updated = parse_seconds(cut(line, '\t'));
    const auto document_text = parse_number<std::uint32_t>(cut(line, '\t'));
    const auto more = std::ranges::count(line, '\t');
    const auto history_text = parse_number<std::uint32_t>(cut(line, '\t'));
    entry.id = cut(line, '\t');
    entry.description = line;
    if (more == 1 && !is_id(entry.id)) return false;
    if (more == 2 && ((!entry.id.empty() && !is_id(entry.id)) || !is_description(line))) return false;
    if (more > 2) return false;
    if (!version || *version < 1 || !created || !updated || !document_text || !history_text) return false;
    entry.default_version = *version;
    entry.created = *created;
    entry.updated = *updated;
    entry.document_text = *document_text;
    entry.history_text = *history_text;
    if (entry.document_text == 0 || std::max(entry.document_text, entry.history_text) >= file_.size()) return false;
    entries_.push_back(entry);
    return true;
}

const managed_policies::Entry* ManagedPoliciesFile::find(std::string_view arn) const {
    const std::string_view name = arn.substr(arn.rfind('/') + 1);
    const auto found = std::ranges::lower_bound(entries_, name, {}, &Entry::name);
    return found != entries_.end() && found->arn == arn ? &*found : nullptr;
}

std::string_view ManagedPoliciesFile::document(const Entry& entry) const {
    const std::optional<std::string_view> text = file_.text(entry.document_text);
    if (!text) damaged(entry);
    return *text;
}

std::optional<managed_policies::Version> ManagedPoliciesFile::find_version(const Entry& entry,
                                                                           std::int64_t number) const {
    if (number == entry.default_version) return Version{number, entry.updated, std::string(document(entry))};
    std::string_view text = history(entry);
    Version version{entry.default_version, entry.updated, std::string(document(entry))};
    std::string newer;
    std::size_t count = 1;
    while (!text.empty()) {
        std::string_view line = cut(text, '\n');
        const std::string_view what = cut(line, '\t');
        if (what == "v") {
            if (version.number == number) return version;
            std::optional<Version> next = parse_version(line, version.number);
            if (!next || ++count > max_versions) damaged(entry);
            newer = std::move(version.document);
            version = *std::move(next);
            continue;
        }
        std::optional<std::string_view> piece;
        if (what == "c") piece = parse_copy(line, newer);
        if (what == "i") piece = line;
        if (!piece || version.document.size() + piece->size() > max_document_size) damaged(entry);
        version.document.append(*piece);
    }
    if (version.number == number) return version;
    return std::nullopt;
}

std::vector<managed_policies::Version> ManagedPoliciesFile::versions(const Entry& entry) const {
    std::vector<Version> versions;
    versions.push_back({entry.default_version, entry.updated, {}});
    std::string_view text = history(entry);
    while (!text.empty()) {
        std::string_view line = cut(text, '\n');
        if (cut(line, '\t') != "v") continue;
        std::optional<Version> version = parse_version(line, versions.back().number);
        if (!version || versions.size() == max_versions) damaged(entry);
        versions.push_back(*std::move(version));
    }
    return versions;
}

std::string_view ManagedPoliciesFile::history(const Entry& entry) const {
    if (entry.history_text == 0) return {};
    const std::optional<std::string_view> text = file_.text(entry.history_text);
    if (!text) damaged(entry);
    return *text;
}

}  // namespace iamlocal::catalogue
