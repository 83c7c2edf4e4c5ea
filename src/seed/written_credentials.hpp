// Credentials and keys as a seed that is written out has them. Inside this folder only.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/keyring.hpp"
#include "store/page.hpp"

namespace iamlocal::seed {

/// Members keep their order: seeds are read by people.
using SeedJson = nlohmann::ordered_json;

/// All of a list that comes in pages.
template <class ListPage>
auto everything(ListPage page) {
    return page(store::PageRequest{{}, 1'000'000}).items;
}

/// Password, access keys, MFA devices and signing certificates of a user, or of root, whose id is empty. Lists that
/// have dates in the store are in the order of what names their items: dates are not in a seed.
void put_credentials(SeedJson& thing, db::Transaction& tx, const store::Keyring& keyring, const AccountId& account,
                     std::string_view owner_id);
/// SSH public keys and service-specific credentials of a user.
void put_service_credentials(SeedJson& thing, db::Transaction& tx, const AccountId& account, std::string_view user_id);
/// Devices that nobody has.
[[nodiscard]] SeedJson unassigned_devices_json(db::Transaction& tx, const store::Keyring& keyring,
                                               const AccountId& account);
/// Keys of an owner (store/issuer_keys.hpp), private halves included.
[[nodiscard]] SeedJson issuer_keys_json(db::Transaction& tx, const store::Keyring& keyring, std::string_view owner);
/// Built-in issuers and SAML identity providers with their keys.
void write_built_in_providers(SeedJson& seed, db::Transaction& tx, const store::Keyring& keyring);

}  // namespace iamlocal::seed
