#include "seed/passwords.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "db/transaction.hpp"
#include "seed/refused.hpp"
#include "store/login_profiles.hpp"
#include "store/users.hpp"

namespace iamlocal::seed {
namespace {

/// More would not be faster on the machines that tests run on.
constexpr std::size_t most_threads = 4;
/// Each takes some hundredths of a second.
constexpr std::size_t most_passwords = 1000;

std::string present_or_new_salt(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                                Entropy& entropy) {
    if (!owner_id.empty())
        if (const auto profile = store::login_profiles::find(tx, account, owner_id)) return profile->salt;
    std::array<unsigned char, 16> salt{};
    entropy.fill(salt);
    return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

void hash_all(std::vector<std::pair<const std::string*, HashedPassword*>>& waiting) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < waiting.size(); i = next++) {
            const Digest hash = password_hash(*waiting[i].first, waiting[i].second->salt);
            waiting[i].second->hash.assign(reinterpret_cast<const char*>(hash.data()), hash.size());
        }
    };
    std::vector<std::jthread> threads;
    const std::size_t helpers = std::min(waiting.size(), most_threads);
    for (std::size_t i = 1; i < helpers; ++i) threads.emplace_back(work);
    work();
}

}  // namespace

Passwords hash_passwords(const Seed& seed, db::Connection& connection, Entropy& entropy) {
    Passwords passwords;
    std::vector<std::pair<const std::string*, HashedPassword*>> waiting;
    db::Transaction tx(connection, db::Access::read);
    const auto add = [&](const AccountId& account, std::string_view owner_id, const Text& password) {
        if (waiting.size() == most_passwords)
            refuse(*password.at, fmt::format("a seed has {} passwords at most", most_passwords));
        HashedPassword& hashed = passwords[password.at];
        hashed.salt = present_or_new_salt(tx, account, owner_id, entropy);
        waiting.emplace_back(&password.value, &hashed);
    };
    for (const Named<AccountSeed>& account : seed.accounts.items) {
        const AccountId id(account.name.value);
        if (const Text& password = account.value.root.value.credentials.password) add(id, id.view(), password);
        for (const Named<UserSeed>& user : account.value.users.items) {
            const Text& password = user.value.credentials.password;
            if (!password) continue;
            const auto present = store::users::find(tx, id, user.name.value);
            add(id, present ? std::string_view(present->id) : std::string_view(), password);
        }
    }
    tx.commit();
    hash_all(waiting);
    return passwords;
}

}  // namespace iamlocal::seed
