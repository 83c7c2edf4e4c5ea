#include "iamlocal/emulator.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "app/app.hpp"
#include "aws/ids.hpp"
#include "base/entropy.hpp"
#include "base/line_sink.hpp"
#include "base/log.hpp"
#include "base/time_format.hpp"
#include "db/database.hpp"
#include "discovery/discovery.hpp"
#include "emulator/choices.hpp"
#include "emulator/managed_policies.hpp"
#include "federation/jwks.hpp"
#include "http/server.hpp"
#include "init/runner.hpp"
#include "metadata/machine.hpp"
#include "seed/files.hpp"
#include "seed/refused.hpp"
#include "store/keyring.hpp"
#include "store/migrations.hpp"
#include "store/repeatable_starts.hpp"

namespace iamlocal {
namespace {

class HookClock final : public Clock {
  public:
    explicit HookClock(std::function<std::chrono::system_clock::time_point()> now) : now_(std::move(now)) {}
    Instant now() const override { return std::chrono::time_point_cast<std::chrono::microseconds>(now_()); }

  private:
    std::function<std::chrono::system_clock::time_point()> now_;
};

std::unique_ptr<Clock> make_clock(std::function<std::chrono::system_clock::time_point()> now) {
    if (now) return std::make_unique<HookClock>(std::move(now));
    return std::make_unique<SystemClock>();
}

std::unique_ptr<db::Database> open_database(const Config& config) {
    if (!config.database.empty())
        return db::Database::open(db::PostgresOptions{
            .url = config.database,
            .freshness = config.database_freshness == Config::DatabaseFreshness::immediate ? db::Freshness::immediate
                                                                                           : db::Freshness::second});
    if (config.data_dir.empty()) return db::Database::in_memory();
    return db::Database::open(
        config.data_dir, config.durability == Config::Durability::full ? db::Durability::full : db::Durability::normal);
}

store::Keyring open_keyring(const Config& config, db::Database& database, Entropy& entropy) {
    if (!config.master_key.empty()) return store::Keyring::open_for(database, Secret(config.master_key));
    if (!config.database.empty()) return store::Keyring::open_in(database, entropy);
    if (config.data_dir.empty()) return store::Keyring::random(entropy);
    return store::Keyring::open_for(database, config.data_dir, entropy);
}

constexpr const char* outside_of_time = "the clock stays within the years 1 to 9999";

void require(bool condition, const std::string& sentence) {
    if (!condition) throw std::invalid_argument(sentence);
}

/// With the test bench open to a network, names are looked at on all addresses: what a page could read is more than the
/// API, and who opens it rarely has a name in the public DNS.
app::AllowedCallers callers_of(const Config& config, const std::vector<http::Listen>& listen, bool testbench) {
    app::AllowedCallers callers{config.allow_origins, config.allow_hosts};
    for (const http::Listen& address : listen) callers.hosts.push_back(address.host);
    callers.hosts_everywhere = testbench;
    if (!config.public_host.empty()) callers.hosts.emplace_back(*http::name_of_public_host(config.public_host));
    return callers;
}

/// Holds the settings against each other; single values were checked where they were read.
void check(const Config& config) {
    require(ids::is_account_id(config.account_id), "the account id must be twelve digits");
    require(
        ids::can_sign(config.root_access_key_id),
        "the root access key id must be one that a request can be signed with: printable ASCII without spaces, commas "
        "and slashes");
    require(!config.root_secret_access_key.empty(), "the root secret access key must not be empty");
    require(config.tls_cert.empty() == config.tls_key.empty(),
            "TLS needs both a certificate (tls-cert) and its key (tls-key)");
    require(config.data_dir.empty() || config.database.empty(),
            "identities are kept in a directory (data-dir) or in a database (database), not in both");
    require(!config.listen.empty(), "there is no address to listen on");
    require(config.seed_size >= 1 && config.seed_size <= 32, "a seed that is sent may have 1 to 32 MiB");
    require(config.public_host.empty() || http::name_of_public_host(config.public_host),
            "the public host (public-host) is NAME or NAME:PORT");
    require(config.propagation_delay.count() == 0 || db::Lag::is_possible(config.propagation_delay),
            "the propagation delay (propagation-delay) is from 1s to 1h, or 0s for none");
    require(
        config.propagation_delay.count() == 0 || config.database.empty(),
        "a propagation delay (propagation-delay) is not possible with a PostgreSQL database (database), whose changes "
        "come from other servers too");
}

aws::Quotas quotas_of(const Config& config) {
    aws::Quotas quotas;
    for (const auto& [name, limit] : config.quotas) {
        if (const std::optional<std::string> complaint = quotas.set(name, limit))
            throw std::invalid_argument(*complaint + ".");
    }
    return quotas;
}

/// The file's content, as far as a key set may be long.
std::string read_key_file(const std::string& issuer, const std::string& file) {
    constexpr std::streamsize most = (1 << 20) + 1;
    std::ifstream in(file, std::ios::binary);
    std::string text(static_cast<std::size_t>(most), '\0');
    in.read(text.data(), most);
    require(in.gcount() > 0, fmt::format("the keys of {} cannot be read from '{}'", issuer, file));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

federation::KeyCache::Given issuer_keys_of(const Config& config) {
    federation::KeyCache::Given given;
    for (const auto& [issuer, file] : config.oidc_jwks) {
        auto keys = federation::parse_jwks(read_key_file(issuer, file));
        require(keys.has_value(), fmt::format("'{}' is no JSON Web Key Set", file));
        given.emplace(issuer, *std::move(keys));
    }
    return given;
}

discovery::Rules discovery_rules_of(const Config& config, bool only_loopback) {
    using Network = Config::OidcNetwork;
    const Network network = config.oidc_network;
    discovery::Rules rules;
    rules.loopback = network == Network::automatic ? only_loopback : network != Network::public_addresses;
    rules.local_networks = network == Network::any;
    rules.http_everywhere = config.oidc_http == Config::OidcHttp::anywhere;
    rules.ca_file = config.oidc_ca_file;
    if (!rules.ca_file.empty())
        require(std::ifstream(rules.ca_file).good(), fmt::format("'{}' cannot be read", rules.ca_file));
    return rules;
}

std::uint64_t number_of_repeatable_start(db::Database& database) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    const std::uint64_t number = store::repeatable_starts::count_one(tx);
    tx.commit();
    return number;
}

/// Whoever connects meanwhile is told to wait. What is refused ends the start.
void apply_seeds(const std::vector<std::string>& paths, app::App& app, Log& log) {
    if (paths.empty()) return;
    try {
        const std::vector<seed::File> files = seed::load_files(paths);
        const seed::Counts counts = app.apply(seed::read(files, seed::read_disk).seed);
        log.write(LogLevel::info, "seeds are in",
                  {{"created", static_cast<std::int64_t>(counts.created)},
                   {"updated", static_cast<std::int64_t>(counts.updated)},
                   {"unchanged", static_cast<std::int64_t>(counts.unchanged)}});
    } catch (const seed::Refused& refused) {
        throw std::invalid_argument(refused.what());
    }
}

void add_listeners(std::vector<http::Listen>& listeners, const std::vector<std::string>& texts, http::Purpose purpose) {
    for (const std::string& text : texts) {
        auto listen = http::parse_listen(text);
        require(listen.has_value(),
                fmt::format("'{}' is no address to listen on; expected HOST:PORT, for example 127.0.0.1:4566, with a "
                            "port of 0 to 65535",
                            text));
        listen->serves = purpose;
        listeners.push_back(*std::move(listen));
    }
}

/// Those of the API first, then those of metadata.
std::vector<http::Listen> listeners_of(const Config& config) {
    std::vector<http::Listen> listeners;
    add_listeners(listeners, config.listen, http::Purpose::api);
    add_listeners(listeners, config.metadata_listen, http::Purpose::metadata);
    add_listeners(listeners, config.metrics_listen, http::Purpose::metrics);
    return listeners;
}

metadata::NamedThing thing_of(const Config& config, const std::string& text, std::string_view type) {
    auto thing = metadata::parse_thing(text, type, AccountId(config.account_id));
    require(thing.has_value(), fmt::format("'{}' is no name and no ARN of a thing of type {}", text, type));
    return *std::move(thing);
}

/// What programs are told of the machine that they run on.
metadata::Machine machine_of(const Config& config, const Clock& clock) {
    metadata::Machine machine;
    machine.account = AccountId(config.account_id);
    machine.instance.launched = whole_seconds(clock.now());
    machine.instance.move_to(config.metadata_region);
    machine.instance.tokens_required = config.metadata_tokens == Config::MetadataTokens::required;
    if (!config.metadata_profile.empty())
        machine.instance.profile = thing_of(config, config.metadata_profile, "instance-profile");
    if (!config.metadata_authorization.empty()) machine.authorization = Secret(config.metadata_authorization);
    for (const auto& [id, role] : config.metadata_containers) {
        require(metadata::is_container_id(id), fmt::format("'{}' is no id of a container", id));
        machine.containers.emplace(id, metadata::Container{thing_of(config, role, "role"), std::nullopt});
    }
    for (const auto& [pod, role] : config.metadata_pods) {
        const std::size_t slash = std::min(pod.find('/'), pod.size());
        metadata::Association association{pod.substr(0, slash), pod.substr(std::min(slash + 1, pod.size())),
                                          thing_of(config, role, "role"), true};
        require(metadata::is_kubernetes_name(association.name_space) &&
                    metadata::is_kubernetes_name(association.service_account),
                fmt::format("'{}' is not NAMESPACE/SERVICE-ACCOUNT", pod));
        machine.associations.push_back(std::move(association));
    }
    return machine;
}

}  // namespace

std::string_view version() { return app::release().version; }

struct Emulator::Parts {
    Parts(Config settings, Hooks hooks)
        : config(std::move(settings)),
          variables(std::move(hooks.variables)),
          real_clock(make_clock(std::move(hooks.now))),
          clock(*real_clock),
          standard_error(STDERR_FILENO, format_of(config.log_format), *real_clock),
          log(
              level_of(config.log_level), format_of(config.log_format), *real_clock,
              hooks.log ? std::move(hooks.log) : [this](std::string_view lines) { standard_error.write(lines); }) {}

    Config config;
    init::Variables variables;
    std::unique_ptr<Clock> real_clock;
    AdjustableClock clock;
    SystemEntropy entropy;
    std::unique_ptr<SeededEntropy> repeatable_ids;  ///< null: ids are random
    LineSink standard_error;
    Log log;
    bool testbench = false;
    std::unique_ptr<init::Runner> init_scripts;
    // In the order in which they depend on each other; destroyed the other way round.
    std::unique_ptr<ManagedPolicies> managed_policies;
    std::unique_ptr<db::Database> database;
    std::unique_ptr<discovery::Discovery> discovery;
    std::unique_ptr<app::App> app;
    std::unique_ptr<http::Server> server;

    std::unique_ptr<http::Handler> make_handler(http::Purpose purpose) const;
    init::Variables script_variables(const std::string& endpoint) const;
    std::vector<std::string> urls_of(http::Purpose purpose) const;
};

namespace {

/// Where the server is to be asked; nothing where it listens at the address that is tried first.
std::string endpoint_to_name(const std::vector<http::Endpoint>& endpoints, const std::string& public_host) {
    if (!public_host.empty()) return http::url_by_name(endpoints.front().url(), public_host);
    for (const http::Endpoint& endpoint : endpoints)
        if (http::reachable_url(endpoint.url()) == "http://127.0.0.1:4566") return {};
    return http::reachable_url(endpoints.front().url());
}

/// What stands behind the listeners of a purpose. One more front door is one more row.
struct FrontDoor {
    http::Purpose purpose;
    std::unique_ptr<http::Handler> (*make_handler)(app::App& app);
};

constexpr FrontDoor front_doors[] = {
    {http::Purpose::api, [](app::App& app) { return app.make_pipeline(); }},
    {http::Purpose::metadata, [](app::App& app) { return app.make_metadata_door(); }},
    {http::Purpose::metrics, [](app::App& app) { return app.make_metrics_door(); }},
};

}  // namespace

std::unique_ptr<http::Handler> Emulator::Parts::make_handler(http::Purpose purpose) const {
    for (const FrontDoor& door : front_doors)
        if (door.purpose == purpose) return door.make_handler(*app);
    throw std::invalid_argument("there is nothing to be served at one of the addresses");
}

init::Variables Emulator::Parts::script_variables(const std::string& endpoint) const {
    return init::variables_for_scripts(variables, endpoint, config.root_access_key_id, config.root_secret_access_key);
}

Emulator::Emulator(Config config, Hooks hooks) : parts_(std::make_unique<Parts>(std::move(config), std::move(hooks))) {}

Emulator::~Emulator() { stop(); }

void Emulator::start() {
    const Config& config = parts_->config;
    check(config);
    for (const std::string& remark : config.remarks) parts_->log.write(LogLevel::info, "remark", {{"what", remark}});
    parts_->init_scripts = std::make_unique<init::Runner>(config.init_scripts, config.init_timeout, parts_->log);
    parts_->init_scripts->run(init::Stage::boot, parts_->script_variables({}));
    // Let go of again when something below throws.
    auto managed_policies = std::make_unique<ManagedPolicies>(config.managed_policies);

    http::Options options;
    options.listen = listeners_of(config);
    options.workers = config.workers != 0 ? config.workers : std::max(1U, std::thread::hardware_concurrency());
    options.limits.connections = static_cast<unsigned>(config.max_connections);
    options.limits.idle_timeout = config.idle_timeout;
    options.limits.read_timeout = config.request_timeout;
    options.limits.write_timeout = config.request_timeout;
    options.limits.drain_timeout = config.drain_timeout;
    options.clock = &parts_->clock;
    options.tls_cert_file = config.tls_cert;
    options.tls_key_file = config.tls_key;

    // Metrics open nothing to others that a test bench could be told to do.
    const bool only_loopback =
        std::all_of(options.listen.begin(), options.listen.end(), [](const http::Listen& listen) {
            return listen.serves == http::Purpose::metrics || http::is_loopback(listen);
        });
    parts_->testbench = config.testbench == Config::Testbench::on ||
                        (config.testbench == Config::Testbench::automatic && only_loopback);

    parts_->database = open_database(config);
    parts_->database->migrate(store::schema());
    store::Keyring keyring = open_keyring(config, *parts_->database, parts_->entropy);
    app::AppOptions app_options;
    app_options.enforcement = enforcement_of(config.enforcement);
    app_options.root = {AccessKeyId(config.root_access_key_id), Secret(config.root_secret_access_key),
                        AccountId(config.account_id)};
    app_options.testbench = parts_->testbench;
    app_options.decisions = config.decisions;
    app_options.trail_bytes = config.trail << 20;
    app_options.lookup_events_rate = config.lookup_events_rate;
    if (!config.data_dir.empty() && config.trail_files != 0)
        app_options.trail_files = {config.data_dir, std::uint64_t{config.trail_files} << 20, config.trail_interval};
    app_options.seed_bytes = config.seed_size << 20;
    app_options.quotas = quotas_of(config);
    app_options.strict_federation = config.federation == Config::Federation::strict;
    app_options.allowed_callers = callers_of(config, options.listen, parts_->testbench);
    app_options.init_scripts = parts_->init_scripts.get();
    app_options.idle_services_run = config.idle_services == Config::IdleServices::running;
    app_options.metrics = metrics_of(config.metrics);
    app_options.outer_figures = {[parts = parts_.get()] { return parts->standard_error.dropped(); },
                                 [parts = parts_.get()] { return std::uint64_t{parts->server->connections()}; }};
    app_options.issuer_keys = issuer_keys_of(config);
    parts_->discovery = std::make_unique<discovery::Discovery>(discovery_rules_of(config, only_loopback));
    app_options.key_fetcher = parts_->discovery.get();
    app_options.machine = machine_of(config, parts_->clock);
    if (config.propagation_delay.count() > 0)
        app_options.propagation = db::Lag{config.propagation_delay, config.propagation_seed};
    if (config.id_seed) {
        parts_->repeatable_ids =
            std::make_unique<SeededEntropy>(*config.id_seed, number_of_repeatable_start(*parts_->database));
        app_options.repeatable_ids = parts_->repeatable_ids.get();
    }
    parts_->app = std::make_unique<app::App>(std::move(app_options), *parts_->database, keyring, parts_->clock,
                                             parts_->entropy, parts_->log);
    // Scripts find the seeds there. While seeds are on their way the server listens, and tells whoever calls to wait.
    if (config.seeds.empty())
        parts_->init_scripts->run(init::Stage::start, parts_->script_variables({}));
    else
        parts_->app->close();
    options.when_bound = [app = parts_->app.get(), &config](std::vector<http::Endpoint> endpoints) {
        endpoints.resize(config.listen.size());
        app->set_endpoint(endpoint_to_name(endpoints, config.public_host));
    };
    options.when_cut = [app = parts_->app.get()] { app->stop_waiting(); };
    parts_->server = std::make_unique<http::Server>(
        std::move(options),
        [parts = parts_.get()](unsigned, http::Purpose purpose) { return parts->make_handler(purpose); });
    parts_->server->start();
    if (!config.seeds.empty()) {
        try {
            apply_seeds(config.seeds, *parts_->app, parts_->log);
            parts_->init_scripts->run(init::Stage::start, parts_->script_variables({}));
        } catch (...) {
            // Who could not start does not go on telling others to wait.
            stop();
            throw;
        }
        parts_->app->open();
    }
    parts_->managed_policies = std::move(managed_policies);
    const std::string addresses = fmt::format("{}", fmt::join(endpoints(), ","));
    parts_->log.write(LogLevel::info, "started",
                      {{"version", version()},
                       {"address", addresses},
                       {"storage", parts_->database->storage()},
                       {"testbench", parts_->testbench ? "on" : "off"}});
    parts_->init_scripts->run_when_ready(parts_->script_variables(http::reachable_url(endpoint())));
}

void Emulator::call_when_ready(std::function<void()> done) { parts_->init_scripts->call_when_ready(std::move(done)); }

void Emulator::reload() {
    if (!parts_->server) return;
    const Config& config = parts_->config;
    app::App& app = *parts_->app;
    const auto read_anew = [&](std::string_view what, const auto& read) {
        try {
            read();
            app.metrics().note_reload(what, true);
            parts_->log.write(LogLevel::info, "reloaded", {{"what", what}});
        } catch (const std::exception& error) {
            app.metrics().note_reload(what, false);
            parts_->log.write(LogLevel::error, "not reloaded: what there was stays in force",
                              {{"what", what}, {"error", error.what()}});
        }
    };
    if (!config.tls_cert.empty()) read_anew("tls", [&] { parts_->server->reload_tls(); });
    if (!config.oidc_jwks.empty()) read_anew("oidc_jwks", [&] { app.give_issuer_keys(issuer_keys_of(config)); });
    if (!config.seeds.empty()) read_anew("seeds", [&] { apply_seeds(config.seeds, app, parts_->log); });
    if (config.tls_cert.empty() && config.oidc_jwks.empty() && config.seeds.empty())
        parts_->log.write(LogLevel::info, "nothing to reload", {});
}

void Emulator::stop() {
    if (!parts_->server) return;
    parts_->init_scripts->stop();
    // What could not start does not stop.
    if (parts_->managed_policies)
        parts_->init_scripts->run(init::Stage::shutdown, parts_->script_variables(http::reachable_url(endpoint())),
                                  parts_->config.drain_timeout);
    // Whom a fault lets wait is answered now: there is nothing that it waits for.
    parts_->app->end_fault_waits();
    parts_->server->stop();
    parts_->server.reset();
    parts_->app->flush();
    if (parts_->managed_policies) parts_->log.write(LogLevel::info, "stopped", {});
    parts_->app.reset();
    parts_->discovery.reset();
    parts_->database.reset();
    parts_->managed_policies.reset();
}

std::vector<std::string> Emulator::Parts::urls_of(http::Purpose purpose) const {
    std::vector<std::string> urls;
    if (!server) return urls;
    const std::vector<http::Endpoint> endpoints = server->endpoints();
    for (std::size_t i = 0; i < endpoints.size(); ++i)
        if (endpoints[i].serves == purpose) urls.push_back(endpoints[i].url());
    return urls;
}

std::vector<std::string> Emulator::endpoints() const { return parts_->urls_of(http::Purpose::api); }

std::vector<std::string> Emulator::metadata_endpoints() const { return parts_->urls_of(http::Purpose::metadata); }

std::vector<std::string> Emulator::metrics_endpoints() const { return parts_->urls_of(http::Purpose::metrics); }

std::string Emulator::endpoint() const {
    const std::vector<std::string> urls = endpoints();
    return urls.empty() ? std::string() : urls.front();
}

std::string Emulator::public_endpoint() const {
    const std::string& name = parts_->config.public_host;
    return name.empty() || !parts_->server ? http::reachable_url(endpoint()) : http::url_by_name(endpoint(), name);
}

std::uint16_t Emulator::port() const {
    if (!parts_->server) return 0;
    return parts_->server->endpoints().front().port;
}

bool Emulator::testbench_enabled() const { return parts_->testbench; }
std::string Emulator::storage() const { return parts_->database ? parts_->database->location() : std::string(); }

void Emulator::advance(std::chrono::seconds by) {
    // More cannot be counted in microseconds.
    require(std::chrono::abs(by) < std::chrono::years(10000) && parts_->clock.advance(by), outside_of_time);
}

void Emulator::freeze(std::chrono::system_clock::time_point at) {
    require(parts_->clock.freeze(std::chrono::time_point_cast<std::chrono::microseconds>(at)), outside_of_time);
}

void Emulator::reset_clock() { parts_->clock.reset(); }

}  // namespace iamlocal
