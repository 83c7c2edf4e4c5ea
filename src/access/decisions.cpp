#include "access/decisions.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::access {
namespace {

using policy::Outcome;

/// Of a text that is kept, what memory may stay with it for the next one.
constexpr std::size_t much_text = 1024;

/// Without those of AWS's policies: they are few, and whoever has one shares it through the worker's cache.
std::size_t texts_of(policy::Policies policies) {
    std::size_t bytes = 0;
    for (const policy::SourcedPolicy& source : policies)
        if (!source.arn.starts_with("arn:aws:iam::aws:")) bytes += source.text.size();
    return bytes;
}

void clear_text(std::string& text) {
    if (text.capacity() > much_text) std::string().swap(text);
    text.clear();
}

template <class T>
void clear_list(std::vector<T>& list) {
    if (!list.empty()) list = std::vector<T>();
}

std::size_t bytes_of(const std::vector<store::Tag>& tags) {
    std::size_t bytes = 0;
    for (const store::Tag& tag : tags) bytes += tag.key.size() + tag.value.size();
    return bytes;
}

std::size_t bytes_of(const RecordedRequest& request) {
    std::size_t bytes = request.user_agent.size() + request.referer.size() + bytes_of(request.request_tags);
    for (const std::string& key : request.tag_keys) bytes += key.size();
    return bytes;
}

std::size_t bytes_of(const std::optional<TrustPolicy>& trust) {
    return trust && trust->document ? trust->document->text.size() : 0;
}

std::size_t bytes_of(const DecisionCheck& check) {
    std::size_t bytes = bytes_of(check.resource_tags);
    for (const auto& [key, values] : check.keys)
        for (const std::string& value : values.items) bytes += value.size();
    return bytes;
}

/// What a record keeps alive, without what is the same for any; the caller only where the record before has another.
std::size_t bytes_of(const DecisionRecord& record, bool with_caller) {
    std::size_t bytes = bytes_of(record.request) + bytes_of(record.trust);
    for (const DecisionCheck& check : record.checks) bytes += bytes_of(check);
    if (!with_caller || !record.caller) return bytes;
    const Identity& caller = *record.caller;
    return bytes + texts_of(caller.identity_policies.view()) + texts_of(caller.boundary.view()) +
           texts_of(caller.session_policies.view());
}

RequestFacts facts_of(const DecisionRecord& record, std::span<const http::Header> headers) {
    const RecordedRequest& request = record.request;
    return {.caller = *record.caller,
            .organization = record.organization.get(),
            .time = std::chrono::floor<std::chrono::seconds>(record.time),
            .region = request.region,
            .peer = request.peer,
            .secure = request.secure,
            .headers = headers,
            .target = record.checks.front().resource,
            .trust_account = record.trust ? &record.trust->account : nullptr,
            .request_tags = request.request_tags,
            .tag_keys = request.tag_keys};
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
    request.clear();
    kind = Kind::none;
    checks.clear();
    caller.reset();
    organization.reset();
    trust.reset();
    bytes = 0;
}

void RecordedRequest::clear() {
    for (std::string* text : {&region, &peer, &user_agent, &referer}) clear_text(*text);
    clear_list(request_tags);
    clear_list(tag_keys);
}

void DecisionRecord::skip(Kind why, const api::Context& ctx, std::string_view operation) {
    kind = why;
    action = operation;
    request.peer = ctx.request.peer;
}

void DecisionRecord::begin(const api::Context& ctx, std::string_view operation, const Target& target) {
    action = operation;
    request.peer = ctx.request.peer;
    request.secure = ctx.request.secure;
    request.region = ctx.region;
    request.asked = ctx.caller.asked();
    if (ctx.organization != nullptr) request.asked |= ctx.organization->asked();
    if (const policy::Policy* const of_role = target.trust ? target.trust->compiled() : nullptr)
        request.asked |= AskedFacts::of(*of_role);
    if (!request.asked.headers) return;
    request.user_agent = ctx.request.header("user-agent");
    request.referer = ctx.request.header("referer");
}

void DecisionRecord::add(const policy::Decision& decision, const RequestContext& context) {
    DecisionCheck& check = checks.emplace_back();
    check.outcome = decision.outcome;
    check.decided_by = decision.decided_by;
    check.iam_tags = context.permission().iam_tags;
    check.sees_request_tags = context.permission().sees_request_tags;
    if (request.asked.resource_tags) check.resource_tags = context.resource_tags();
}

void DecisionRecord::finish(Target&& target) {
    kind = Kind::made;
    request.request_tags.assign(target.request_tags.begin(), target.request_tags.end());
    request.tag_keys.assign(target.tag_keys.begin(), target.tag_keys.end());
    trust = std::move(target.trust);
    checks[0].action = action;
    checks[0].resource = std::move(target.resource);
    checks[0].keys = std::move(target.keys);
    for (std::size_t i = 1; i < checks.size(); ++i) {
        Permission& further = target.also[i - 1];
        checks[i].action = further.action;
        checks[i].resource = std::move(further.resource);
        checks[i].keys = std::move(further.keys);
    }
}

Replay::Replay(const DecisionRecord& record, const DecisionCheck& check, std::string_view trust_text)
    : headers_{{{"user-agent", record.request.user_agent}, {"referer", record.request.referer}}},
      context_(facts_of(record, headers_), {check.action, check.keys, check.iam_tags, check.sees_request_tags},
               ResourceTags(check.resource_tags)),
      evaluation_({*record.caller, record.trust ? &*record.trust : nullptr, record.organization.get(), trust_text},
                  check.action, check.resource, context_) {}

RequestKeys Replay::context() const {
    RequestKeys keys;
    for (const policy::AskedKey& asked : policy::asked_keys(policies(), request()))
        if (std::optional<policy::Values> values = context_.find(asked.key))
            keys.emplace_back(asked.key, *std::move(values));
    return keys;
}

void DecisionLog::add(std::unique_ptr<DecisionRecord>& record) {
    {
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
