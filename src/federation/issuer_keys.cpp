#include "federation/issuer_keys.hpp"

#include <algorithm>
#include <utility>

namespace iamlocal::federation {

struct KeyCache::Entry {
    std::shared_ptr<const KeySet> keys;
    std::size_t bytes = 0;
    SteadyTime fetched{};             ///< when the keys came
    KeyFault fault = KeyFault::none;  ///< of the last fetch
    SteadyTime used{};
    SteadyTime paid_until{};  ///< each fetch moves it on by Rules::fetch_every; it cannot be far ahead
    bool is_fetching = false;
    bool is_kept = true;  ///< whether the cache has it
    std::vector<std::function<void()>> waiting;
};

KeyCache::KeyCache(Given given, Hooks hooks, Rules rules) : hooks_(std::move(hooks)), rules_(rules) {
    give(std::move(given));
}

void KeyCache::give(Given given) {
    std::map<std::string, Found, std::less<>> found;
    for (auto& [url, keys] : given)
        found.emplace(url, Found{std::make_shared<const KeySet>(std::move(keys)), KeyFault::none});
    const std::lock_guard lock(mutex_);
    given_.swap(found);
}

KeyCache::~KeyCache() {
    close();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return fetching_ == 0; });
}

std::optional<KeyCache::Found> KeyCache::find_given(const Issuer& issuer) {
    const std::lock_guard lock(mutex_);
    const auto found = given_.find(issuer.url);
    if (found == given_.end()) return std::nullopt;
    return found->second;
}

bool KeyCache::may_fetch(const Entry& entry, SteadyTime now) const {
    return !closed_ && hooks_.fetcher != nullptr && !entry.is_fetching &&
           entry.paid_until <= now + (rules_.fetches_at_once - 1) * rules_.fetch_every;
}

std::optional<KeyCache::Found> KeyCache::find(const Issuer& issuer, const std::optional<std::string>& key_id) {
    if (const std::optional<Found> given = find_given(issuer)) return given;
    std::shared_ptr<Entry> to_refresh;
    Found found;
    {
        const std::lock_guard lock(mutex_);
        if (hooks_.fetcher == nullptr || closed_) return Found{nullptr, KeyFault::unreachable};
        const SteadyTime now = hooks_.now();
        const auto known = entries_.find(issuer);
        if (known == entries_.end()) return std::nullopt;
        Entry& entry = *known->second;
        entry.used = now;
        const bool may_wait = entry.is_fetching || may_fetch(entry, now);
        if (!entry.keys || now - entry.fetched >= rules_.good_for) {
            if (may_wait) return std::nullopt;
            return Found{nullptr, entry.fault};
        }
        const bool is_named = !key_id || std::any_of(entry.keys->begin(), entry.keys->end(),
                                                     [&](const Jwk& key) { return key.id == key_id; });
        if (!is_named && may_wait) return std::nullopt;
        if (now - entry.fetched >= rules_.refreshed_after && may_fetch(entry, now)) {
            begin_fetch(entry, now);
            to_refresh = known->second;
        }
        found.keys = entry.keys;
    }
    if (to_refresh) fetch(issuer, to_refresh);
    return found;
}

KeyCache::Found KeyCache::get(const Issuer& issuer) {
    if (const std::optional<Found> given = find_given(issuer)) return *given;
    const std::lock_guard lock(mutex_);
    const auto known = entries_.find(issuer);
    if (known == entries_.end()) return {nullptr, KeyFault::unreachable};
    const Entry& entry = *known->second;
    if (entry.keys && hooks_.now() - entry.fetched < rules_.good_for) return {entry.keys, KeyFault::none};
    return {nullptr, entry.fault == KeyFault::none ? KeyFault::unreachable : entry.fault};
}

bool KeyCache::wait(const Issuer& issuer, std::function<void()> done) {
    std::shared_ptr<Entry> to_fetch;
    {
        const std::lock_guard lock(mutex_);
        if (closed_ || hooks_.fetcher == nullptr || waiting_ >= rules_.most_waiting) return false;
        const SteadyTime now = hooks_.now();
        const std::shared_ptr<Entry> entry = entry_of(issuer, now);
        if (!entry->is_fetching) {
            // Since find() somebody else may have had the last fetch for now, and its outcome is there.
            if (!may_fetch(*entry, now)) return false;
            begin_fetch(*entry, now);
            to_fetch = entry;
        }
        entry->waiting.push_back(std::move(done));
        ++waiting_;
    }
    if (to_fetch) fetch(issuer, to_fetch);
    return true;
}

void KeyCache::begin_fetch(Entry& entry, SteadyTime now) {
    entry.is_fetching = true;
    entry.paid_until = std::max(entry.paid_until, now) + rules_.fetch_every;
    ++fetching_;
}

void KeyCache::fetch(const Issuer& issuer, const std::shared_ptr<Entry>& entry) {
    hooks_.fetcher->fetch(issuer,
                          [this, issuer, entry](FetchedKeys fetched) { take(issuer, entry, std::move(fetched)); });
}

void KeyCache::take(const Issuer& issuer, const std::shared_ptr<Entry>& entry, FetchedKeys fetched) {
    if (!fetched.keys && hooks_.report) hooks_.report(issuer.url, fetched.complaint);
    std::vector<std::function<void()>> waiting;
    {
        const std::lock_guard lock(mutex_);
        entry->is_fetching = false;
        entry->fault = fetched.fault;
        if (fetched.keys) {
            if (entry->is_kept) bytes_ += fetched.bytes - entry->bytes;
            entry->bytes = fetched.bytes;
            entry->keys = std::make_shared<const KeySet>(*std::move(fetched.keys));
            entry->fetched = hooks_.now();
            make_room(entry.get());
        }
        waiting.swap(entry->waiting);
        waiting_ -= waiting.size();
    }
    for (const std::function<void()>& done : waiting) done();
    // The last: the cache may be gone then.
    const std::lock_guard lock(mutex_);
    if (--fetching_ == 0) changed_.notify_all();
}

std::shared_ptr<KeyCache::Entry> KeyCache::entry_of(const Issuer& issuer, SteadyTime now) {
    auto& entry = entries_[issuer];
    if (!entry) {
        entry = std::make_shared<Entry>();
        entry->used = now;
        const std::shared_ptr<Entry> made = entry;
        make_room(made.get());
        return made;
    }
    return entry;
}

/// Drops what nobody has used for longest.
void KeyCache::make_room(const Entry* kept) {
    while (entries_.size() > rules_.most_issuers || bytes_ > rules_.most_bytes) {
        auto oldest = entries_.end();
        for (auto it = entries_.begin(); it != entries_.end(); ++it) {
            if (it->second.get() == kept || it->second->is_fetching) continue;
            if (oldest == entries_.end() || it->second->used < oldest->second->used) oldest = it;
        }
        if (oldest == entries_.end()) return;
        oldest->second->is_kept = false;
        bytes_ -= oldest->second->bytes;
        entries_.erase(oldest);
    }
}

void KeyCache::clear() {
    const std::lock_guard lock(mutex_);
    for (const auto& [issuer, entry] : entries_) entry->is_kept = false;
    entries_.clear();
    bytes_ = 0;
}

void KeyCache::close() {
    std::vector<std::function<void()>> waiting;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        for (const auto& [issuer, entry] : entries_) {
            for (std::function<void()>& done : entry->waiting) waiting.push_back(std::move(done));
            waiting_ -= entry->waiting.size();
            entry->waiting.clear();
        }
    }
    if (hooks_.fetcher != nullptr) hooks_.fetcher->give_up();
    for (const std::function<void()>& done : waiting) done();
}

}  // namespace iamlocal::federation
