// When keys and roles were last used, and who last used which action. Requests note it here in memory, at most once per
// second and key; it goes to the database in short transactions of its own, so that reading requests stay reading and
// refused ones still count.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/database.hpp"
#include "store/access_keys.hpp"
#include "store/roles.hpp"
#include "store/service_uses.hpp"

namespace iamlocal::access {

class UsageRecorder {
  public:
    void note_key(const AccountId& account, const AccessKeyId& id, const store::KeyUse& use);
    /// `action`: a literal, of which there is one per operation.
    void note_action(const AccountId& account, std::string_view entity_id, const char* action,
                     const store::RoleUse& use);
    void note_role(const AccountId& account, const std::string& role_id, const store::RoleUse& use);

    /// What was noted and may not be in the database yet.
    std::optional<store::KeyUse> find_key(const AccessKeyId& id) const;
    std::optional<store::RoleUse> find_role(const std::string& role_id) const;
    /// Uses of services by everybody in every account.
    std::vector<store::ServiceUse> service_uses() const;

    /// Writes what was noted since the last flush.
    void flush(db::Connection& connection);
    /// Forgets everything that is not written yet: the state that it was noted of is gone.
    void clear();
    /// The same for one account.
    void clear(const AccountId& account);

  private:
    struct KeyNote {
        AccountId account;
        store::KeyUse use;
    };
    struct RoleNote {
        AccountId account;
        store::RoleUse use;
    };
    struct EntityNotes {
        AccountId account;
        std::unordered_map<const char*, store::RoleUse> actions;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };
    using Entities = std::unordered_map<std::string, EntityNotes, Hash, std::equal_to<>>;

    static std::vector<store::ServiceUse> listed(const Entities& entities);

    mutable std::mutex mutex_;
    std::unordered_map<AccessKeyId, KeyNote> keys_;
    std::unordered_map<std::string, RoleNote> roles_;
    Entities entities_;  ///< by unique id
};

struct Credential;

/// A request as it is noted.
struct RequestUse {
    Seconds at{};
    std::string_view region;
    std::string_view service;
};
/// Notes that the credential was used for an action, unless that was noted for the same second already.
void note_use(UsageRecorder& usage, Credential& credential, const char* action, const RequestUse& use);

}  // namespace iamlocal::access
