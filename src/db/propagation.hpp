// Whether changes take a while to be seen, as IAM's do: the switch, and the copies of the database that lag behind.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "base/clock.hpp"
#include "db/database.hpp"
#include "db/replicas.hpp"

namespace iamlocal::db {

/// Safe for threads. It begins switched off; then there are no copies, and nothing is noted of changes.
class Propagation {
  public:
    /// Both must outlive it.
    Propagation(Database& database, const Clock& clock) : database_(database), clock_(clock) {}
    Propagation(const Propagation&) = delete;
    Propagation& operator=(const Propagation&) = delete;
    ~Propagation() { stop(); }

    /// To be asked by every request; one load.
    bool is_on() const noexcept { return on_.load(std::memory_order_acquire); }
    /// Whether the database can be copied so; start() throws std::logic_error otherwise.
    bool is_possible() const { return database_.can_be_followed(); }
    /// Copies the database. From then on changes are visible in the copies as late as `lag` says. Where it is on
    /// already, it begins anew: everything until then is visible.
    void start(const Lag& lag);
    void stop();
    /// The copies; null while it is off. Whoever reads them keeps them: a later start() makes others.
    std::shared_ptr<Replicas> replicas() const;

  private:
    Database& database_;
    const Clock& clock_;
    std::mutex switching_;      ///< one at a time
    mutable std::mutex mutex_;  ///< of replicas_
    std::shared_ptr<Replicas> replicas_;
    std::atomic<bool> on_{false};
};

}  // namespace iamlocal::db
