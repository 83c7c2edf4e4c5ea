// Service-specific credentials of users: a name under which a user is known to one service, which is unique for that
// service in the account. Their passwords and secrets are not kept: an answer shows each once, and no service here
// takes them. Ids are unique across accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

struct ServiceSpecificCredential {
    AccountId account;
    std::string id;  ///< ACCA…
    std::string user_id;
    std::string service;  ///< "codecommit.amazonaws.com"
    std::string name;     ///< as made; a rename of the user does not change it
    bool active = true;
    Seconds created{};
    std::optional<Seconds> expires;
};

namespace service_specific_credentials {

/// Which ones a list has.
struct Filter {
    std::optional<std::string_view> user_id;  ///< nullopt: all users'
    std::string_view service;                 ///< empty: all services
};

/// Whoever has it in the account.
std::optional<ServiceSpecificCredential> find(db::Transaction& tx, const AccountId& account, std::string_view id);
/// Names compare without case.
bool has_name(db::Transaction& tx, const AccountId& account, std::string_view service, std::string_view name);
/// Oldest first.
Page<ServiceSpecificCredential> page(db::Transaction& tx, const AccountId& account, const Filter& filter,
                                     const PageRequest& request);
/// The user's for that service.
std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view user_id, std::string_view service);
/// Throws db::ConstraintViolation for an id or a name that is taken, or a user that does not exist.
void insert(db::Transaction& tx, const ServiceSpecificCredential& credential);
void set_active(db::Transaction& tx, const AccountId& account, std::string_view id, bool active);
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace service_specific_credentials
}  // namespace iamlocal::store
