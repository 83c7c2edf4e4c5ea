#include "service/decisions.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::service {
namespace {

using policy::Outcome;

/// As many as most decisions ask for.
constexpr std::size_t few_keys = 8;
/// Of more keys than most policies name, asking again is faster than looking whether it was done.
constexpr std::size_t most_remembered = 32;

std::optional<TrustPolicy> with_text(const std::optional<TrustPolicy>& trust, std::string_view text) {
    std::optional<TrustPolicy> shown = trust;
    if (shown) shown->text = text;
    return shown;
}

/// The texts of AWS's policies are kept once for all.
std::size_t texts_of(policy::Policies policies) {
    std::size_t bytes = 0;
    for (const policy::SourcedPolicy& source : policies)
        if (!source.arn.starts_with("arn:aws:iam::aws:")) bytes += source.text.size();
    return bytes;
}

/// What a record keeps alive, without what is the same for any; the caller only where the record before has another.
std::size_t bytes_of(const DecisionRecord& record, bool with_caller) {
    std::size_t bytes = record.trust ? record.trust->text.size() : 0;
    for (const DecisionCheck& check : record.checks)
        for (const auto& [key, values] : check.context)
            for (const std::string& value : values.items) bytes += value.size();
    if (!with_caller || !record.caller) return bytes;
    const Identity& caller = *record.caller;
    return bytes + texts_of(caller.identity_policies.view()) + texts_of(caller.boundary.view()) +
           texts_of(caller.session_policies.view());
}

}  // namespace

const DecisionCheck* DecisionRecord::main_check() const {
    if (checks.empty()) return nullptr;
    const auto refused = std::find_if(checks.begin(), checks.end(),
                                      [](const DecisionCheck& check) { return check.outcome != Outcome::allowed; });
    return refused == checks.end() ? &checks.front() : &*refused;
}

bool DecisionRecord::denied() const {
    const DecisionCheck* check = main_check();
    return check && check->outcome != Outcome::allowed;
}

void DecisionRecord::clear() {
    id.clear();
    sequence = 0;
    peer.clear();
    kind = Kind::none;
    checks.clear();
    caller.reset();
    organization.reset();
    trust.reset();
    bytes = 0;
}

void DecisionRecord::add(const Evaluation& evaluation, const policy::Decision& decision, AskedContext&& asked) {
    DecisionCheck& check = checks.emplace_back();
    check.action = evaluation.request().action;
    check.resource = evaluation.request().resource;
    check.outcome = decision.outcome;
    check.decided_by = decision.decided_by;
    check.context = std::move(asked).take(evaluation);
}

std::optional<policy::Values> AskedContext::find(std::string_view key) const {
    const auto known =
        std::find_if(asked_.begin(), asked_.end(), [&](const Asked& asked) { return asked.first == key; });
    if (known != asked_.end()) return known->second;
    if (asked_.size() == most_remembered) return context_.find(key);
    if (asked_.empty()) asked_.reserve(few_keys);
    return asked_.emplace_back(key, context_.find(key)).second;
}

/// Whether the decision has asked for every key that the policies name anywhere, as it has where a request gets as far
/// as the conditions.
bool AskedContext::has_all_of(const policy::PolicySet& policies) const {
    bool all = true;
    policy::each_list(policies, [&](policy::Policies list) {
        for (const policy::SourcedPolicy& source : list) {
            if (!source.policy || !all) continue;
            const std::vector<std::string>& keys = source.policy->context_keys;
            all = std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
                return std::any_of(asked_.begin(), asked_.end(),
                                   [&](const Asked& asked) { return equals_ignoring_case(asked.first, key); });
            });
        }
    });
    return all;
}

std::vector<std::pair<std::string_view, policy::Values>> AskedContext::take(const Evaluation& evaluation) && {
    std::vector<std::pair<std::string_view, policy::Values>> kept;
    if (has_all_of(evaluation.policies())) {
        kept.reserve(asked_.size());
        for (auto& [key, values] : asked_)
            if (values) kept.emplace_back(key, *std::move(values));
        return kept;
    }
    for (const policy::AskedKey& asked : policy::asked_keys(evaluation.policies(), evaluation.request()))
        if (std::optional<policy::Values> values = find(asked.key)) kept.emplace_back(asked.key, *std::move(values));
    return kept;
}

std::optional<policy::Values> Replay::Snapshot::find(std::string_view key) const {
    for (const auto& [name, values] : check_.context)
        if (name == key) return values;
    return std::nullopt;
}

Replay::Replay(const DecisionRecord& record, const DecisionCheck& check, std::string_view trust_text)
    : context_(check),
      trust_(with_text(record.trust, trust_text)),
      evaluation_({*record.caller, trust_ ? &*trust_ : nullptr, record.organization.get()}, check.action,
                  check.resource, context_) {}

void DecisionLog::add(DecisionRecord& record) {
    {
        const std::lock_guard guard(mutex_);
        const std::uint64_t sequence = newest_.load(std::memory_order_relaxed) + 1;
        record.sequence = sequence;
        const bool first = oldest_ == sequence;
        record.bytes = bytes_of(record, first || at(sequence - 1).caller != record.caller);
        const std::size_t place = (sequence - 1) % capacity_;
        if (place == ring_.size()) {
            ring_.emplace_back();
        } else if (sequence - oldest_ == capacity_) {
            bytes_ -= ring_[place].bytes;
            ++oldest_;
        }
        bytes_ += record.bytes;
        std::swap(ring_[place], record);
        newest_.store(sequence, std::memory_order_release);
        while (bytes_ > budget_ && oldest_ < sequence) drop_oldest();
    }
    record.clear();
}

void DecisionLog::drop_oldest() {
    DecisionRecord& dropped = at(oldest_);
    bytes_ -= dropped.bytes;
    dropped.clear();
    ++oldest_;
}

void DecisionLog::clear() {
    std::vector<DecisionRecord> dropped;
    dropped.reserve(capacity_);
    const std::lock_guard guard(mutex_);
    // Sequence numbers go on, so that nobody who follows the log sees time run back.
    oldest_ = newest_.load(std::memory_order_relaxed) + 1;
    bytes_ = 0;
    for (DecisionRecord& record : ring_) std::swap(dropped.emplace_back(), record);
}

std::optional<DecisionRecord> DecisionLog::find(std::string_view id) const {
    std::optional<DecisionRecord> found;
    visit_back(UINT64_MAX, [&](const DecisionRecord& record) {
        if (record.id == id) found = record;
        return !found;
    });
    return found;
}

void DecisionLog::visit_back(std::uint64_t before, const Visitor& visit) const {
    const std::lock_guard guard(mutex_);
    const std::uint64_t newest = newest_.load(std::memory_order_relaxed);
    for (std::uint64_t sequence = std::min(before, newest + 1); sequence-- > oldest_;)
        if (!visit(at(sequence))) return;
}

std::uint64_t DecisionLog::visit_on(std::uint64_t after, const Visitor& visit) const {
    const std::lock_guard guard(mutex_);
    const std::uint64_t newest = newest_.load(std::memory_order_relaxed);
    const std::uint64_t lost = after + 1 < oldest_ ? oldest_ - after - 1 : 0;
    for (std::uint64_t sequence = std::max(after + 1, oldest_); sequence <= newest; ++sequence)
        if (!visit(at(sequence))) break;
    return lost;
}

}  // namespace iamlocal::service
