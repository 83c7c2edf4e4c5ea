// What an operation may know and use: its caller, the time, one transaction, randomness and keys.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "access/authorize.hpp"
#include "access/decisions.hpp"
#include "access/enforcement.hpp"
#include "access/usage.hpp"
#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/log.hpp"
#include "base/named.hpp"
#include "db/replicas.hpp"
#include "db/transaction.hpp"
#include "policy/cache.hpp"
#include "store/keyring.hpp"

namespace iamlocal::federation {
class KeyCache;
}

namespace iamlocal::api {

/// What outlives requests; shared by all workers, so everything in it is constant or safe for threads.
struct Environment {
    access::Enforcement enforcement = access::Enforcement::enforce;
    Entropy& entropy;
    const store::Keyring& keyring;
    access::UsageRecorder& usage;
    Log& log;
    access::UnreadableLog& unreadable;
    aws::Quotas quotas = {};
    federation::KeyCache* issuer_keys = nullptr;  ///< of identity providers; null: nobody keeps any
    bool strict_federation = false;               ///< whether SAML assertions are refused that AWS takes
};

/// The older states that a request sees while changes take a time to be visible.
struct DelayedSights {
    db::Connection& reads;      ///< what IAM shows
    db::Connection& decisions;  ///< what decisions count, and what STS finds
    const db::Replicas& replicas;
};

/// One request on its way through an operation: what is the same in all of its transactions.
struct Call {
    const Environment& env;
    const access::Identity& caller;
    db::Connection& connection;
    const Instant now;
    access::RequestFacts facts;
    policy::Cache& policies;                                             ///< this worker's compiled documents
    std::shared_ptr<const access::Organization> organization = nullptr;  ///< null: none is declared
    access::DecisionRecord* record = nullptr;                            ///< to be filled in; null: nobody keeps one
    std::string_view request_id = {};                                    ///< the record's, once it is kept
    access::Verdict verdict = {};                                        ///< on the request, once it was decided
    std::shared_ptr<const access::Identity> introduced = nullptr;        ///< who asks by the word of somebody else
    const DelayedSights* delayed = nullptr;                              ///< null: all is visible at once
    std::optional<std::uint64_t> state = {};  ///< the database's, as all of it is to see it; nothing: whichever
};

/// A call within one transaction, as handlers see it.
struct Context {
    Context(Call& call, db::Transaction& transaction)
        : env(call.env),
          caller(call.caller),
          tx(transaction),
          now(call.now),
          facts(call.facts),
          policies(call.policies),
          organization(call.organization),
          delayed(call.delayed) {}

    const Environment& env;
    const access::Identity& caller;
    db::Transaction& tx;
    const Instant now;
    const access::RequestFacts& facts;
    policy::Cache& policies;
    const std::shared_ptr<const access::Organization>& organization;
    const DelayedSights* const delayed;

    /// What `read(tx)` gives where a write is not to see what is newest, but what decisions count: AWS does not hold
    /// all that a request names against the newest state.
    template <class Read>
    auto as_decisions_see(Read read) {
        if (delayed == nullptr || tx.access() == db::Access::read) return read(tx);
        db::Transaction seen(delayed->decisions, db::Access::read);
        return read(seen);
    }

    const AccountId& account() const { return caller.account; }
    Seconds second() const { return std::chrono::floor<std::chrono::seconds>(now); }
};

}  // namespace iamlocal::api
