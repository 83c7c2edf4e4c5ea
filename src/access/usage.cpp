#include "access/usage.hpp"

#include "access/credentials.hpp"
#include "db/transaction.hpp"

namespace iamlocal::access {

void UsageRecorder::note_key(const AccountId& account, const AccessKeyId& id, const store::KeyUse& use) {
    const std::lock_guard lock(mutex_);
    keys_.insert_or_assign(id, KeyNote{account, use});
}

void UsageRecorder::note_role(const AccountId& account, const std::string& role_id, const store::RoleUse& use) {
    const std::lock_guard lock(mutex_);
    roles_.insert_or_assign(role_id, RoleNote{account, use});
}

void UsageRecorder::note_action(const AccountId& account, std::string_view entity_id, const char* action,
                                const store::RoleUse& use) {
    const std::lock_guard lock(mutex_);
    auto found = entities_.find(entity_id);
    if (found == entities_.end()) found = entities_.emplace(entity_id, EntityNotes{account, {}}).first;
    found->second.actions.insert_or_assign(action, use);
}

std::optional<store::KeyUse> UsageRecorder::find_key(const AccessKeyId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end()) return std::nullopt;
    return found->second.use;
}

std::optional<store::RoleUse> UsageRecorder::find_role(const std::string& role_id) const {
    const std::lock_guard lock(mutex_);
    const auto found = roles_.find(role_id);
    if (found == roles_.end()) return std::nullopt;
    return found->second.use;
}

std::vector<store::ServiceUse> UsageRecorder::listed(const Entities& entities) {
    std::vector<store::ServiceUse> uses;
    for (const auto& [id, notes] : entities)
        for (const auto& [action, use] : notes.actions) uses.push_back({notes.account, id, action, use.at, use.region});
    return uses;
}

std::vector<store::ServiceUse> UsageRecorder::service_uses() const {
    const std::lock_guard lock(mutex_);
    return listed(entities_);
}

void UsageRecorder::flush(db::Connection& connection) {
    // Notes stay findable until they are committed: a reader must see them in one of the two places.
    std::unordered_map<AccessKeyId, KeyNote> keys;
    std::unordered_map<std::string, RoleNote> roles;
    Entities entities;
    {
        const std::lock_guard lock(mutex_);
        if (keys_.empty() && roles_.empty() && entities_.empty()) return;
    }
    // Who puts another state in the place of this one forgets the notes of this one before others can write.
    db::Transaction tx(connection, db::Access::write);
    tx.start();
    {
        const std::lock_guard lock(mutex_);
        keys = keys_;
        roles = roles_;
        entities = entities_;
    }
    for (const auto& [id, note] : keys) store::access_keys::record_last_used(tx, id, note.use);
    for (const auto& [id, note] : roles) store::roles::record_last_used(tx, note.account, id, note.use);
    for (const store::ServiceUse& use : listed(entities)) store::service_uses::record(tx, use);
    tx.commit();

    const std::lock_guard lock(mutex_);
    for (const auto& [id, note] : keys)
        if (const auto found = keys_.find(id); found != keys_.end() && found->second.use == note.use)
            keys_.erase(found);
    for (const auto& [id, note] : roles)
        if (const auto found = roles_.find(id); found != roles_.end() && found->second.use == note.use)
            roles_.erase(found);
    for (const auto& [id, notes] : entities) {
        const auto found = entities_.find(id);
        if (found == entities_.end()) continue;
        std::erase_if(found->second.actions, [&notes = notes](const auto& noted) {
            const auto written = notes.actions.find(noted.first);
            return written != notes.actions.end() && written->second == noted.second;
        });
        if (found->second.actions.empty()) entities_.erase(found);
    }
}

void UsageRecorder::clear() {
    const std::lock_guard lock(mutex_);
    keys_.clear();
    roles_.clear();
    entities_.clear();
}

void UsageRecorder::clear(const AccountId& account) {
    const std::lock_guard lock(mutex_);
    const auto is_of_account = [&](const auto& noted) { return noted.second.account == account; };
    std::erase_if(keys_, is_of_account);
    std::erase_if(roles_, is_of_account);
    std::erase_if(entities_, is_of_account);
}

void note_use(UsageRecorder& usage, Credential& credential, const char* action, const RequestUse& use) {
    store::KeyUse& noted = credential.last_noted;
    const bool is_noted = noted.at == use.at && noted.service == use.service && noted.region == use.region;
    if (is_noted && credential.last_action == action) return;
    const Identity& identity = *credential.identity;
    credential.last_action = action;
    usage.note_action(identity.account,
                      identity.principal_id.empty() ? identity.account.view() : std::string_view(identity.principal_id),
                      action, {use.at, std::string(use.region)});
    if (is_noted) return;
    noted.at = use.at;
    noted.region = use.region;
    noted.service = use.service;
    if (identity.is_role_session())
        usage.note_role(identity.account, identity.principal_id, {use.at, noted.region});
    else if (credential.is_stored_key)
        usage.note_key(identity.account, credential.access_key_id, noted);
}

}  // namespace iamlocal::access
