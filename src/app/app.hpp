// What serves AWS's API: one App per process, one pipeline of it per thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/credentials.hpp"
#include "access/decisions.hpp"
#include "access/recordings.hpp"
#include "access/rejected_signatures.hpp"
#include "access/usage.hpp"
#include "admin/decisions.hpp"
#include "admin/events.hpp"
#include "admin/router.hpp"
#include "api/context.hpp"
#include "app/browser_guard.hpp"
#include "app/called_services.hpp"
#include "app/metrics.hpp"
#include "app/operations.hpp"
#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/log.hpp"
#include "db/database.hpp"
#include "db/propagation.hpp"
#include "federation/issuer_keys.hpp"
#include "http/message/handler.hpp"
#include "init/runner.hpp"
#include "jobs/timer.hpp"
#include "metadata/metadata.hpp"
#include "seed/apply.hpp"
#include "signin/signin.hpp"
#include "store/keyring.hpp"
#include "testbench/faults.hpp"
#include "trail/archive.hpp"
#include "trail/files.hpp"
#include "trail/lookup_rate.hpp"
#include "trail/sent.hpp"
#include "trail/trail.hpp"

namespace iamlocal::app {

struct AppOptions {
    access::Enforcement enforcement = access::Enforcement::enforce;
    access::RootKey root;
    bool testbench = true;         ///< whether reset, clock, organization and decisions are served
    std::size_t decisions = 1000;  ///< how many decisions are kept to be explained; 0: none
    aws::Quotas quotas = {};
    bool strict_federation = false;  ///< whether SAML assertions are refused that AWS takes
    AllowedCallers allowed_callers = {};
    federation::KeyCache::Given issuer_keys = {};   ///< of identity providers, by their URLs
    federation::KeyFetcher* key_fetcher = nullptr;  ///< fetches those of others; null: nobody does
    SeededEntropy* repeatable_ids =
        nullptr;  ///< makes ids, keys and secrets of the operations; null: nobody knows them
    std::optional<db::Lag> propagation = std::nullopt;  ///< how late changes are visible; nothing: at once
    metadata::Machine machine = {};  ///< what programs are told of theirs; its account and start are filled in
    std::size_t trail_bytes = std::size_t{8} << 20;              ///< of calls that are kept; 0: none are
    std::optional<trail::FileWriter::Options> trail_files = {};  ///< absent: nobody writes them into files
    unsigned lookup_events_rate = 0;                 ///< calls a second for each account and Region; 0: any number
    std::size_t seed_bytes = std::size_t{32} << 20;  ///< of a seed that is sent
    const init::Runner* init_scripts = nullptr;      ///< what LocalStack's paths tell; null: they are not there
    bool idle_services_run = false;                  ///< whether these call a service `running` that nobody has called
    ServeMetrics metrics = ServeMetrics::on_loopback;
    OuterFigures outer_figures = {};  ///< for the metrics
    const ServiceTable* services = &served_services();
};

/// `enforce`, `audit` or `off`.
std::string_view name_of(access::Enforcement enforcement);

/// What the pipelines of all threads share: what they are given, and what the App makes for them. All of it outlives
/// them, and is constant or safe for threads.
struct Shared {
    const access::RootKey& root;
    db::Database& database;
    const store::Keyring& keyring;
    AdjustableClock& clock;
    Entropy& entropy;
    Log& log;
    access::UsageRecorder& usage;
    access::UnreadableLog& unreadable;
    const api::Environment& environment;
    access::DecisionLog& decisions;
    access::RejectedSignatures& rejected_signatures;
    const ServiceTable& services;
    const admin::Router& router;  ///< of the paths that are not AWS's API
    const std::string& endpoint;  ///< as App::set_endpoint() has it
    const BrowserGuard& guard;
    metadata::Metadata& metadata;
    trail::Trail& trail;
    const std::optional<trail::Archive>& archive;  ///< the trail's files; absent: there are none
    trail::LookupRate& lookup_rate;
    const trail::Secrets& secrets;
    testbench::Faults& faults;
    jobs::Timer& timer;  ///< of answers that faults hold back
    const db::Propagation& propagation;
    const std::atomic<bool>& is_open;  ///< false: seeds are on their way, and nothing but health is answered
    CalledServices& called_services;
    Metrics& metrics;
};

/// Everything it refers to must outlive it and its pipelines.
class App {
  public:
    App(AppOptions options, db::Database& database, store::Keyring keyring, AdjustableClock& clock, Entropy& entropy,
        Log& log);
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Where the commands that ask the server find it, for the log to name: `http://127.0.0.1:9999`, or nothing where
    /// they look by themselves. Before anything is answered.
    void set_endpoint(std::string url) { endpoint_ = std::move(url); }
    /// How late changes are visible.
    const db::Propagation& propagation() const { return propagation_; }
    /// Brings the store and what is kept in memory to a seed's state. Throws seed::Refused.
    seed::Counts apply(const seed::Seed& seed);
    /// Until open() everything but health is answered with 503, and so is `/readyz`. Before anything is answered.
    void close() { is_open_ = false; }
    void open() { is_open_ = true; }
    /// Other keys of identity providers in place of those that were given.
    void give_issuer_keys(federation::KeyCache::Given keys) { issuer_keys_.give(std::move(keys)); }
    Metrics& metrics() { return metrics_; }
    /// A handler for the use of one thread, with a database connection and caches of its own.
    std::unique_ptr<http::Handler> make_pipeline();
    /// Lets no request wait any longer because of a fault. On any thread, any number of times.
    void end_fault_waits() { timer_.close(); }
    /// Lets no request wait any longer, for the keys of an identity provider or because of a fault. On any thread, any
    /// number of times.
    void stop_waiting() {
        issuer_keys_.close();
        end_fault_waits();
    }
    /// The same for the listeners of Purpose::metadata.
    std::unique_ptr<http::Handler> make_metadata_door();
    /// The same for the listeners of Purpose::metrics.
    std::unique_ptr<http::Handler> make_metrics_door();
    /// Writes what is only in memory yet: the dates of last use, and the trail's files. Call it when all pipelines are
    /// gone.
    void flush();

  private:
    std::vector<admin::Route> routes();
    std::string_view why_not_ready() const;
    seed::Bench seed_bench();
    void forget_trail();

    AppOptions options_;
    db::Database& database_;
    store::Keyring keyring_;
    AdjustableClock& clock_;
    Entropy& entropy_;
    Log& log_;
    db::Propagation propagation_;
    access::UsageRecorder usage_;
    access::UnreadableLog unreadable_;
    federation::KeyCache issuer_keys_;
    api::Environment environment_;
    access::Recordings recordings_;
    access::DecisionLog decisions_;
    access::RejectedSignatures rejected_signatures_;
    metadata::Metadata metadata_;
    trail::Trail trail_;
    const std::optional<trail::Archive> archive_;
    trail::LookupRate lookup_rate_;
    trail::Secrets secrets_;
    signin::Signin signin_;
    testbench::Faults faults_;
    jobs::Timer timer_;
    CalledServices called_services_;
    Metrics metrics_;
    admin::Decisions decisions_view_;
    admin::Events events_view_;
    admin::Router router_;
    std::string endpoint_;
    BrowserGuard guard_;
    std::atomic<bool> is_open_{true};
    Shared shared_;
    std::unique_ptr<trail::FileWriter> trail_files_;
};

/// The declared model of all operations as JSON, for `iamlocal --describe`.
std::string describe_model();

}  // namespace iamlocal::app
