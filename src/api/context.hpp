// What an operation may know and use: its caller, one transaction, one instant, and the doors to randomness and keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "access/enforcement.hpp"
#include "access/identity.hpp"
#include "access/organization.hpp"
#include "access/usage.hpp"
#include "api/found.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/log.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "http/message/request.hpp"
#include "policy/cache.hpp"
#include "store/keyring.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"

namespace iamlocal::api {

/// What outlives requests; shared by all workers, so everything in it is constant or safe for threads.
struct Environment {
    access::Enforcement enforcement = access::Enforcement::enforce;
    Entropy& entropy;
    const store::Keyring& keyring;
    access::UsageRecorder& usage;
    Log& log;
    access::UnreadableLog& unreadable;
    std::int64_t trust_policy_quota = 2048;  ///< characters without white space
};

/// One request, as handlers see it.
struct Context {
    const Environment& env;
    const access::Identity& caller;
    db::Transaction& tx;
    const Instant now;
    const http::Request& request;
    std::string_view region;  ///< of the credential scope
    policy::Cache& policies;  ///< this worker's compiled documents
    access::Trace& trace;
    const access::Organization* organization = nullptr;  ///< null: none is declared
    Found<store::User> found_user = {};                  ///< when the target was named, for the operation
    Found<store::Role> found_role = {};                  ///< likewise

    const AccountId& account() const { return caller.account; }
    Seconds second() const { return std::chrono::floor<std::chrono::seconds>(now); }
};

}  // namespace iamlocal::api
