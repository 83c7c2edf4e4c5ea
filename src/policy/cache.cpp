#include "policy/cache.hpp"

#include <functional>
#include <utility>
#include <variant>

#include "policy/parse.hpp"

namespace iamlocal::policy {
namespace {

/// How much larger a document is with its compiled form than its text; measured on AWS's managed policies.
constexpr std::size_t growth = 6;
constexpr std::size_t bytes_per_entry = 512;

}  // namespace

CompiledDocument::CompiledDocument(std::string document, std::unique_ptr<const Policy> compiled_form)
    : text(std::move(document)), policy(std::move(compiled_form)) {}

CompiledDocument::~CompiledDocument() = default;

Cache::Cache(std::size_t max_entries, std::size_t max_bytes) : max_entries_(max_entries), max_bytes_(max_bytes) {}

std::size_t Cache::Hash::operator()(const Key& key) const noexcept {
    return std::hash<std::string_view>{}(key.text) ^ (static_cast<std::size_t>(key.kind) << 1);
}

std::shared_ptr<const CompiledDocument> Cache::get(std::string_view text, DocumentKind kind) {
    const auto found = index_.find(Key{text, kind});
    if (found != index_.end()) {
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->document;
    }
    // A text that cannot be parsed is remembered as such.
    std::variant<Policy, ParseError> parsed = parse(text, kind, Strictness::lenient);
    Policy* const read = std::get_if<Policy>(&parsed);
    auto document = std::make_shared<const CompiledDocument>(
        std::string(text), read ? std::make_unique<const Policy>(std::move(*read)) : nullptr);
    const std::size_t bytes = text.size() * (document->policy ? growth : 1) + bytes_per_entry;
    if (bytes > max_bytes_ || max_entries_ == 0) return document;
    while (bytes_ + bytes > max_bytes_ || index_.size() >= max_entries_) drop_oldest();
    recent_.push_front({kind, document, bytes});
    index_.emplace(Key{document->text, kind}, recent_.begin());
    bytes_ += bytes;
    return document;
}

void Cache::drop_oldest() {
    const Entry& oldest = recent_.back();
    index_.erase(Key{oldest.document->text, oldest.kind});
    bytes_ -= oldest.bytes;
    recent_.pop_back();
}

}  // namespace iamlocal::policy
