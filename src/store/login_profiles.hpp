// The passwords of users and of root, as hashes. Each owner has one profile at most; the passwords that were in force
// before are remembered as long as a password policy can ask for them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

struct LoginProfile {
    AccountId account;
    std::string owner_id;  ///< AIDA…, or the account for root
    Seconds created{};
    bool reset_required = false;
    std::string salt;  ///< of all passwords that the profile ever had
};

namespace login_profiles {

/// How many passwords are remembered, the one in force included: what a password policy can ask for at most.
inline constexpr std::size_t remembered = 24;

struct Password {
    std::string hash;
    Seconds created{};
};

std::optional<LoginProfile> find(db::Transaction& tx, const AccountId& account, std::string_view owner_id);
/// The newest passwords, the one in force first.
std::vector<Password> passwords(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                                std::size_t limit = remembered);
/// Throws db::ConstraintViolation for an owner that has a profile.
void insert(db::Transaction& tx, const LoginProfile& profile);
/// Puts a password in force.
void add_password(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view hash,
                  Seconds now);
void set_reset_required(db::Transaction& tx, const AccountId& account, std::string_view owner_id, bool required);
/// Takes the passwords along. Whether there was a profile.
bool remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id);

}  // namespace login_profiles
}  // namespace iamlocal::store
