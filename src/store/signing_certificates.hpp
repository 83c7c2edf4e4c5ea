// Signing certificates of users, and of root. A certificate belongs to one of them at most in an account: its id is
// made of its content.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

struct SigningCertificate {
    AccountId account;
    std::string id;
    std::optional<std::string> user_id;  ///< AIDA…; absent: it is root's
    std::string body;                    ///< as sent
    bool active = true;
    Seconds uploaded{};
};

namespace signing_certificates {

/// Whose certificates are meant: a user's id, or nullopt for root's.
using Owner = std::optional<std::string_view>;

/// Whoever has it in the account.
std::optional<SigningCertificate> find(db::Transaction& tx, const AccountId& account, std::string_view id);
/// The owner's, oldest first.
Page<SigningCertificate> page(db::Transaction& tx, const AccountId& account, Owner owner, const PageRequest& request);
std::int64_t count(db::Transaction& tx, const AccountId& account, Owner owner);
/// Throws db::ConstraintViolation for an id that is taken or a user that does not exist.
void insert(db::Transaction& tx, const SigningCertificate& certificate);
/// Whether the owner has such a certificate.
bool set_active(db::Transaction& tx, const AccountId& account, Owner owner, std::string_view id, bool active);
/// Whether the owner had such a certificate.
bool remove(db::Transaction& tx, const AccountId& account, Owner owner, std::string_view id);

}  // namespace signing_certificates
}  // namespace iamlocal::store
