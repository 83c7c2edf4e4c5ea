#include "trail/lookup_rate.hpp"

#include <algorithm>

namespace iamlocal::trail {

bool LookupRate::admits(const AccountId& account, std::string_view region, Time now) {
    if (most_ == 0) return true;
    const std::lock_guard guard(mutex_);
    if (allowances_.size() >= most_callers) drop_full(now);
    const auto [place, is_new] =
        allowances_.try_emplace({account, std::string(region)}, Allowance{static_cast<double>(most_), now});
    Allowance& allowance = place->second;
    const std::chrono::duration<double> passed = now - allowance.at;
    allowance.calls = std::min<double>(most_, allowance.calls + passed.count() * most_);
    allowance.at = now;
    if (allowance.calls < 1) return false;
    allowance.calls -= 1;
    return true;
}

/// After a second everybody has all calls again, and needs no memory.
void LookupRate::drop_full(Time now) {
    std::erase_if(allowances_, [&](const auto& one) { return now - one.second.at >= std::chrono::seconds(1); });
}

}  // namespace iamlocal::trail
