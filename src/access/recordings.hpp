// What principals do while somebody records: each permission that they ask for once, and how often. Taken from the
// records of decisions, so it costs one branch where nothing records.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/decisions.hpp"
#include "access/identity.hpp"
#include "base/clock.hpp"
#include "policy/request.hpp"

namespace iamlocal::access {

/// Condition keys that outlive their request; names in lower case.
using KeptKeys = std::vector<std::pair<std::string, policy::Values>>;

/// One permission that was asked for.
struct PermissionFacts {
    std::string action;
    std::string resource;
    KeptKeys keys;         ///< what the service and the request's tags say
    KeptKeys context;      ///< other keys that policies use to ask for, as of the first time
    bool refused = false;  ///< whether the request was; the same permission may be there once more for others
};

/// The same, and how often. Copied with a recording, the facts are not.
struct RecordedPermission {
    std::shared_ptr<const PermissionFacts> facts;  ///< never null
    std::uint64_t count = 0;
};

/// What one principal did.
struct RecordedPrincipal {
    std::string arn;  ///< of the user or role whose policies count: of a session's role, a federated user's user
    std::shared_ptr<const Identity> latest;       ///< as it was last seen; with the policies that it had
    std::vector<RecordedPermission> permissions;  ///< in the order in which they were first seen
};

/// A recording, without what it has.
struct RecordingSummary {
    std::string name;
    bool running = false;
    Instant started{};               ///< for the first time
    std::optional<Instant> stopped;  ///< for the last time
    std::uint64_t requests = 0;      ///< that were decided while it ran
    std::size_t principals = 0;
    std::size_t permissions = 0;
    std::size_t bytes = 0;       ///< of memory, about
    std::uint64_t left_out = 0;  ///< permissions that there was no room for; then its policies lack something
};

struct Recording {
    RecordingSummary summary;
    std::vector<RecordedPrincipal> principals;  ///< by their ARNs
};

/// All recordings of a server. Safe for threads.
class Recordings {
  public:
    struct Limits {
        std::size_t recordings = 32;
        std::size_t principals = 1000;              ///< of one recording
        std::size_t bytes = std::size_t{32} << 20;  ///< of all recordings
    };

    Recordings() : Recordings(Limits{}) {}
    explicit Recordings(Limits limits) : limits_(limits) {}

    /// Whether note() is to be called.
    [[nodiscard]] bool are_running() const { return running_.load(std::memory_order_relaxed) > 0; }
    /// Adds what was decided for a request to every recording that runs.
    void note(const DecisionRecord& record);

    /// Begins a recording, or goes on with one. False: there are as many as there may be.
    [[nodiscard]] bool start(std::string_view name, Instant now);
    /// False: there is none of that name.
    [[nodiscard]] bool stop(std::string_view name, Instant now);
    [[nodiscard]] bool remove(std::string_view name);
    [[nodiscard]] std::vector<RecordingSummary> list() const;
    /// A copy.
    [[nodiscard]] std::optional<Recording> find(std::string_view name) const;

  private:
    struct Principal {
        RecordedPrincipal recorded;
        std::map<std::string, std::size_t, std::less<>> places;  ///< of permissions, by all that tells them apart
    };
    struct Kept {
        RecordingSummary summary;
        std::map<std::string, Principal, std::less<>> principals;
    };
    /// A permission of the request in work.
    struct Asked {
        std::string identity;  ///< all that tells it from others of the principal
        std::shared_ptr<const PermissionFacts> facts = nullptr;
        std::size_t bytes = 0;
    };
    /// One that a recording does not have yet.
    struct Missing {
        std::string recording;
        std::size_t number;  ///< of the permission
    };

    std::vector<Missing> count_known(const DecisionRecord& record, std::string_view holder,
                                     const std::vector<Asked>& asked);
    void insert(Kept& recording, const DecisionRecord& record, std::string_view holder, const Asked& asked);
    [[nodiscard]] bool has_room(std::size_t bytes) const { return bytes_ + bytes <= limits_.bytes; }

    const Limits limits_;
    std::atomic<unsigned> running_{0};
    mutable std::mutex mutex_;
    std::map<std::string, Kept, std::less<>> recordings_;
    std::size_t bytes_ = 0;  ///< of all of them
};

}  // namespace iamlocal::access
