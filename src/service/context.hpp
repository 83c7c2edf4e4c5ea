// What an operation may know and use: its caller, one transaction, one instant, and the doors to randomness and keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/log.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "policy/cache.hpp"
#include "service/found.hpp"
#include "service/identity.hpp"
#include "service/organization.hpp"
#include "service/usage.hpp"
#include "store/keyring.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"
#include "wire/request.hpp"

namespace iamlocal::service {

/// What happens to a request that the policies refuse.
enum class Enforcement {
    enforce,  ///< AccessDenied
    audit,    ///< allowed, and the log says what would have been refused
    off,      ///< no decision is made
};

/// What outlives requests; shared by all workers, so everything in it is constant or safe for threads.
struct Environment {
    Enforcement enforcement = Enforcement::enforce;
    Entropy& entropy;
    const store::Keyring& keyring;
    UsageRecorder& usage;
    Log& log;
    UnreadableLog& unreadable;
    aws::Quotas quotas = {};
};

struct DecisionRecord;

/// What the access line and the decision log tell about the decision on a request.
struct Trace {
    std::string_view decision = "-";   ///< "allow", "deny", "audit-deny", "exempt", "off" or "-": none was made
    std::string denied;                ///< what was or would have been refused, in the words of the message
    DecisionRecord* record = nullptr;  ///< to be filled in; null: nobody keeps one
};

/// One request, as handlers see it.
struct Context {
    const Environment& env;
    const Identity& caller;
    db::Transaction& tx;
    const Instant now;
    const wire::Request& request;
    std::string_view region;  ///< of the credential scope
    policy::Cache& policies;  ///< this worker's compiled documents
    Trace& trace;
    const Organization* organization = nullptr;  ///< null: none is declared
    Found<store::User> found_user = {};          ///< when the target was named, for the operation
    Found<store::Role> found_role = {};          ///< likewise

    const AccountId& account() const { return caller.account; }
    Seconds second() const { return std::chrono::floor<std::chrono::seconds>(now); }
};

}  // namespace iamlocal::service
