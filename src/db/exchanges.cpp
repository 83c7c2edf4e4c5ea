#include "db/exchanges.hpp"

namespace iamlocal::db {

Exchanges::Going::Going(Exchanges& exchanges, const Stripes& stripes) : exchanges_(exchanges), lock_(exchanges.mutex_) {
    const std::uint64_t odd = exchanges_.count_.load(std::memory_order_relaxed) + 1;
    for (std::size_t i = 0; i < stripes.size(); ++i)
        if (stripes[i]) exchanges_.newest_[i].store(odd, std::memory_order_release);
    exchanges_.count_.store(odd, std::memory_order_seq_cst);
}

Exchanges::Going::~Going() { exchanges_.count_.fetch_add(1, std::memory_order_seq_cst); }

std::uint64_t Exchanges::wait() {
    const std::lock_guard lock(mutex_);
    return count_.load(std::memory_order_acquire);
}

}  // namespace iamlocal::db
