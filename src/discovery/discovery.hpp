// Fetches the keys of OpenID Connect issuers over the network, from their discovery documents. Nobody here is trusted:
// sizes, time, addresses and the number of questions at once are bounded, and no redirect is followed.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "federation/issuer_keys.hpp"
#include "jobs/pool.hpp"

namespace iamlocal::discovery {

/// Which servers may be asked, and how they are known.
struct Rules {
    bool loopback = true;                      ///< servers on this machine
    bool local_networks = false;               ///< servers at private, link-local and reserved addresses
    bool http_everywhere = false;              ///< without TLS: else only on this machine
    std::string ca_file;                       ///< PEM; empty: the system's certificates
    std::chrono::milliseconds patience{5000};  ///< for all that the keys of one issuer take
    unsigned threads = 32;                     ///< so many issuers at once; of those that were slow, a quarter
    std::size_t queue = 96;                    ///< and so many that wait for one of these threads
};

class Discovery final : public federation::KeyFetcher {
  public:
    explicit Discovery(Rules rules) : rules_(std::move(rules)) {}
    ~Discovery() override;

    /// `done` comes within the patience and a moment, even where the system's resolver takes longer.
    void fetch(const federation::Issuer& issuer, std::function<void(federation::FetchedKeys)> done) override;
    void give_up() override;

  private:
    class Fetch;

    void start();
    void watch();
    unsigned slow_at_once() const;
    void ended(const federation::Issuer& issuer, bool was_slow, std::chrono::steady_clock::duration took);

    const Rules rules_;
    std::atomic<bool> gives_up_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<federation::Issuer> asked_;          ///< who is being asked, or is to be
    std::set<federation::Issuer> slow_;           ///< who kept a thread for long, the last time
    unsigned slow_asked_ = 0;                     ///< of these, are being asked
    std::deque<std::shared_ptr<Fetch>> watched_;  ///< in the order of their deadlines
    // Made when somebody first fetches.
    std::thread watcher_;
    std::unique_ptr<jobs::Pool> pool_;
};

}  // namespace iamlocal::discovery
