#include "metadata/sessions.hpp"

#include <fmt/format.h>

namespace iamlocal::metadata {
namespace {

/// SDKs ask for new ones a quarter of an hour before the end.
constexpr std::chrono::minutes renewed_before{30};
constexpr std::size_t most_sessions = 4096;

bool is_fresh(const Session& session, Seconds now) {
    return now >= session.issued && now + renewed_before < session.expires;
}

std::string key_of(const Wish& wish, std::string_view role_id) {
    std::string key = fmt::format("{}\n{}\n{}", wish.service, role_id, wish.session_name);
    for (const auto& list : {wish.tags, wish.context})
        for (const auto& [name, value] : list) key.append(fmt::format("\n{}={}", name, value));
    return key;
}

}  // namespace

std::variant<Session, Refused> Sessions::get(Accounts& accounts, const Wish& wish, std::string_view role_id,
                                             Seconds now) {
    if (role_id.empty()) return accounts.assume(wish);
    const std::string key = key_of(wish, role_id);
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(key);
        if (found != sessions_.end() && is_fresh(found->second, now)) return found->second;
    }
    auto made = accounts.assume(wish);
    if (const auto* session = std::get_if<Session>(&made)) {
        const std::lock_guard lock(mutex_);
        if (sessions_.size() >= most_sessions)
            std::erase_if(sessions_, [&](const auto& known) { return !is_fresh(known.second, now); });
        if (sessions_.size() >= most_sessions) sessions_.clear();
        sessions_.insert_or_assign(key, *session);
    }
    return made;
}

void Sessions::clear() {
    const std::lock_guard lock(mutex_);
    sessions_.clear();
}

}  // namespace iamlocal::metadata
