// Hashing passwords takes long by intent, so it is done for a whole seed before anything else, while nobody waits for
// the database.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "api/context.hpp"
#include "base/named.hpp"
#include "seed/model.hpp"

namespace iamlocal::seed {

struct HashedPassword {
    std::string salt;  ///< of the user's profile, where there was one
    std::string hash;
};

/// By where the password stands.
using Passwords = std::map<const tree::Node*, HashedPassword>;

/// The hashes of all passwords of a seed. Throws Refused for too many.
[[nodiscard]] Passwords hash_passwords(const Seed& seed, db::Connection& connection, Entropy& entropy);

}  // namespace iamlocal::seed
