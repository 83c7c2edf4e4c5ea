#include "app/metrics.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "app/pipeline.hpp"
#include "aws/error.hpp"
#include "metrics/process.hpp"
#include "policy/decide.hpp"

namespace iamlocal::app {
namespace {

using metrics::Result;
using metrics::ThreadCounts;
using metrics::Type;

/// What requests are for beside operations, as access lines call it. The last stands for everything else.
constexpr std::string_view other_actions[] = {"admin",
                                              "testbench",
                                              "signin",
                                              "metadata",
                                              "preflight",
                                              "cloudtrail:LookupEvents",
                                              "iam:GetRequestAuthorizationDetails",
                                              "unknown"};

/// Codes that are counted by themselves: those that tell how a server or its clients are set up. Others are "other".
constexpr std::string_view error_codes[] = {error_type::access_denied.name,
                                            error_type::invalid_client_token_id.name,
                                            error_type::signature_does_not_match.name,
                                            error_type::expired_token.name,
                                            error_type::missing_authentication_token.name,
                                            error_type::incomplete_signature.name,
                                            error_type::validation_error.name,
                                            error_type::malformed_policy_document.name,
                                            error_type::invalid_action.name,
                                            error_type::not_implemented.name,
                                            error_type::entity_already_exists.name,
                                            error_type::limit_exceeded.name,
                                            error_type::concurrent_modification.name,
                                            "NoSuchEntity",
                                            "DeleteConflict",
                                            "Throttling",
                                            error_type::malformed_http.name,
                                            error_type::request_timeout.name,
                                            error_type::service_unavailable.name,
                                            error_type::internal_failure.name,
                                            "other"};

/// Operations whose answers have temporary credentials.
constexpr std::string_view session_actions[] = {
    "sts:AssumeRole",           "sts:AssumeRoleWithSAML",      "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoot",           "sts:GetDelegatedAccessToken", "sts:GetFederationToken",
    "sts:GetScopedCredentials", "sts:GetSessionToken"};

constexpr std::string_view outcomes[] = {"allowed", "explicit_deny", "implicit_deny"};
static_assert(std::size(outcomes) == metrics::most_outcomes);

constexpr std::string_view policy_types[] = {"identity", "boundary", "session", "resource",
                                             "trust",    "scp",      "rcp",     "scope_down"};
static_assert(std::size(policy_types) == policy::policy_type_count);
static_assert(std::size(policy_types) == metrics::most_deciders);

constexpr std::string_view kinds_of_file[] = {"tls", "oidc_jwks", "seeds"};

/// As the label `le` has them.
constexpr std::string_view duration_labels[] = {"5e-05",  "0.0001", "0.00025", "0.0005", "0.001",
                                                "0.0025", "0.005",  "0.01",    "0.025",  "0.05",
                                                "0.1",    "0.25",   "0.5",     "1",      "5"};
static_assert(std::size(duration_labels) == metrics::duration_ends.size());

/// Where a text stands in a list; the last place, if it does not.
template <std::size_t size>
std::size_t place_in(const std::string_view (&list)[size], std::string_view text) noexcept {
    return static_cast<std::size_t>(std::find(list, list + size - 1, text) - list);
}

double seconds(std::uint64_t microseconds) { return static_cast<double>(microseconds) / 1e6; }

void write_one(metrics::Text& text, std::string_view name, Type type, std::string_view help, std::uint64_t value) {
    text.begin(name, type, help);
    text.sample({}, value);
}

}  // namespace

Metrics::Metrics(const ServiceTable& services, Sources sources)
    : operations_(services.operation_names()),
      sources_(std::move(sources)),
      counts_(operations_.size() + std::size(other_actions), std::size(error_codes)) {}

std::size_t Metrics::number_of(const Progress& progress) const noexcept {
    if (progress.operation != nullptr) return progress.number;
    // Roles that are assumed for programs, at the door to metadata. What an operation's name is, no client chose.
    const auto found = std::find(operations_.begin(), operations_.end(), progress.action);
    if (found != operations_.end()) return static_cast<std::size_t>(found - operations_.begin());
    return operations_.size() + place_in(other_actions, progress.action);
}

std::string_view Metrics::name_of(std::size_t action) const {
    return action < operations_.size() ? std::string_view(operations_[action])
                                       : other_actions[action - operations_.size()];
}

void Metrics::note(ThreadCounts& counts, const Progress& progress, int status,
                   std::chrono::microseconds took) const noexcept {
    counts.by_action[number_of(progress)].note(metrics::result_of(status, progress.error_code), took);
    if (!progress.error_code.empty()) counts.errors[place_in(error_codes, progress.error_code)].add();
    const access::Verdict& verdict = progress.verdict;
    if (verdict.is_decision())
        counts.decisions[static_cast<std::size_t>(verdict.outcome)][static_cast<std::size_t>(verdict.decided_by)].add();
    else if (verdict.decision == "exempt")
        counts.exempt.add();
    else if (verdict.decision == "off")
        counts.undecided.add();
}

void Metrics::note_reload(std::string_view what, bool succeeded) {
    reloads_[place_in(kinds_of_file, what)][succeeded ? 1 : 0].fetch_add(1, std::memory_order_relaxed);
}

std::string Metrics::text() const {
    metrics::Text text;
    write_server(text);
    write_requests(text);
    write_decisions(text);
    write_sessions(text);
    write_cache(text);
    write_store(text);
    write_rings(text);
    metrics::write_process(text);
    return text.take();
}

/// Actions that nobody has asked for yet are left out: there are two hundred.
void Metrics::write_requests(metrics::Text& text) const {
    const std::size_t actions = operations_.size() + std::size(other_actions);
    text.begin("iamlocal_requests_total", Type::counter, "Requests answered, by action and result.");
    std::vector<std::size_t> asked;
    for (std::size_t action = 0; action < actions; ++action) {
        std::array<std::uint64_t, metrics::result_count> results{};
        for (std::size_t i = 0; i < results.size(); ++i)
            results[i] = counts_.sum([&](auto& c) -> auto& { return c.by_action[action].results[i]; });
        if (std::all_of(results.begin(), results.end(), [](std::uint64_t count) { return count == 0; })) continue;
        asked.push_back(action);
        // Those that are 0 as well: a rate of what is not there is nothing.
        for (std::size_t i = 0; i < results.size(); ++i)
            text.sample({{"action", name_of(action)}, {"result", metrics::name_of(static_cast<Result>(i))}},
                        results[i]);
    }
    text.begin("iamlocal_request_duration_seconds", Type::histogram,
               "From a request's last byte to its answer, in seconds.");
    for (const std::size_t action : asked) {
        std::uint64_t below = 0;
        for (std::size_t i = 0; i <= metrics::duration_ends.size(); ++i) {
            below += counts_.sum([&](auto& c) -> auto& { return c.by_action[action].durations[i]; });
            const std::string_view end = i < std::size(duration_labels) ? duration_labels[i] : "+Inf";
            text.sample({{"action", name_of(action)}, {"le", end}}, below, "_bucket");
        }
        text.sample({{"action", name_of(action)}},
                    seconds(counts_.sum([&](auto& c) -> auto& { return c.by_action[action].microseconds; })), "_sum");
        text.sample({{"action", name_of(action)}}, below, "_count");
    }
    text.begin("iamlocal_errors_total", Type::counter, "Answers with an error, by its code.");
    for (std::size_t i = 0; i < std::size(error_codes); ++i)
        text.sample({{"code", error_codes[i]}}, counts_.sum([&](auto& c) -> auto& { return c.errors[i]; }));
    write_one(text, "iamlocal_request_retries_total", Type::counter,
              "Requests begun again because another one stood in their way.",
              counts_.sum([](auto& c) -> auto& { return c.retries; }));
}

void Metrics::write_decisions(metrics::Text& text) const {
    text.begin("iamlocal_decisions_total", Type::counter,
               "Requests decided on, by outcome and by the type of policy that decided.");
    for (std::size_t outcome = 0; outcome < std::size(outcomes); ++outcome)
        for (std::size_t type = 0; type < std::size(policy_types); ++type)
            text.sample({{"outcome", outcomes[outcome]}, {"policy_type", policy_types[type]}},
                        counts_.sum([&](auto& c) -> auto& { return c.decisions[outcome][type]; }));
    text.sample({{"outcome", "exempt"}, {"policy_type", "none"}},
                counts_.sum([](auto& c) -> auto& { return c.exempt; }));
    text.sample({{"outcome", "off"}, {"policy_type", "none"}},
                counts_.sum([](auto& c) -> auto& { return c.undecided; }));
}

void Metrics::write_sessions(metrics::Text& text) const {
    text.begin(
        "iamlocal_sessions_issued_total", Type::counter,
        "Temporary credentials given out, by the operation. Sessions are not kept, so nobody knows how many last.");
    constexpr auto success = static_cast<std::size_t>(Result::success);
    for (std::size_t action = 0; action < operations_.size(); ++action)
        if (std::find(std::begin(session_actions), std::end(session_actions), operations_[action]) !=
            std::end(session_actions))
            text.sample({{"action", operations_[action]}},
                        counts_.sum([&](auto& c) -> auto& { return c.by_action[action].results[success]; }));
}

void Metrics::write_cache(metrics::Text& text) const {
    text.begin("iamlocal_credential_cache_lookups_total", Type::counter,
               "Credentials looked for in the workers' caches: found, or loaded.");
    text.sample({{"result", "hit"}}, counts_.sum([](auto& c) -> auto& { return c.credentials_found; }));
    text.sample({{"result", "miss"}}, counts_.sum([](auto& c) -> auto& { return c.credentials_loaded; }));
    write_one(text, "iamlocal_credential_cache_entries", Type::gauge, "Credentials in the workers' caches.",
              counts_.sum([](auto& c) -> auto& { return c.credentials_kept; }));
    write_one(text, "iamlocal_credential_cache_bytes", Type::gauge, "What these keep in memory, about.",
              counts_.sum([](auto& c) -> auto& { return c.credential_bytes; }));
}

void Metrics::write_store(metrics::Text& text) const {
    const db::TrafficSum traffic = sources_.database.traffic();
    text.begin("iamlocal_store_transactions_total", Type::counter, "Transactions begun, reading or writing.");
    text.sample({{"access", "read"}}, traffic.reads);
    text.sample({{"access", "write"}}, traffic.writes);
    text.begin("iamlocal_store_transactions_ended_total", Type::counter,
               "Transactions ended. Those that only read end by a rollback where nothing was to be kept.");
    text.sample({{"how", "commit"}}, traffic.commits);
    text.sample({{"how", "rollback"}}, traffic.rollbacks);
    write_one(text, "iamlocal_store_busy_total", Type::counter,
              "Transactions that had to wait for another of this process; not counted with PostgreSQL.", traffic.waits);
    write_one(text, "iamlocal_store_available", Type::gauge, "1 while the database can be used, else 0.",
              sources_.database.is_available() ? 1 : 0);
    std::optional<std::uint64_t> size;
    try {
        size = sources_.database.size();
    } catch (const std::exception&) {
        // One number less, and all others are there.
    }
    if (size) write_one(text, "iamlocal_store_size_bytes", Type::gauge, "What the store takes, in bytes.", *size);
}

void Metrics::write_rings(metrics::Text& text) const {
    const access::DecisionLog::Fill decisions = sources_.decisions.fill();
    const trail::Trail::Fill trail = sources_.trail.fill();
    text.begin("iamlocal_ring_added_total", Type::counter, "Decisions and events of the trail ever kept.");
    text.sample({{"ring", "decisions"}}, sources_.decisions.newest());
    text.sample({{"ring", "trail"}}, sources_.trail.newest());
    text.begin("iamlocal_ring_entries", Type::gauge, "How many are kept now.");
    text.sample({{"ring", "decisions"}}, decisions.records);
    text.sample({{"ring", "trail"}}, trail.events);
    text.begin("iamlocal_ring_bytes", Type::gauge, "What these keep in memory, about.");
    text.sample({{"ring", "decisions"}}, decisions.bytes);
    text.sample({{"ring", "trail"}}, trail.bytes);
}

void Metrics::write_server(metrics::Text& text) const {
    const Release& release = sources_.release;
    text.begin("iamlocal_build_info", Type::gauge, "Always 1: what this program is, in its labels.");
    text.sample({{"version", release.version},
                 {"commit", release.commit},
                 {"managed_policies", release.managed_policies_date()},
                 {"iam_model", release.iam_model_date},
                 {"sts_model", release.sts_model_date},
                 {"schema", std::to_string(release.schema)}},
                std::uint64_t{1});
    text.begin("iamlocal_settings_info", Type::gauge, "Always 1: how the server is set up, in its labels.");
    text.sample({{"storage", sources_.database.storage()}, {"enforcement", sources_.enforcement}}, std::uint64_t{1});
    if (sources_.outer.connections)
        write_one(text, "iamlocal_connections", Type::gauge, "Open connections of clients.",
                  sources_.outer.connections());
    if (sources_.outer.dropped_log_lines)
        write_one(text, "iamlocal_log_lines_dropped_total", Type::counter, "Log lines that nobody took in time.",
                  sources_.outer.dropped_log_lines());
    text.begin("iamlocal_reloads_total", Type::counter,
               "Files read anew after SIGHUP, by what they hold and how it went.");
    for (std::size_t kind = 0; kind < kinds_of_files; ++kind)
        for (const bool succeeded : {true, false})
            text.sample({{"what", kinds_of_file[kind]}, {"result", succeeded ? "success" : "failure"}},
                        reloads_[kind][succeeded ? 1 : 0].load(std::memory_order_relaxed));
}

}  // namespace iamlocal::app
