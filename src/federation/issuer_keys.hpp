// The keys of identity providers, kept: given in advance, or fetched where somebody needs them. Fetching takes time, so
// whoever needs keys that are not there is told to wait, and is called when there is an outcome.
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "federation/jwks.hpp"

namespace iamlocal::federation {

/// Whose keys they are, and how its server is known. Who knows it otherwise asks for other keys: nobody's careless
/// thumbprint counts for others.
struct Issuer {
    std::string url;                       ///< as tokens have it in `iss`
    std::vector<std::string> thumbprints;  ///< SHA-1 of certificates in lower-case hex, of the provider in IAM

    friend auto operator<=>(const Issuer&, const Issuer&) = default;
};

enum class KeyFault {
    none,
    unreachable,  ///< nobody was there; it may help to try again
    unusable,     ///< no keys came of it
};

struct FetchedKeys {
    std::optional<KeySet> keys;
    std::size_t bytes = 0;  ///< that they take
    KeyFault fault = KeyFault::none;
    std::string complaint = {};  ///< a sentence for the log
};

/// Gets keys from where issuers publish them.
class KeyFetcher {
  public:
    virtual ~KeyFetcher() = default;
    /// Calls `done` once, within seconds, on any thread, perhaps before this returns.
    virtual void fetch(const Issuer& issuer, std::function<void(FetchedKeys)> done) = 0;
    /// Ends what is being fetched as soon as possible; nothing is fetched from now on.
    virtual void give_up() = 0;
};

/// Safe for threads.
class KeyCache {
  public:
    using SteadyTime = std::chrono::steady_clock::time_point;
    /// Keys that are given, by the issuer's URL. They are never fetched.
    using Given = std::map<std::string, KeySet, std::less<>>;

    struct Rules {
        std::chrono::seconds refreshed_after{300};  ///< then the next that needs them has them fetched, and goes on
        std::chrono::seconds good_for{3600};        ///< where they cannot be fetched any more
        unsigned fetches_at_once = 5;               ///< of one issuer, where nobody has fetched for long …
        std::chrono::seconds fetch_every{5};        ///< … and then one in so much time
        std::size_t most_issuers = 256;
        std::size_t most_bytes = std::size_t{16} << 20;
        std::size_t most_waiting = 256;
    };
    struct Hooks {
        KeyFetcher* fetcher = nullptr;  ///< null: nobody fetches. Must outlive the cache
        std::function<SteadyTime()> now = std::chrono::steady_clock::now;
        /// Hears why keys could not be had, on any thread; may be empty.
        std::function<void(std::string_view issuer, std::string_view complaint)> report = {};
    };
    struct Found {
        std::shared_ptr<const KeySet> keys;  ///< null: there are none
        KeyFault fault = KeyFault::none;     ///< why
    };

    KeyCache(Given given, Hooks hooks) : KeyCache(std::move(given), std::move(hooks), Rules()) {}
    KeyCache(Given given, Hooks hooks, Rules rules);
    /// Closes, and waits for what is being fetched.
    ~KeyCache();
    KeyCache(const KeyCache&) = delete;
    KeyCache& operator=(const KeyCache&) = delete;

    /// The keys for a token that names this key, or none. Nothing where it may help to fetch them first: wait().
    std::optional<Found> find(const Issuer& issuer, const std::optional<std::string>& key_id);
    /// What there is now, for those who have waited.
    Found get(const Issuer& issuer);
    /// Has them fetched, unless somebody does already, and calls `done` once when there is an outcome: on any thread,
    /// perhaps before this returns. False, and nothing is called: too many wait, or the cache is closed.
    bool wait(const Issuer& issuer, std::function<void()> done);
    /// Other keys in place of those that were given.
    void give(Given given);
    /// Forgets all keys that were fetched.
    void clear();
    /// Fetches nothing more, and ends all waiting. Any number of times.
    void close();

  private:
    struct Entry;

    std::optional<Found> find_given(const Issuer& issuer);
    bool may_fetch(const Entry& entry, SteadyTime now) const;
    void begin_fetch(Entry& entry, SteadyTime now);
    void fetch(const Issuer& issuer, const std::shared_ptr<Entry>& entry);
    void take(const Issuer& issuer, const std::shared_ptr<Entry>& entry, FetchedKeys fetched);
    std::shared_ptr<Entry> entry_of(const Issuer& issuer, SteadyTime now);
    void make_room(const Entry* kept);

    const Hooks hooks_;
    const Rules rules_;
    std::mutex mutex_;
    std::map<std::string, Found, std::less<>> given_;
    std::condition_variable changed_;
    std::map<Issuer, std::shared_ptr<Entry>> entries_;
    std::size_t bytes_ = 0;
    std::size_t waiting_ = 0;
    std::size_t fetching_ = 0;
    bool closed_ = false;
};

}  // namespace iamlocal::federation
