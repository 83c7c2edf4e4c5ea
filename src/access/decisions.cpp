#include "access/decisions.hpp"

#include <algorithm>

#include "access/recordings.hpp"
#include "base/encoding.hpp"
#include "catalogue/managed_policies.hpp"

namespace iamlocal::access {
namespace {

using policy::Outcome;

/// Of a text that is kept, what memory may stay with it for the next one.
constexpr std::size_t much_text = 1024;

void clear_text(std::string& text) {
    if (text.capacity() > much_text) std::string().swap(text);
    text.clear();
}

std::size_t bytes_of(const std::vector<store::Tag>& tags) {
    std::size_t bytes = 0;
    for (const store::Tag& tag : tags) bytes += tag.key.size() + tag.value.size();
    return bytes;
}

std::size_t bytes_of(const RequestKeys& keys) {
    std::size_t bytes = 0;
    for (const auto& [key, values] : keys)
        for (const std::string& value : values.items) bytes += value.size();
    return bytes;
}

std::size_t bytes_of(const Target& target) {
    std::size_t bytes = bytes_of(target.request_tags) + bytes_of(target.tags.tags) + bytes_of(target.keys);
    for (const std::string& key : target.tag_keys) bytes += key.size();
    for (const Permission& further : target.dependent_permissions)
        bytes += bytes_of(further.tags.tags) + bytes_of(further.keys);
    if (target.resource_policy && target.resource_policy->document)
        bytes += target.resource_policy->document->text.size();
    return bytes;
}

std::size_t bytes_of(const db::PendingChanges& pending) {
    std::size_t bytes = sizeof(pending);
    for (const db::PendingChange& change : pending.oldest)
        bytes += sizeof(change) + change.action.size() + change.resource.size();
    return bytes;
}

/// What a record keeps alive, without what is the same for any; the caller only where the record before has another.
std::size_t bytes_of(const DecisionRecord& record, bool with_caller) {
    std::size_t bytes = record.request.user_agent.size() + record.request.referer.size() + bytes_of(record.target);
    if (record.not_visible) bytes += bytes_of(*record.not_visible);
    if (!with_caller || !record.caller) return bytes;
    return bytes + record.caller->text_bytes();
}

RequestFacts facts_of(const DecisionRecord& record) {
    const RecordedRequest& request = record.request;
    return {.time = std::chrono::floor<std::chrono::seconds>(record.time),
            .region = request.region,
            .peer = request.peer,
            .secure = request.secure,
            .user_agent = request.user_agent,
            .referer = request.referer};
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
    trace_id.clear();
    span_id.clear();
    request.clear();
    kind = Kind::none;
    checks.clear();
    caller.reset();
    organization.reset();
    not_visible.reset();
    fault.clear();
    target = Target();
    bytes = 0;
}

void RecordedRequest::clear() {
    for (std::string* text : {&region, &peer, &user_agent, &referer}) clear_text(*text);
}

const ResourcePolicy* DecisionRecord::resource_policy() const {
    return target.resource_policy ? &*target.resource_policy : nullptr;
}

void DecisionRecord::skip(Kind why, std::string_view literal_action, std::string_view peer) {
    kind = why;
    action = literal_action;
    request.peer = peer;
}

void DecisionRecord::begin(const AccessRequest& asked) {
    checks.clear();
    action = asked.action;
    request.peer = asked.facts.peer;
    request.secure = asked.facts.secure;
    request.region = asked.facts.region;
    if (!asked.required.headers) return;
    request.user_agent = asked.facts.user_agent;
    request.referer = asked.facts.referer;
}

void DecisionRecord::add(const policy::Decision& decision) {
    checks.push_back({checks.size(), decision.outcome, decision.decided_by});
}

void DecisionRecord::finish(Target&& decided_on) {
    kind = Kind::made;
    target = std::move(decided_on);
}

Replay::Replay(const DecisionRecord& record, const DecisionCheck& check, std::string_view resource_policy_text)
    : permission_(record.permission(check)),
      facts_(facts_of(record)),
      keys_({.caller = *record.caller,
             .organization = record.organization.get(),
             .facts = facts_,
             .owner = owner_of(record.target.resource, record.resource_policy(), *record.caller),
             .sent = permission_.sent(record.target),
             .tags = permission_.tags,
             .keys = permission_.keys}),
      evaluation_({*record.caller, permission_.resource_policy, record.organization.get(), resource_policy_text},
                  permission_.action, permission_.resource, keys_) {}

RequestKeys Replay::context() const {
    RequestKeys keys;
    for (const policy::AskedKey& asked : policy::asked_keys(policies(), request()))
        if (std::optional<policy::Values> values = keys_.find(asked.key))
            keys.emplace_back(asked.key, *std::move(values));
    return keys;
}

bool DecisionLog::wants_records() const {
    return capacity_ > 0 || (recordings_ != nullptr && recordings_->are_running());
}

void DecisionLog::add(std::unique_ptr<DecisionRecord>& record) {
    if (recordings_ != nullptr && recordings_->are_running()) recordings_->note(*record);
    if (capacity_ > 0) {
        const std::lock_guard guard(mutex_);
        const std::uint64_t sequence = newest_.load(std::memory_order_relaxed) + 1;
        record->sequence = sequence;
        const bool first = oldest_ == sequence;
        record->bytes = bytes_of(*record, first || at(sequence - 1).caller != record->caller);
        const std::size_t place = (sequence - 1) % capacity_;
        if (!ring_[place]) {
            ring_[place] = std::make_unique<DecisionRecord>();
        } else if (sequence - oldest_ == capacity_) {
            bytes_ -= ring_[place]->bytes;
            ++oldest_;
        }
        bytes_ += record->bytes;
        ring_[place].swap(record);
        newest_.store(sequence, std::memory_order_release);
        while (bytes_ > budget_ && oldest_ < sequence) drop_oldest();
    }
    record->clear();
}

void DecisionLog::drop_oldest() {
    DecisionRecord& dropped = at(oldest_);
    bytes_ -= dropped.bytes;
    dropped.clear();
    ++oldest_;
}

DecisionLog::Fill DecisionLog::fill() const {
    const std::lock_guard guard(mutex_);
    return {newest_.load(std::memory_order_relaxed) + 1 - oldest_, bytes_};
}

void DecisionLog::clear() {
    std::vector<std::unique_ptr<DecisionRecord>> dropped(capacity_);
    const std::lock_guard guard(mutex_);
    // Sequence numbers go on, so that nobody who follows the log sees time run back.
    oldest_ = newest_.load(std::memory_order_relaxed) + 1;
    bytes_ = 0;
    dropped.swap(ring_);
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

}  // namespace iamlocal::access
