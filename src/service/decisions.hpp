// The last decisions, each with what is needed to explain it later exactly as it was: the policies and the condition
// keys of that moment. The pipeline adds one record per request; whoever looks pays, nobody else.
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

#include "base/clock.hpp"
#include "policy/explanation.hpp"
#include "service/authorize.hpp"
#include "service/identity.hpp"
#include "service/organization.hpp"

namespace iamlocal::service {

/// One permission that a request needed.
struct DecisionCheck {
    std::string_view action;  ///< a literal
    std::string resource;
    policy::Outcome outcome = policy::Outcome::implicit_deny;
    policy::PolicyType decided_by = policy::PolicyType::identity;
    /// Of policy::asked_keys() those that the request had; names in lower case, in the policies that the record keeps.
    std::vector<std::pair<std::string_view, policy::Values>> context;
};

/// A context that remembers what a decision asks it for, so that the record need not ask again. Asks another one.
class AskedContext final : public policy::Context {
  public:
    explicit AskedContext(const policy::Context& context) : context_(context) {}

    std::optional<policy::Values> find(std::string_view key) const override;
    /// The values of policy::asked_keys(), moved from here as far as the decision has asked for them.
    std::vector<std::pair<std::string_view, policy::Values>> take(const Evaluation& evaluation) &&;

  private:
    using Asked = std::pair<std::string_view, std::optional<policy::Values>>;

    bool has_all_of(const policy::PolicySet& policies) const;

    const policy::Context& context_;
    mutable std::vector<Asked> asked_;  ///< keys as policies hold them
};

/// All that a request was asked. Records are used again, so that their memory is.
struct DecisionRecord {
    enum class Kind {
        none,    ///< the request ended before there was anything to decide
        made,    ///< `checks` says what was decided
        exempt,  ///< no policy can grant or forbid the operation
        off,     ///< enforcement is off
    };

    std::string id;              ///< the request's
    std::uint64_t sequence = 0;  ///< counts up from 1; the log sets it
    Instant time{};
    std::string peer;
    Kind kind = Kind::none;
    std::string_view action;                           ///< the operation's, a literal
    std::vector<DecisionCheck> checks;                 ///< in the order in which they were made
    std::shared_ptr<const Identity> caller;            ///< shared with the worker's cache: it may be replaced there
    std::shared_ptr<const Organization> organization;  ///< likewise; null: there was none
    std::optional<TrustPolicy> trust;
    std::size_t bytes = 0;  ///< what the log has counted for it

    /// The check that speaks for the request: the first refusal, else the first; null unless kind is `made`.
    [[nodiscard]] const DecisionCheck* main_check() const;
    [[nodiscard]] bool denied() const;
    /// Ready for another request, with its memory kept.
    void clear();
    /// Notes one decision with the condition keys that mattered to it. The request's action must be a literal; its
    /// context is `asked`.
    void add(const Evaluation& evaluation, const policy::Decision& decision, AskedContext&& asked);
};

/// A check decided once more, on what it was decided on. The record must outlive it.
class Replay {
  public:
    /// `trust_text`: what stands for the trust policy's document; of the same structure.
    Replay(const DecisionRecord& record, const DecisionCheck& check, std::string_view trust_text);
    Replay(const Replay&) = delete;
    Replay& operator=(const Replay&) = delete;

    [[nodiscard]] const DecisionCheck& check() const { return context_.check(); }
    [[nodiscard]] const policy::Request& request() const { return evaluation_.request(); }
    [[nodiscard]] const policy::PolicySet& policies() const { return evaluation_.policies(); }
    [[nodiscard]] policy::Explanation explain() const { return policy::explain(policies(), request()); }

  private:
    /// The keys of a check.
    class Snapshot final : public policy::Context {
      public:
        explicit Snapshot(const DecisionCheck& check) : check_(check) {}
        std::optional<policy::Values> find(std::string_view key) const override;
        const DecisionCheck& check() const { return check_; }

      private:
        const DecisionCheck& check_;
    };

    Snapshot context_;
    std::optional<TrustPolicy> trust_;
    Evaluation evaluation_;
};

/// A ring of the last N records, or fewer where these keep much alive: documents may have 128 KiB of white space, and
/// header fields 64 KiB. Safe for threads.
class DecisionLog {
  public:
    static constexpr std::size_t usual_budget = std::size_t{64} << 20;

    /// `capacity`: how many are kept; 0 keeps none. `budget`: how many bytes they may keep alive, about.
    explicit DecisionLog(std::size_t capacity, std::size_t budget = usual_budget)
        : capacity_(capacity), budget_(budget) {
        ring_.reserve(capacity);
    }

    bool enabled() const { return capacity_ > 0; }
    std::size_t capacity() const { return capacity_; }
    /// Takes the record's contents; what is left in it is clear and has the memory of the record that made room.
    void add(DecisionRecord& record);
    void clear();

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
    const DecisionRecord& at(std::uint64_t sequence) const { return ring_[(sequence - 1) % capacity_]; }
    DecisionRecord& at(std::uint64_t sequence) { return ring_[(sequence - 1) % capacity_]; }
    void drop_oldest();

    const std::size_t capacity_;
    const std::size_t budget_;
    mutable std::mutex mutex_;
    std::vector<DecisionRecord> ring_;  ///< grows to capacity_ and stays; sequence s is at (s - 1) % capacity_
    std::uint64_t oldest_ = 1;          ///< the sequence number of the oldest that is kept
    std::size_t bytes_ = 0;             ///< of all that are kept
    std::atomic<std::uint64_t> newest_{0};
};

}  // namespace iamlocal::service
