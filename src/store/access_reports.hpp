// Reports on when services were last accessed: the jobs that were asked for, with what they have found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/entities.hpp"

namespace iamlocal::store {

struct AccessReport {
    /// Stored as these numbers; never renumber.
    enum class Kind { services = 1, actions = 2, organization = 3 };

    AccountId account;
    std::string id;  ///< a UUID
    Kind kind = Kind::services;
    std::string caller;   ///< who may read it
    std::string subject;  ///< what it is about
    Instant requested{};
    std::string failure;  ///< the code of the error that it ends with; empty: it succeeds
    std::string content;  ///< what it has found
};

/// A user or role that may use a policy.
struct PolicyUser {
    EntityKind kind{};
    std::string id;
    std::string name;
    std::string path;
};

namespace access_reports {

void insert(db::Transaction& tx, const AccessReport& report);
std::optional<AccessReport> find(db::Transaction& tx, const AccountId& account, std::string_view id);
/// The newest report of the kind that was requested after `since`, without its content. `subject`: what it is about;
/// empty: anything.
std::optional<AccessReport> find_newest(db::Transaction& tx, const AccountId& account, AccessReport::Kind kind,
                                        Instant since, std::string_view subject);
/// Removes all of a caller's but the newest ones.
void keep_newest(db::Transaction& tx, const AccountId& account, std::string_view caller, std::int64_t count);
/// Removes those that were requested before.
void remove_older(db::Transaction& tx, const AccountId& account, Instant before);

/// The roles and users to which the policy is attached, or to a group of theirs, each once: roles first, in order of
/// names.
std::vector<PolicyUser> users_of_policy(db::Transaction& tx, const AccountId& account, std::string_view policy_arn);
/// The members of a group, in order of names.
std::vector<PolicyUser> users_of_group(db::Transaction& tx, const AccountId& account, std::string_view group_id);

}  // namespace access_reports
}  // namespace iamlocal::store
