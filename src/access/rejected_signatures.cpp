#include "access/rejected_signatures.hpp"

#include <algorithm>
#include <utility>

#include "base/characters.hpp"

namespace iamlocal::access {

void RejectedSignature::shorten() {
    constexpr std::size_t longest = 8192;
    for (std::string* text : {&access_key_id, &canonical_request, &string_to_sign})
        text->resize(whole_characters(*text, longest).size());
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
