// When keys and roles were last used. Requests note it here in memory, at most once per second and key; it goes to the
// database in short transactions of its own, so that reading requests stay reading and refused ones still count.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "db/database.hpp"
#include "store/access_keys.hpp"
#include "store/roles.hpp"

namespace iamlocal::access {

class UsageRecorder {
  public:
    void note_key(const AccessKeyId& id, const store::KeyUse& use);
    void note_role(const AccountId& account, const std::string& role_id, const store::RoleUse& use);

    /// What was noted and may not be in the database yet.
    std::optional<store::KeyUse> find_key(const AccessKeyId& id) const;
    std::optional<store::RoleUse> find_role(const std::string& role_id) const;

    /// Writes what was noted since the last flush.
    void flush(db::Connection& connection);
    /// Forgets everything, for the test bench's reset.
    void clear();

  private:
    struct RoleNote {
        AccountId account;
        store::RoleUse use;
    };
    mutable std::mutex mutex_;
    std::unordered_map<AccessKeyId, store::KeyUse> keys_;
    std::unordered_map<std::string, RoleNote> roles_;
};

}  // namespace iamlocal::access
