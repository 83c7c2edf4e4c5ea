// The pipeline: from a request to its answer, on one page. One App per process, one worker of it per thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/log.hpp"
#include "db/database.hpp"
#include "lab/bench.hpp"
#include "service/context.hpp"
#include "service/credentials.hpp"
#include "service/decisions.hpp"
#include "service/usage.hpp"
#include "store/keyring.hpp"
#include "wire/handler.hpp"

namespace iamlocal::app {

struct AppOptions {
    service::Enforcement enforcement = service::Enforcement::enforce;
    service::RootKey root;
    bool lab = true;               ///< whether reset and clock are served
    std::size_t decisions = 1000;  ///< how many decisions are kept to be explained; 0: none
    aws::Quotas quotas = {};
    std::string version;
};

/// `enforce`, `audit` or `off`.
std::string_view name_of(service::Enforcement enforcement);

/// What all workers share. Everything it refers to must outlive it and its workers.
class App {
  public:
    App(AppOptions options, db::Database& database, store::Keyring keyring, AdjustableClock& clock, Entropy& entropy,
        Log& log);
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// A handler for the use of one thread, with a database connection and caches of its own.
    std::unique_ptr<wire::Handler> worker();
    /// Writes what is only in memory yet: the dates of last use. Call it when all workers are gone.
    void flush();

  private:
    friend class Worker;

    AppOptions options_;
    db::Database& database_;
    store::Keyring keyring_;
    AdjustableClock& clock_;
    Entropy& entropy_;
    Log& log_;
    service::UsageRecorder usage_;
    service::UnreadableLog unreadable_;
    service::Environment environment_;
    service::DecisionLog decisions_;
    lab::Decisions decisions_view_;
    lab::Bench bench_;
};

/// The declared model of all operations as JSON, for `iamlocal --describe`.
std::string describe_model();

}  // namespace iamlocal::app
