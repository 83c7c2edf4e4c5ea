#include "app/app.hpp"

#include "admin/health.hpp"
#include "admin/json_answer.hpp"
#include "admin/outbound_issuers.hpp"
#include "app/metadata_door.hpp"
#include "app/metrics_door.hpp"
#include "app/operations.hpp"
#include "app/pipeline.hpp"
#include "aws/ids.hpp"
#include "foreign/localstack.hpp"
#include "foreign/moto.hpp"
#include "seed/route.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::app {

std::string_view name_of(access::Enforcement enforcement) {
    switch (enforcement) {
        case access::Enforcement::enforce:
            return "enforce";
        case access::Enforcement::audit:
            return "audit";
        case access::Enforcement::off:
            return "off";
    }
    return "";
}

namespace {

std::vector<const api::Operation*> all_operations(const ServiceTable& services) {
    std::vector<const api::Operation*> operations;
    for (const Service& service : services.rows())
        for (const auto& resource : service.operations)
            for (const api::Operation& operation : resource) operations.push_back(&operation);
    return operations;
}

}  // namespace

App::App(AppOptions options, db::Database& database, store::Keyring keyring, AdjustableClock& clock, Entropy& entropy,
         Log& log)
    : options_(std::move(options)),
      database_(database),
      keyring_(keyring),
      clock_(clock),
      entropy_(entropy),
      log_(log),
      propagation_(database_, clock_),
      unreadable_(log_),
      issuer_keys_(std::move(options_.issuer_keys), {options_.key_fetcher, std::chrono::steady_clock::now,
                                                     [this](std::string_view issuer, std::string_view complaint) {
                                                         log_.write(LogLevel::warn,
                                                                    "the keys of an identity provider cannot be had",
                                                                    {{"issuer", issuer}, {"what", complaint}});
                                                     }}),
      environment_{.enforcement = options_.enforcement,
                   .entropy = options_.repeatable_ids ? *options_.repeatable_ids : entropy_,
                   .keyring = keyring_,
                   .usage = usage_,
                   .log = log_,
                   .unreadable = unreadable_,
                   .quotas = options_.quotas,
                   .issuer_keys = &issuer_keys_,
                   .strict_federation = options_.strict_federation},
      decisions_(options_.testbench ? options_.decisions : 0),  // nobody could ask for them
      metadata_(std::move(options_.machine), entropy_),
      trail_(options_.trail_bytes),
      archive_(trail_.enabled() && options_.trail_files ? std::optional<trail::Archive>(options_.trail_files->folder)
                                                        : std::nullopt),
      lookup_rate_(options_.lookup_events_rate),
      secrets_(all_operations(*options_.services)),
      signin_({environment_.enforcement, database_, keyring_, clock_, entropy_, decisions_, unreadable_, trail_}),
      called_services_(*options_.services),
      metrics_(*options_.services, {database_, decisions_, trail_, release(), name_of(options_.enforcement),
                                    std::move(options_.outer_figures)}),
      decisions_view_({decisions_, rejected_signatures_, database_, keyring_, entropy_, clock_,
                       std::string(name_of(options_.enforcement))}),
      events_view_(trail_, clock_),
      router_(routes(), options_.testbench),
      guard_(options_.allowed_callers),
      shared_{options_.root,
              database_,
              keyring_,
              clock_,
              entropy_,
              log_,
              usage_,
              unreadable_,
              environment_,
              decisions_,
              rejected_signatures_,
              *options_.services,
              router_,
              endpoint_,
              guard_,
              metadata_,
              trail_,
              archive_,
              lookup_rate_,
              secrets_,
              faults_,
              timer_,
              propagation_,
              is_open_,
              called_services_,
              metrics_} {
    if (options_.testbench) decisions_.tell(recordings_);
    if (options_.propagation) propagation_.start(*options_.propagation);
    if (trail_.enabled() && options_.trail_files)
        trail_files_ =
            std::make_unique<trail::FileWriter>(trail_, *std::move(options_.trail_files), clock_, entropy_, log_);
}

std::vector<admin::Route> App::routes() {
    admin::Health health{std::string(release().version),
                         options_.root.account.str(),
                         std::string(name_of(options_.enforcement)),
                         std::string(database_.storage()),
                         {}};
    for (const Service& service : options_.services->rows()) health.services.emplace_back(service.name);
    std::vector<admin::Route> routes = admin::health_routes(health, [this] { return why_not_ready(); });
    routes.push_back(metrics_route(metrics_, options_.metrics));
    routes.push_back(
        {.path = "/_iamlocal/version",
         .action = "admin",
         .methods = {{"GET", [](const http::Request&,
                                http::Response& response) { admin::answer_json(response, 200, json_of(release())); }}},
         .other_methods = "the version is asked for with GET"});
    const auto forget = [this] {
        environment_.quotas = options_.quotas;
        if (options_.repeatable_ids) options_.repeatable_ids->restart();
        decisions_.clear();
        rejected_signatures_.clear();
        forget_trail();
        usage_.clear();
        issuer_keys_.clear();
        metadata_.forget();
        signin_.clear();
        faults_.clear();
        called_services_.clear();
    };
    const auto forget_account = [this](const AccountId& account) {
        usage_.clear(account);
        faults_.clear(account);
    };
    for (admin::Route& route : testbench::reset_routes(database_, forget, forget_account))
        routes.push_back(std::move(route));
    for (admin::Route& route : foreign::moto_routes(options_.repeatable_ids)) routes.push_back(std::move(route));
    if (options_.init_scripts != nullptr)
        for (admin::Route& route : foreign::localstack_routes(
                 {health, [this](std::string_view name) { return called_services_.contains(name); },
                  options_.idle_services_run, *options_.init_scripts, clock_, ids::request_id(entropy_)}))
            routes.push_back(std::move(route));
    routes.push_back(testbench::clock_route(clock_));
    routes.push_back(testbench::propagation_route(propagation_, clock_));
    std::vector<std::string> operations;
    for (const Service& service : options_.services->rows())
        for (const auto& [name, operation] : service.by_name) operations.emplace_back(operation.operation->action);
    // What programs are told of the machine stays, since its secrets could not be kept.
    const auto forget_state = [this] {
        decisions_.clear();
        rejected_signatures_.clear();
        forget_trail();
        issuer_keys_.clear();
        metadata_.sessions().clear();
        signin_.clear();
    };
    routes.push_back(
        testbench::snapshots_route({database_,
                                    keyring_,
                                    clock_,
                                    [this](db::Connection& connection) { usage_.flush(connection); },
                                    [this] { usage_.clear(); },
                                    [this](const AccountId& account) { usage_.clear(account); },
                                    forget_state,
                                    {testbench::kept_clock(clock_), testbench::kept_quotas(environment_.quotas),
                                     testbench::kept_faults(faults_, operations)}}));
    routes.push_back(testbench::faults_route(faults_, operations));
    routes.push_back(testbench::accounts_route(
        {database_, keyring_, clock_, environment_.entropy, options_.root.account, options_.root.secret,
         options_.root.secret.reveal() == access::RootKey{}.secret.reveal(), forget_account}));
    routes.push_back(testbench::organization_route(database_, environment_.quotas));
    routes.push_back(testbench::delegation_token_route({database_, keyring_, entropy_}));
    routes.push_back(testbench::mfa_devices_route({database_, keyring_, clock_, entropy_, options_.root.account}));
    routes.push_back(testbench::issuers_route({database_, keyring_, clock_, entropy_}));
    routes.push_back(testbench::saml_route({database_, keyring_, clock_, entropy_}));
    routes.push_back(testbench::undeletable_role_route(database_));
    routes.push_back(testbench::templates_route(database_, clock_));
    routes.push_back(admin::outbound_issuers_route(database_));
    routes.push_back(seed::seed_route(seed_bench(), options_.seed_bytes));
    for (admin::Route& route : testbench::metadata_routes(metadata_, clock_, entropy_))
        routes.push_back(std::move(route));
    for (admin::Route& route : signin_.routes()) routes.push_back(std::move(route));
    routes.push_back(testbench::recordings_route({recordings_, decisions_, clock_, options_.enforcement}));
    routes.push_back(decisions_view_.route());
    routes.push_back(events_view_.route());
    return routes;
}

std::string_view App::why_not_ready() const {
    if (!is_open_) return "seeds are not in yet";
    if (!database_.is_available()) return "the database is not available";
    if (options_.init_scripts != nullptr && !options_.init_scripts->is_completed(init::Stage::ready))
        return "the init scripts have not all run";
    return {};
}

/// The files stay, for whoever reads files; LookupEvents finds nothing in them any more.
void App::forget_trail() {
    trail_.clear();
    if (!archive_) return;
    try {
        archive_->forget();
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "the trail's files were not forgotten", {{"what", error.what()}});
    }
}

seed::Bench App::seed_bench() { return {database_, environment_, clock_, metadata_, environment_.quotas}; }

seed::Counts App::apply(const seed::Seed& seed) { return seed::apply(seed_bench(), seed); }

std::unique_ptr<http::Handler> App::make_pipeline() { return std::make_unique<Pipeline>(shared_); }

std::unique_ptr<http::Handler> App::make_metadata_door() { return std::make_unique<MetadataDoor>(shared_); }

std::unique_ptr<http::Handler> App::make_metrics_door() { return std::make_unique<MetricsDoor>(shared_); }

void App::flush() {
    trail_files_.reset();
    try {
        const std::unique_ptr<db::Connection> connection = database_.connect();
        usage_.flush(*connection);
    } catch (const std::exception& error) {
        log_.write(LogLevel::error, "dates of last use were not written", {{"what", error.what()}});
    }
}

}  // namespace iamlocal::app
