#include "testbench/faults.hpp"

#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::testbench {
namespace {

bool strikes(const FaultRule& rule, const FaultQuestion& question, std::string_view folded_action) {
    if (rule.account && rule.account->view() != question.account) return false;
    if (rule.action_glob && !rule.action_glob->matches(folded_action)) return false;
    return !rule.principal_glob || rule.principal_glob->matches(question.principal);
}

/// A number from 0 up to, and not, 1.
double next_fraction(SeededEntropy& chance) {
    std::array<unsigned char, 8> bytes{};
    chance.fill(bytes);
    std::uint64_t number = 0;
    for (const unsigned char byte : bytes) number = number << 8 | byte;
    return std::ldexp(static_cast<double>(number >> 11), -53);
}

}  // namespace

std::string StruckFault::words() const { return fmt::format("{} (rule {})", fault.words(), rule); }

Faults::Entry Faults::entry_of(std::uint64_t id, FaultRule rule) {
    auto chance = std::make_unique<SeededEntropy>(rule.seed);
    return {{id, 0, std::move(rule)}, std::move(chance)};
}

std::shared_ptr<const StruckFault> Faults::draw(const FaultQuestion& question) {
    const std::string action = fold_case(question.action);
    const std::lock_guard lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        FaultRule& rule = entry->listed.rule;
        if (!strikes(rule, question, action)) continue;
        if (rule.probability < 1 && next_fraction(*entry->chance) >= rule.probability) continue;
        ++entry->listed.struck;
        auto struck = std::make_shared<const StruckFault>(StruckFault{entry->listed.id, rule.fault});
        if (rule.count && --*rule.count == 0) {
            entries_.erase(entry);
            any_.store(!entries_.empty(), std::memory_order_relaxed);
        }
        return struck;
    }
    return nullptr;
}

void Faults::replace(std::vector<FaultRule> rules) {
    const std::lock_guard lock(mutex_);
    entries_.clear();
    for (FaultRule& rule : rules) entries_.push_back(entry_of(++newest_, std::move(rule)));
    any_.store(!entries_.empty(), std::memory_order_relaxed);
}

std::optional<std::uint64_t> Faults::add(FaultRule rule) {
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= most_fault_rules) return std::nullopt;
    entries_.push_back(entry_of(++newest_, std::move(rule)));
    any_.store(true, std::memory_order_relaxed);
    return newest_;
}

void Faults::clear(const AccountId& account) {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const Entry& entry) { return entry.listed.rule.account == account; });
    any_.store(!entries_.empty(), std::memory_order_relaxed);
}

std::vector<Faults::Listed> Faults::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<Listed> listed;
    for (const Entry& entry : entries_) listed.push_back(entry.listed);
    return listed;
}

}  // namespace iamlocal::testbench
