#include "db/propagation.hpp"

#include <utility>

namespace iamlocal::db {

void Propagation::start(const Lag& lag) {
    const std::lock_guard switching(switching_);
    auto replicas = std::make_shared<Replicas>(database_, clock_, lag);
    database_.set_follower(replicas.get());
    {
        const std::lock_guard guard(mutex_);
        replicas_.swap(replicas);
    }
    on_.store(true, std::memory_order_release);
}

void Propagation::stop() {
    const std::lock_guard switching(switching_);
    if (!is_on()) return;
    on_.store(false, std::memory_order_release);
    database_.set_follower(nullptr);
    const std::lock_guard guard(mutex_);
    replicas_.reset();
}

std::shared_ptr<Replicas> Propagation::replicas() const {
    const std::lock_guard guard(mutex_);
    return replicas_;
}

}  // namespace iamlocal::db
