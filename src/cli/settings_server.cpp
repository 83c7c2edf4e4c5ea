// Settings: where it listens, to whom it answers, how long it waits and what it logs.
#include "cli/setting.hpp"
#include "cli/setting_values.hpp"

namespace iamlocal::cli {
namespace {

constexpr Choice<Config::LogLevel> levels[] = {{"error", Config::LogLevel::error},
                                               {"warn", Config::LogLevel::warn},
                                               {"info", Config::LogLevel::info},
                                               {"debug", Config::LogLevel::debug}};
constexpr Choice<Config::LogFormat> formats[] = {
    {"auto", Config::LogFormat::automatic}, {"text", Config::LogFormat::text}, {"json", Config::LogFormat::json}};
constexpr Choice<Config::StopWhen> ends[] = {{"signal", Config::StopWhen::signal},
                                             {"input-ends", Config::StopWhen::input_ends}};

constexpr Choice<Config::Metrics> metrics_modes[] = {
    {"auto", Config::Metrics::automatic}, {"on", Config::Metrics::on}, {"off", Config::Metrics::off}};

}  // namespace

std::span<const Setting> settings_of_server() {
    static const Setting settings[] = {
        {"listen", "HOST:PORT", "Address to listen on; repeatable, port 0 picks a free one", "HOST:PORT",
         [](Config& c, const std::string& t) { return set_list(c.listen, t, is_not_empty); },
         [](const Config& c) { return show_list(c.listen); }, false, true},
        {"workers", "N", "Threads that serve requests; 0: one per processor", "a number from 0 to 256",
         [](Config& c, const std::string& t) { return set_number(c.workers, t, 0U, 256U); },
         [](const Config& c) { return std::to_string(c.workers); }},
        {"allow-origin", "ORIGIN", "Web page that may call from a browser, such as http://localhost:3000; repeatable",
         "scheme://name:port in lower case, null or *",
         [](Config& c, const std::string& t) { return set_list(c.allow_origins, t, is_origin); },
         [](const Config& c) { return show_list(c.allow_origins); }, false, true},
        {"allow-host", "NAME", "Further name that the server may be called by on loopback; repeatable",
         "a name without a port, or *",
         [](Config& c, const std::string& t) { return set_list(c.allow_hosts, t, is_host_name); },
         [](const Config& c) { return show_list(c.allow_hosts); }, false, true},
        {"tls-cert", "FILE", "Certificate chain in PEM form; serves HTTPS", "a file",
         [](Config& c, const std::string& t) { return c.tls_cert = t, !t.empty(); },
         [](const Config& c) { return c.tls_cert; }},
        {"tls-key", "FILE", "Private key in PEM form", "a file",
         [](Config& c, const std::string& t) { return c.tls_key = t, !t.empty(); },
         [](const Config& c) { return c.tls_key; }},
        {"max-connections", "N", "Connections at once", "a number from 1 to 1000000",
         [](Config& c, const std::string& t) { return set_number<std::size_t>(c.max_connections, t, 1, 1000000); },
         [](const Config& c) { return std::to_string(c.max_connections); }},
        {"idle-timeout", "SECONDS", "How long a connection may be silent between requests", "seconds from 1 to 86400",
         [](Config& c, const std::string& t) { return set_seconds(c.idle_timeout, t); },
         [](const Config& c) { return std::to_string(c.idle_timeout.count()); }},
        {"request-timeout", "SECONDS", "How long a request may take to arrive", "seconds from 1 to 86400",
         [](Config& c, const std::string& t) { return set_seconds(c.request_timeout, t); },
         [](const Config& c) { return std::to_string(c.request_timeout.count()); }},
        {"drain-timeout", "SECONDS", "How long running requests may take when the server stops",
         "seconds from 1 to 86400", [](Config& c, const std::string& t) { return set_seconds(c.drain_timeout, t); },
         [](const Config& c) { return std::to_string(c.drain_timeout.count()); }},
        {"stop-when", "WHAT", "signal, or input-ends: also when standard input ends, as it does with who started it",
         "signal or input-ends", [](Config& c, const std::string& t) { return set_choice(c.stop_when, t, ends); },
         [](const Config& c) { return show_choice(c.stop_when, ends); }},
        {"metrics", "MODE", "Metrics for Prometheus at /metrics: on, off, or auto (at loopback addresses)",
         "auto, on or off", [](Config& c, const std::string& t) { return set_choice(c.metrics, t, metrics_modes); },
         [](const Config& c) { return show_choice(c.metrics, metrics_modes); }},
        {"metrics-listen", "HOST:PORT", "Serve metrics, and nothing else, there as well; repeatable", "HOST:PORT",
         [](Config& c, const std::string& t) { return set_list(c.metrics_listen, t, is_not_empty); },
         [](const Config& c) { return show_list(c.metrics_listen); }, false, true},
        {"log-level", "LEVEL", "error, warn, info (a line per request) or debug", "error, warn, info or debug",
         [](Config& c, const std::string& t) { return set_choice(c.log_level, t, levels); },
         [](const Config& c) { return show_choice(c.log_level, levels); }},
        {"log-format", "FORMAT", "text, json, or auto (text on a terminal)", "auto, text or json",
         [](Config& c, const std::string& t) { return set_choice(c.log_format, t, formats); },
         [](const Config& c) { return show_choice(c.log_format, formats); }},
    };
    return settings;
}

}  // namespace iamlocal::cli
