// What the credential report of an account is made of, and the last one that was made.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/access_keys.hpp"

namespace iamlocal::store {

struct CredentialReport {
    Instant requested{};
    std::string content;  ///< CSV
};

/// What somebody signs in and signs with.
struct OwnedCredentials {
    struct Key {
        AccessKeyId id;
        bool active = false;
        Seconds created{};
        std::optional<KeyUse> last_used;
    };
    struct Certificate {
        bool active = false;
        Seconds uploaded{};
    };

    std::string id;  ///< of the user
    std::string name;
    std::string path;
    Seconds created{};
    std::optional<Seconds> password_changed;  ///< nullopt: there is no password
    bool has_mfa = false;
    std::vector<Key> keys;                  ///< active ones first, then younger ones
    std::vector<Certificate> certificates;  ///< inactive ones first, then older ones
};

namespace credential_reports {

std::optional<CredentialReport> find(db::Transaction& tx, const AccountId& account);
/// Takes the place of the one that is there.
void replace(db::Transaction& tx, const AccountId& account, const CredentialReport& report);

/// Root's, without name and date. The key that is part of the server's configuration is none of root's keys.
OwnedCredentials root(db::Transaction& tx, const AccountId& account);
/// All users in order of their names, in a fixed number of statements.
std::vector<OwnedCredentials> users(db::Transaction& tx, const AccountId& account);

}  // namespace credential_reports
}  // namespace iamlocal::store
