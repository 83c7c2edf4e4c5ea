// Compiled documents by their exact text. One per worker: it is not synchronized, though what it hands out may go to
// other threads.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "policy/document_kind.hpp"

namespace iamlocal::policy {

/// A document as it is stored and as it is evaluated.
struct CompiledDocument {
    CompiledDocument(std::string text, std::unique_ptr<const Policy> policy);
    ~CompiledDocument();
    CompiledDocument(const CompiledDocument&) = delete;
    CompiledDocument& operator=(const CompiledDocument&) = delete;

    const std::string text;
    const std::unique_ptr<const Policy> policy;  ///< null: the text cannot be read

    [[nodiscard]] const Policy* compiled() const { return policy.get(); }
};

/// Documents never change, so nothing here is ever invalidated; the least recently used entries make room. What it
/// hands out is shared with entries that may be dropped while the caller still decides with them.
class Cache {
  public:
    /// At most `max_entries` documents whose texts and compiled forms together are estimated at `max_bytes`.
    explicit Cache(std::size_t max_entries = 4096, std::size_t max_bytes = std::size_t{8} << 20);

    /// The document, parsed leniently since it was accepted before. Never null.
    std::shared_ptr<const CompiledDocument> get(std::string_view text, DocumentKind kind);

    [[nodiscard]] std::size_t entries() const { return index_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    struct Entry {
        DocumentKind kind;
        std::shared_ptr<const CompiledDocument> document;
        std::size_t bytes;
    };
    struct Key {
        std::string_view text;
        DocumentKind kind;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const noexcept;
    };

    void drop_oldest();

    std::size_t max_entries_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
    std::list<Entry> recent_;  ///< most recently used first; the index's keys point into its texts
    std::unordered_map<Key, std::list<Entry>::iterator, Hash> index_;
};

}  // namespace iamlocal::policy
