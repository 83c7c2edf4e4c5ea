#include "signin/grants.hpp"

#include <array>

#include "base/encoding.hpp"

namespace iamlocal::signin {
namespace {

constexpr std::size_t most_grants = 10000;
constexpr std::size_t most_used = 20000;
constexpr std::size_t text_bytes = 32;

}  // namespace

std::string Grants::keep(Grant grant, Seconds now, Entropy& entropy) {
    std::array<unsigned char, text_bytes> bytes;
    entropy.fill(bytes);
    std::string text = base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    const std::lock_guard lock(mutex_);
    if (grants_.size() >= most_grants)
        std::erase_if(grants_, [&](const auto& kept) { return kept.second.expires <= now; });
    if (grants_.size() >= most_grants) grants_.clear();
    grants_.insert_or_assign(sha256(text), std::move(grant));
    return text;
}

std::optional<Grant> Grants::find(Grant::Kind kind, std::string_view text, Seconds now) {
    const std::lock_guard lock(mutex_);
    const auto found = grants_.find(sha256(text));
    if (found == grants_.end() || found->second.kind != kind || found->second.expires <= now) return std::nullopt;
    return found->second;
}

std::optional<Grant> Grants::take(Grant::Kind kind, std::string_view text, Seconds now) {
    const std::lock_guard lock(mutex_);
    const auto found = grants_.find(sha256(text));
    if (found == grants_.end() || found->second.kind != kind) return std::nullopt;
    Grant grant = std::move(found->second);
    grants_.erase(found);
    if (grant.expires <= now) return std::nullopt;
    return grant;
}

bool Grants::use_once(std::string_view text, Seconds good_until, Seconds now) {
    const std::lock_guard lock(mutex_);
    if (used_.size() >= most_used) std::erase_if(used_, [&](const auto& used) { return used.second < now; });
    // So many within minutes: nobody can tell any more what was used.
    if (used_.size() >= most_used) return false;
    return used_.emplace(sha256(text), good_until).second;
}

void Grants::clear() {
    const std::lock_guard lock(mutex_);
    grants_.clear();
    used_.clear();
}

}  // namespace iamlocal::signin
