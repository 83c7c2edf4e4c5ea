// The faults that are in force: which request fails, and how. Without any, a request pays one load of an atomic.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/entropy.hpp"
#include "testbench/fault_rule.hpp"

namespace iamlocal::testbench {

/// A fault that strikes a request, and of which rule.
struct StruckFault {
    std::uint64_t rule = 0;
    Fault fault;

    /// `Throttling (rule 3)`
    [[nodiscard]] std::string words() const;
};

/// A request, as rules look at it.
struct FaultQuestion {
    std::string_view action;     ///< `iam:GetUser`
    std::string_view principal;  ///< an ARN; empty: nobody knows who asks
    std::string_view account;    ///< likewise
};

/// Safe for threads.
class Faults {
  public:
    /// A rule that is in force.
    struct Listed {
        std::uint64_t id = 0;
        std::uint64_t struck = 0;  ///< how many requests so far
        FaultRule rule;
    };

    bool any() const noexcept { return any_.load(std::memory_order_relaxed); }
    /// The fault for a request, of the first rule that strikes it; null: it goes on as usual.
    std::shared_ptr<const StruckFault> draw(const FaultQuestion& question);

    /// In the place of all that are in force.
    void replace(std::vector<FaultRule> rules);
    /// Behind the others. Nothing, where there are too many already; otherwise its id.
    std::optional<std::uint64_t> add(FaultRule rule);
    void clear() { replace({}); }
    /// Those that name this account.
    void clear(const AccountId& account);
    /// In the order in which they are tried.
    std::vector<Listed> list() const;

  private:
    struct Entry {
        Listed listed;
        std::unique_ptr<SeededEntropy> chance;
    };

    static Entry entry_of(std::uint64_t id, FaultRule rule);

    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
    std::uint64_t newest_ = 0;  ///< id; ids are not used again
    std::atomic<bool> any_{false};
};

}  // namespace iamlocal::testbench
