// The last decisions, each with what is needed to explain it later exactly as it was: the policies and the condition
// keys of that moment. authorize() fills a record in, and the pipeline puts it into the log when the answer is there.
// The work of explaining is done when somebody asks.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/authorize.hpp"
#include "access/condition_keys.hpp"
#include "access/identity.hpp"
#include "access/organization.hpp"
#include "base/clock.hpp"
#include "db/pending_changes.hpp"
#include "policy/explanation.hpp"

namespace iamlocal::access {

/// What came of one permission that a request needed.
struct DecisionCheck {
    std::size_t number = 0;  ///< as PermissionView has it
    policy::Outcome outcome = policy::Outcome::implicit_deny;
    policy::PolicyType decided_by = policy::PolicyType::identity;
};

/// RequestFacts, kept. Copying these few texts costs less than looking which keys the policies name.
struct RecordedRequest {
    std::string region;
    std::string peer;
    bool secure = false;
    std::string user_agent;  ///< this and the next only where policies ask for headers
    std::string referer;

    /// Ready for another request, with its memory kept unless it is much.
    void clear();
};

/// What was decided for one request. Records are used again, to save allocations.
struct DecisionRecord {
    enum class Kind {
        none,    ///< the request ended before there was anything to decide
        made,    ///< `checks` says what was decided
        exempt,  ///< no policy can grant or forbid the operation
        off,     ///< enforcement is off
        fault,   ///< a fault that was injected ended the request before
    };

    std::string id;              ///< the request's
    std::uint64_t sequence = 0;  ///< counts up from 1; the log sets it
    std::string trace_id;        ///< of the client's trace and span; empty: it told of none
    std::string span_id;
    Instant time{};
    RecordedRequest request;
    Kind kind = Kind::none;
    std::string_view action;                           ///< the operation's, a literal
    std::vector<DecisionCheck> checks;                 ///< in the order in which they were made: the operation's first
    std::shared_ptr<const Identity> caller;            ///< shared with the worker's cache: it may be replaced there
    std::shared_ptr<const Organization> organization;  ///< likewise; null: there was none
    std::string fault;                                 ///< what was injected, in words; empty: nothing
    Target target;                                     ///< with the tags that policies may ask for
    std::size_t bytes = 0;                             ///< what the log has counted for it
    /// What was committed, but not visible yet; null: nothing, as it is without a propagation delay.
    std::shared_ptr<const db::PendingChanges> not_visible;

    /// The check that speaks for the request: the first refusal, else the first; null unless kind is `made`.
    [[nodiscard]] const DecisionCheck* main_check() const;
    [[nodiscard]] bool denied() const;
    /// Ready for another request, with its memory kept.
    void clear();
    /// The permission that a check is about.
    [[nodiscard]] PermissionView permission(const DecisionCheck& check) const { return {action, target, check.number}; }
    [[nodiscard]] const ResourcePolicy* resource_policy() const;

    /// Notes that nothing is to be decided, and why.
    void skip(Kind why, const AccessRequest& asked) { skip(why, asked.action, asked.facts.peer); }
    void skip(Kind why, std::string_view literal_action, std::string_view peer);
    /// Notes what there is to be decided. finish() must follow.
    void begin(const AccessRequest& asked);
    /// Notes one decision: the first is on the operation itself, the others are on the dependent permissions in their
    /// order.
    void add(const policy::Decision& decision);
    /// Takes over the target that was decided on. From then on kind is `made`.
    void finish(Target&& decided_on);
};

/// A check decided once more, on what it was decided on. The record must outlive it.
class Replay {
  public:
    /// `resource_policy_text`: what stands for that policy's document; of the same structure.
    Replay(const DecisionRecord& record, const DecisionCheck& check, std::string_view resource_policy_text);
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    [[nodiscard]] const policy::Request& request() const { return evaluation_.request(); }
    [[nodiscard]] const policy::PolicySet& policies() const { return evaluation_.policies(); }
    [[nodiscard]] policy::Explanation explain() const { return policy::explain(policies(), request()); }
    /// Of policy::asked_keys() those that the request had; names in lower case, in the policies.
    [[nodiscard]] RequestKeys context() const;

  private:
    PermissionView permission_;
    RequestFacts facts_;
    PermissionKeys keys_;
    Evaluation evaluation_;
};

class Recordings;

/// A ring of the last N records, or fewer where these keep much alive: documents may have 128 KiB of white space, and
/// header fields 64 KiB. Safe for threads.
class DecisionLog {
  public:
    static constexpr std::size_t usual_budget = std::size_t{64} << 20;

    /// `capacity`: how many are kept; 0 keeps none. `budget`: how many bytes they may keep alive, about.
    explicit DecisionLog(std::size_t capacity, std::size_t budget = usual_budget)
        : capacity_(capacity), budget_(budget), ring_(capacity) {}

    bool enabled() const { return capacity_ > 0; }
    /// From now on recordings that run hear of every record, too, whatever the capacity. They must outlive the log.
    void tell(Recordings& recordings) { recordings_ = &recordings; }
    /// Whether records are to be made and added: to be kept, or because somebody records.
    bool wants_records() const;
    std::size_t capacity() const { return capacity_; }
    /// Takes the record and gives a clear one for it, with the memory of the one that made room. Never null.
    void add(std::unique_ptr<DecisionRecord>& record);
    void clear();

    /// How many records are kept, and how many bytes they keep alive, about.
    struct Fill {
        std::uint64_t records = 0;
        std::uint64_t bytes = 0;
    };
    Fill fill() const;
    /// The sequence number of the newest record ever added; 0 before the first.
    std::uint64_t newest() const { return newest_.load(std::memory_order_acquire); }
    /// A copy of the record of a request.
    std::optional<DecisionRecord> find(std::string_view id) const;
    /// Return whether to go on. Called under the lock: short work only.
    using Visitor = std::function<bool(const DecisionRecord&)>;
    /// From the newest of those with a sequence number less than `before` back to the oldest.
    void visit_back(std::uint64_t before, const Visitor& visit) const;
    /// From the oldest of those with a sequence number greater than `after` on. Returns how many records after it are
    /// lost, because newer ones have taken their places.
    std::uint64_t visit_on(std::uint64_t after, const Visitor& visit) const;

  private:
    DecisionRecord& at(std::uint64_t sequence) const { return *ring_[(sequence - 1) % capacity_]; }
    void drop_oldest();

    const std::size_t capacity_;
    const std::size_t budget_;
    Recordings* recordings_ = nullptr;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<DecisionRecord>> ring_;  ///< sequence s is at (s - 1) % capacity_; null: not used yet
    std::uint64_t oldest_ = 1;                           ///< the sequence number of the oldest that is kept
    std::size_t bytes_ = 0;                              ///< of all that are kept
    std::atomic<std::uint64_t> newest_{0};
};

}  // namespace iamlocal::access
