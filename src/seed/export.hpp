// What a server holds, written as a seed: the way back from apply().
#pragma once

#include <optional>
#include <string>

#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/keyring.hpp"

namespace iamlocal::seed {

/// One account, or everything: all accounts that were seen, the organization and the templates. JSON. Secrets of access
/// keys and seeds of devices are in it, and hashes in place of passwords. All of it is of one moment.
[[nodiscard]] std::string write_seed(db::Transaction& tx, const store::Keyring& keyring,
                                     const std::optional<AccountId>& account);

}  // namespace iamlocal::seed
