#include "access/rejected_signatures.hpp"

#include <algorithm>
#include <utility>

namespace iamlocal::access {

void RejectedSignature::shorten() {
    constexpr std::size_t longest = 8192;
    const auto continues_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; };
    for (std::string* text : {&access_key_id, &canonical_request, &string_to_sign}) {
        if (text->size() <= longest) continue;
        std::size_t end = longest;
        while (end > 0 && continues_character((*text)[end])) --end;
        text->resize(end);
    }
}

void RejectedSignatures::add(RejectedSignature rejected) {
    const std::lock_guard guard(mutex_);
    if (kept_.size() == capacity) kept_.pop_front();
    kept_.push_back(std::move(rejected));
}

void RejectedSignatures::clear() {
    const std::lock_guard guard(mutex_);
    kept_.clear();
}

std::optional<RejectedSignature> RejectedSignatures::find(std::string_view id) const {
    const std::lock_guard guard(mutex_);
    const auto found = std::find_if(kept_.rbegin(), kept_.rend(), [&](const auto& one) { return one.id == id; });
    if (found == kept_.rend()) return std::nullopt;
    return *found;
}

}  // namespace iamlocal::access
