#include "store/managed_policies.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <vector>

#include "base/crypto.hpp"
#include "base/time_format.hpp"

// The catalogue's file, byte for byte, among the program's constants. Its pages are read from disk when they are
// touched, so that documents nobody asks for cost no memory.
__asm__(
    ".pushsection .rodata\n"
    ".global iamlocal_catalogue_begin\n"
    ".global iamlocal_catalogue_end\n"
    "iamlocal_catalogue_begin:\n"
    ".incbin \"" IAMLOCAL_CATALOGUE_FILE
    "\"\n"
    "iamlocal_catalogue_end:\n"
    ".popsection\n");
extern "C" const char iamlocal_catalogue_begin[];
extern "C" const char iamlocal_catalogue_end[];

namespace iamlocal::store::managed_policies {
namespace {

constexpr std::string_view arn_prefix = "arn:aws:iam::aws:policy/";

[[noreturn]] void malformed() { throw std::logic_error("the catalogue of managed policies is malformed"); }

/// Cuts `text` at the first `end` and returns what was before it.
std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = text.find(end);
    if (at == std::string_view::npos) malformed();
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(at + 1);
    return part;
}

Seconds parse_date(std::string_view text) {
    const std::optional<Instant> at = parse_iso8601(text);
    if (!at) malformed();
    return whole_seconds(*at);
}

/// The file: lines of comment (#), a line per policy in order of their names, an empty line, and the documents in the
/// same order, each with a newline behind it. A policy's line has, between tabs: ARN, default version, date of
/// creation, date of that version, length of the document.
class Catalogue {
  public:
    Catalogue() {
        std::string_view rest(iamlocal_catalogue_begin,
                              static_cast<std::size_t>(iamlocal_catalogue_end - iamlocal_catalogue_begin));
        std::vector<std::size_t> lengths;
        for (std::string_view line = cut(rest, '\n'); !line.empty(); line = cut(rest, '\n')) {
            if (line.starts_with('#')) continue;
            Entry entry;
            entry.arn = cut(line, '\t');
            if (!entry.arn.starts_with(arn_prefix)) malformed();
            const std::string_view path_and_name = entry.arn.substr(arn_prefix.size() - 1);
            const std::size_t name_at = path_and_name.rfind('/') + 1;
            entry.path = path_and_name.substr(0, name_at);
            entry.name = path_and_name.substr(name_at);
            entry.default_version = cut(line, '\t');
            entry.created = parse_date(cut(line, '\t'));
            entry.updated = parse_date(cut(line, '\t'));
            std::size_t length = 0;
            std::from_chars(line.data(), line.data() + line.size(), length);
            lengths.push_back(length);
            entries_.push_back(entry);
        }
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            if (lengths[i] == 0 || rest.size() <= lengths[i]) malformed();
            entries_[i].document = rest.substr(0, lengths[i]);
            rest.remove_prefix(lengths[i] + 1);
        }
        for (const Entry& entry : entries_) by_arn_.push_back(&entry);
        std::sort(by_arn_.begin(), by_arn_.end(), [](const Entry* a, const Entry* b) { return a->arn < b->arn; });
    }

    const Entry* find(std::string_view arn) const {
        const auto found =
            std::lower_bound(by_arn_.begin(), by_arn_.end(), arn,
                             [](const Entry* entry, std::string_view text) { return entry->arn < text; });
        return found != by_arn_.end() && (*found)->arn == arn ? *found : nullptr;
    }
    std::span<const Entry> all() const { return entries_; }

  private:
    std::vector<Entry> entries_;
    std::vector<const Entry*> by_arn_;
};

const Catalogue& catalogue() {
    static const Catalogue instance;
    return instance;
}

}  // namespace

const Entry* find(std::string_view arn) { return is_aws_arn(arn) ? catalogue().find(arn) : nullptr; }

std::span<const Entry> all() { return catalogue().all(); }

std::string id_of(std::string_view arn) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const Digest digest = sha256(arn);
    std::string id = "ANPA";
    for (std::size_t i = 0; i < 17; ++i) id += alphabet[digest[i] % alphabet.size()];
    return id;
}

bool is_aws_arn(std::string_view arn) { return arn.starts_with(arn_prefix); }

}  // namespace iamlocal::store::managed_policies
