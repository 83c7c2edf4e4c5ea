#include "access/recordings.hpp"

#include <array>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::access {
namespace {

/// Keys that policies use to ask for, and that do not come with the service.
constexpr std::array<std::string_view, 20> usual_keys{"aws:currenttime",
                                                      "aws:epochtime",
                                                      "aws:multifactorauthage",
                                                      "aws:multifactorauthpresent",
                                                      "aws:principalaccount",
                                                      "aws:principalarn",
                                                      "aws:principalorgid",
                                                      "aws:principalorgpaths",
                                                      "aws:principaltype",
                                                      "aws:referer",
                                                      "aws:requestedregion",
                                                      "aws:resourceaccount",
                                                      "aws:resourceorgid",
                                                      "aws:securetransport",
                                                      "aws:sourceidentity",
                                                      "aws:sourceip",
                                                      "aws:tokenissuetime",
                                                      "aws:useragent",
                                                      "aws:userid",
                                                      "aws:username"};

/// Of an entry whose texts are counted apart.
constexpr std::size_t overhead = 256;

/// Whose policies count for the caller.
std::string_view holder_of(const Identity& caller) {
    switch (caller.principal.kind) {
        case policy::PrincipalKind::role_session:
            return caller.arn;
        case policy::PrincipalKind::user_session:
        case policy::PrincipalKind::federated_user:
            return caller.principal.user_arn.empty() ? caller.principal.arn : caller.principal.user_arn;
        case policy::PrincipalKind::web_identity:
        case policy::PrincipalKind::saml:
            return caller.principal.provider;
        case policy::PrincipalKind::anonymous:
            return "*";
        default:
            return caller.principal.arn;
    }
}

void append_key(std::string& text, std::string_view name, const std::vector<std::string>& values) {
    text.append("\n").append(name);
    for (const std::string& value : values) text.append("\t").append(value);
}

/// All that tells one permission of a principal from another.
std::string identity_of(const PermissionView& permission, const TagKeys::Sent& sent, bool refused) {
    std::string text(refused ? "-" : "+");
    text.append(permission.action).append("\n").append(permission.resource);
    for (const auto& [key, values] : permission.keys) append_key(text, key, values.items);
    for (const store::Tag& tag : sent.tags) append_key(text, tag.key, {tag.value});
    append_key(text, {}, {sent.keys.begin(), sent.keys.end()});
    return text;
}

KeptKeys kept_keys(const PermissionView& permission, const TagKeys::Sent& sent) {
    KeptKeys kept;
    for (const auto& [key, values] : permission.keys) kept.emplace_back(key, values);
    const TagKeys tags(sent, permission.tags);
    for (const store::Tag& tag : sent.tags) {
        std::string key = "aws:requesttag/" + fold_case(tag.key);
        if (auto values = tags.find(key)) kept.emplace_back(std::move(key), *std::move(values));
    }
    if (auto values = tags.find("aws:tagkeys")) kept.emplace_back("aws:tagkeys", *std::move(values));
    return kept;
}

/// The keys beside these that a policy may ask for.
KeptKeys kept_context(const DecisionRecord& record, const DecisionCheck& check, const PermissionView& permission) {
    const Replay replay(record, check, {});
    KeptKeys kept;
    const policy::RequestContext& known = *replay.request().context;
    const auto keep = [&](std::string key) {
        if (auto values = known.find(key)) kept.emplace_back(std::move(key), *std::move(values));
    };
    for (const std::string_view key : usual_keys) keep(std::string(key));
    for (const store::Tag& tag : record.caller->tags) keep("aws:principaltag/" + fold_case(tag.key));
    for (const store::Tag& tag : permission.tags.tags) {
        keep("aws:resourcetag/" + fold_case(tag.key));
        if (permission.tags.as_iam_keys) keep("iam:resourcetag/" + fold_case(tag.key));
    }
    for (auto& [key, values] : replay.context()) kept.emplace_back(key, std::move(values));
    return kept;
}

std::size_t bytes_of_keys(const KeptKeys& keys) {
    std::size_t bytes = 0;
    for (const auto& [key, values] : keys) {
        bytes += sizeof(KeptKeys::value_type) + key.size();
        for (const std::string& value : values.items) bytes += sizeof value + value.size();
    }
    return bytes;
}

}  // namespace

/// What is new is looked at without the lock: that takes much longer than to count what is known.
void Recordings::note(const DecisionRecord& record) {
    if (record.kind != DecisionRecord::Kind::made || !record.caller) return;
    const std::string_view holder = holder_of(*record.caller);
    const bool refused = record.denied();
    std::vector<Asked> asked;
    asked.reserve(record.checks.size());
    for (const DecisionCheck& check : record.checks) {
        const PermissionView permission = record.permission(check);
        asked.push_back({identity_of(permission, permission.sent(record.target), refused)});
    }
    const std::vector<Missing> missing = count_known(record, holder, asked);
    if (missing.empty()) return;
    for (const Missing& one : missing) {
        Asked& permission = asked[one.number];
        if (permission.facts) continue;
        const DecisionCheck& check = record.checks[one.number];
        const PermissionView view = record.permission(check);
        PermissionFacts facts{std::string(view.action), std::string(view.resource),
                              kept_keys(view, view.sent(record.target)), kept_context(record, check, view), refused};
        permission.bytes = overhead + permission.identity.size() + facts.action.size() + facts.resource.size() +
                           bytes_of_keys(facts.keys) + bytes_of_keys(facts.context);
        permission.facts = std::make_shared<const PermissionFacts>(std::move(facts));
    }
    const std::lock_guard lock(mutex_);
    for (const Missing& one : missing) {
        const auto recording = recordings_.find(one.recording);
        if (recording != recordings_.end()) insert(recording->second, record, holder, asked[one.number]);
    }
}

/// Counts the request, and those of its permissions that are known. Gives the others.
std::vector<Recordings::Missing> Recordings::count_known(const DecisionRecord& record, std::string_view holder,
                                                         const std::vector<Asked>& asked) {
    std::vector<Missing> missing;
    const std::lock_guard lock(mutex_);
    for (auto& [name, recording] : recordings_) {
        if (!recording.summary.running) continue;
        ++recording.summary.requests;
        const auto principal = recording.principals.find(holder);
        const bool is_known = principal != recording.principals.end();
        if (is_known) principal->second.recorded.latest = record.caller;
        for (std::size_t number = 0; number < asked.size(); ++number) {
            if (is_known) {
                const auto place = principal->second.places.find(asked[number].identity);
                if (place != principal->second.places.end()) {
                    ++principal->second.recorded.permissions[place->second].count;
                    continue;
                }
            }
            missing.push_back({name, number});
        }
    }
    return missing;
}

/// Adds a permission, or counts it where another thread has added it meanwhile.
void Recordings::insert(Kept& recording, const DecisionRecord& record, std::string_view holder, const Asked& asked) {
    const auto grow = [&](std::size_t bytes) {
        recording.summary.bytes += bytes;
        bytes_ += bytes;
    };
    auto found = recording.principals.find(holder);
    if (found == recording.principals.end()) {
        const std::size_t bytes = overhead + 2 * holder.size() + record.caller->text_bytes();
        if (recording.principals.size() == limits_.principals || !has_room(bytes)) {
            ++recording.summary.left_out;
            return;
        }
        found = recording.principals.try_emplace(std::string(holder)).first;
        found->second.recorded.arn = holder;
        found->second.recorded.latest = record.caller;
        recording.summary.principals = recording.principals.size();
        grow(bytes);
    }
    Principal& principal = found->second;
    const auto place = principal.places.find(asked.identity);
    if (place != principal.places.end()) {
        ++principal.recorded.permissions[place->second].count;
        return;
    }
    if (!has_room(asked.bytes)) {
        ++recording.summary.left_out;
        return;
    }
    principal.places.emplace(asked.identity, principal.recorded.permissions.size());
    principal.recorded.permissions.push_back({asked.facts, 1});
    ++recording.summary.permissions;
    grow(asked.bytes);
}

bool Recordings::start(std::string_view name, Instant now) {
    const std::lock_guard lock(mutex_);
    auto found = recordings_.find(name);
    if (found == recordings_.end()) {
        if (recordings_.size() == limits_.recordings) return false;
        found = recordings_.try_emplace(std::string(name)).first;
        found->second.summary.name = name;
        found->second.summary.started = now;
    }
    RecordingSummary& summary = found->second.summary;
    if (!summary.running) running_.fetch_add(1, std::memory_order_relaxed);
    summary.running = true;
    summary.stopped.reset();
    return true;
}

bool Recordings::stop(std::string_view name, Instant now) {
    const std::lock_guard lock(mutex_);
    const auto found = recordings_.find(name);
    if (found == recordings_.end()) return false;
    RecordingSummary& summary = found->second.summary;
    if (!summary.running) return true;
    running_.fetch_sub(1, std::memory_order_relaxed);
    summary.running = false;
    summary.stopped = now;
    return true;
}

bool Recordings::remove(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = recordings_.find(name);
    if (found == recordings_.end()) return false;
    if (found->second.summary.running) running_.fetch_sub(1, std::memory_order_relaxed);
    bytes_ -= found->second.summary.bytes;
    recordings_.erase(found);
    return true;
}

std::vector<RecordingSummary> Recordings::list() const {
    const std::lock_guard lock(mutex_);
    std::vector<RecordingSummary> all;
    for (const auto& [name, recording] : recordings_) all.push_back(recording.summary);
    return all;
}

std::optional<Recording> Recordings::find(std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto found = recordings_.find(name);
    if (found == recordings_.end()) return std::nullopt;
    Recording copy{found->second.summary, {}};
    for (const auto& [arn, principal] : found->second.principals) copy.principals.push_back(principal.recorded);
    return copy;
}

}  // namespace iamlocal::access
