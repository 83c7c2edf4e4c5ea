// When users, roles and root last asked which action of a service: what the access advisor tells.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

struct ServiceUse {
    AccountId account;
    std::string entity_id;  ///< of the user or role; root's is the account's
    std::string action;     ///< `iam:GetUser`
    Seconds at{};
    std::string region;
};

namespace service_uses {

/// Does not bump the account's revision. An earlier instant than the recorded one changes nothing, and what does not
/// exist any more is not recorded.
void record(db::Transaction& tx, const ServiceUse& use);
std::vector<ServiceUse> of_entity(db::Transaction& tx, const AccountId& account, std::string_view entity_id,
                                  Seconds since);
std::vector<ServiceUse> of_account(db::Transaction& tx, const AccountId& account, Seconds since);
/// Of all accounts.
std::vector<ServiceUse> all(db::Transaction& tx, Seconds since);
/// Forgets an entity.
void remove(db::Transaction& tx, const AccountId& account, std::string_view entity_id);

}  // namespace service_uses
}  // namespace iamlocal::store
