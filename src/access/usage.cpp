#include "access/usage.hpp"

#include "db/transaction.hpp"

namespace iamlocal::access {

void UsageRecorder::note_key(const AccessKeyId& id, const store::KeyUse& use) {
    const std::lock_guard lock(mutex_);
    keys_.insert_or_assign(id, use);
}

void UsageRecorder::note_role(const AccountId& account, const std::string& role_id, const store::RoleUse& use) {
    const std::lock_guard lock(mutex_);
    roles_.insert_or_assign(role_id, RoleNote{account, use});
}

std::optional<store::KeyUse> UsageRecorder::find_key(const AccessKeyId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end()) return std::nullopt;
    return found->second;
}

std::optional<store::RoleUse> UsageRecorder::find_role(const std::string& role_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = roles_.find(role_id);
    if (found == roles_.end()) return std::nullopt;
    return found->second.use;
}

void UsageRecorder::flush(db::Connection& connection) {
    // Notes stay findable until they are committed: a reader must see them in one of the two places.
    std::unordered_map<AccessKeyId, store::KeyUse> keys;
    std::unordered_map<std::string, RoleNote> roles;
    {
        const std::lock_guard lock(mutex_);
        if (keys_.empty() && roles_.empty()) return;
        keys = keys_;
        roles = roles_;
    }
    db::Transaction tx(connection, db::Access::write);
    for (const auto& [id, use] : keys) store::access_keys::record_last_used(tx, id, use);
    for (const auto& [id, note] : roles) store::roles::record_last_used(tx, note.account, id, note.use);
    tx.commit();

    const std::lock_guard lock(mutex_);
    for (const auto& [id, use] : keys)
        if (const auto found = keys_.find(id); found != keys_.end() && found->second == use) keys_.erase(found);
    for (const auto& [id, note] : roles)
        if (const auto found = roles_.find(id); found != roles_.end() && found->second.use == note.use)
            roles_.erase(found);
}

void UsageRecorder::clear() {
    const std::lock_guard lock(mutex_);
    keys_.clear();
    roles_.clear();
}

}  // namespace iamlocal::access
