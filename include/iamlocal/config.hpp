// Every setting of iamlocal with its default.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace iamlocal {

struct Config {
    /// Where to listen: HOST:PORT, [IPV6]:PORT or PORT; port 0 picks a free one.
    std::vector<std::string> listen = {"127.0.0.1:4566"};
    /// Where identities are kept; empty: in memory, gone with the process.
    std::string data_dir;
    /// In a directory: `normal`, an acknowledged change survives the end of the process; `full`, a loss of power too,
    /// and every change waits for the disk.
    enum class Durability { normal, full };
    Durability durability = Durability::normal;
    /// postgresql://USER:PASSWORD@HOST:PORT/DATABASE: identities are kept there instead, and several processes may
    /// share them.
    std::string database;
    /// When a change that another of these processes made counts here: within a second, or at once, for which every
    /// request asks the database.
    enum class DatabaseFreshness { second, immediate };
    DatabaseFreshness database_freshness = DatabaseFreshness::second;
    /// 64 hexadecimal digits, from which the keys are made that secrets and session tokens are sealed with. Empty: made
    /// once and kept in the data directory or the database; gone with the process for identities in memory.
    std::string master_key;
    /// Threads that serve requests; 0: one per processor.
    unsigned workers = 0;

    /// Refuse what the policies refuse, only log it, or decide nothing.
    enum class Enforcement { enforce, audit, off };
    Enforcement enforcement = Enforcement::enforce;

    /// How SAML assertions are checked: as AWS does, or also for what AWS lets pass (docs/federation.md).
    enum class Federation { aws, strict };
    Federation federation = Federation::aws;

    /// The account that the root key belongs to: twelve digits.
    std::string account_id = "000000000000";
    /// The root key. The same secret also goes with every twelve-digit account id as access key id.
    std::string root_access_key_id = "test";
    std::string root_secret_access_key = "test";

    /// Quotas other than AWS's defaults, by name (docs/configuration.md): {{"UsersPerAccount", 3}}. Unknown names and
    /// numbers that are not from 0 to 1,000,000 are refused at the start.
    std::map<std::string, std::int64_t> quotas;

    /// A file of scripts/refresh-managed-policies to take AWS's managed policies from; empty: those that are built in.
    /// Read once, at the start. All emulators that run in a process at the same time must name the same file.
    std::string managed_policies;

    /// Web pages that may call the API from a browser, as the header Origin names them (`http://localhost:3000`); `*`:
    /// all, whatever they want. Others are refused.
    std::vector<std::string> allow_origins;
    /// Names beside `localhost`, AWS's own and those in `listen` that requests to a loopback address may be for, or
    /// with the test bench on to any address; `*`: all, which lets web pages read everything by DNS rebinding.
    std::vector<std::string> allow_hosts;

    /// The name, or name and port, by which clients call the server: `localhost.localstack.cloud:4566`. Banner and log
    /// show it, and requests to a loopback address may be for it. Empty: the address where it listens.
    std::string public_host;

    /// Identity providers whose keys are known in advance: the issuer's URL, as tokens have it in `iss`, and the file
    /// of its JSON Web Key Set. They are read at the start and by Emulator::reload(), and
    /// nobody is asked for others.
    std::map<std::string, std::string> oidc_jwks;
    /// PEM file of the authorities that certify identity providers; empty: the system's.
    std::string oidc_ca_file;
    /// Where identity providers may be whose keys are to be fetched: at public addresses alone, on this machine too, or
    /// in private networks too. `automatic`: on this machine too when only loopback addresses are listened on.
    enum class OidcNetwork { automatic, public_addresses, loopback, any };
    OidcNetwork oidc_network = OidcNetwork::automatic;
    /// Whether issuers at http:// count: on this machine alone, or wherever they may be.
    enum class OidcHttp { loopback, anywhere };
    OidcHttp oidc_http = OidcHttp::loopback;

    /// PEM files; both or none.
    std::string tls_cert;
    std::string tls_key;

    /// Reset and clock of the test bench. `automatic`: on when only loopback addresses are listened on.
    enum class Testbench { automatic, on, off };
    Testbench testbench = Testbench::automatic;
    /// How late changes are visible to reads and decisions, as with AWS: each takes between half of this and all of it.
    /// Zero: at once; at most an hour. Not with a PostgreSQL database.
    std::chrono::seconds propagation_delay{0};
    /// From which it follows how long each change takes.
    std::uint64_t propagation_seed = 0;
    /// Decisions that the test bench can explain: the last so many; 0: none.
    std::size_t decisions = 1000;

    /// The audit trail: MiB of memory for the last calls; 0: none are recorded. docs/trail.md.
    std::size_t trail = 1;
    /// With a data directory: MiB for the trail's files, the oldest of which are removed; 0: none are written.
    std::size_t trail_files = 256;
    /// How often these are written.
    std::chrono::seconds trail_interval{300};
    /// How many calls of LookupEvents an account may make a second in a Region, which are 2 on AWS; 0: any number.
    unsigned lookup_events_rate = 0;
    /// Files, and folders of files, that say what is to be there when the server answers (docs/seeds.md).
    std::vector<std::string> seeds;
    /// MiB that a seed may have that is sent to the running server: 1 to 32.
    std::size_t seed_size = 32;
    /// A folder whose scripts are run: those in `boot.d` and `start.d` before the server listens, in `ready.d` when it
    /// answers, in `shutdown.d` when it stops. They are given root's credentials. Empty: none are run.
    std::string init_scripts;
    /// How long one of them may take; those in `shutdown.d` have drain_timeout together.
    std::chrono::seconds init_timeout{300};
    /// What LocalStack's health path calls a service that nobody has called yet.
    enum class IdleServices { available, running };
    IdleServices idle_services = IdleServices::available;
    /// Whether the command line takes LocalStack's variables of the environment: those with names that only LocalStack
    /// has, or all, or none.
    enum class Localstack { automatic, on, off };
    Localstack localstack = Localstack::automatic;
    /// Sentences that the log begins with.
    std::vector<std::string> remarks;
    /// Makes ids, keys and secrets repeatable: two servers with the same number and the same calls make the same.
    /// Whoever knows the number knows the secrets, so it is for tests alone. Nothing: nobody knows them.
    std::optional<std::uint64_t> id_seed;

    /// Where programs are told of the machine that they run on, and given its credentials: EC2's instance metadata,
    /// credentials of ECS containers and of EKS pods. As `listen`; none: nowhere.
    std::vector<std::string> metadata_listen;
    /// The instance profile of that instance: a name or an ARN; empty: it has none.
    std::string metadata_profile;
    /// Whether the instance's metadata takes only requests with a token (IMDSv2), or others, too.
    enum class MetadataTokens { required, optional };
    MetadataTokens metadata_tokens = MetadataTokens::required;
    /// The Region of instance, containers and pods.
    std::string metadata_region = "us-east-1";
    /// What the header Authorization of containers must be; empty: they need none.
    std::string metadata_authorization;
    /// Roles of containers by their ids, and of pods by NAMESPACE/SERVICE-ACCOUNT: names or ARNs.
    std::map<std::string, std::string> metadata_containers;
    std::map<std::string, std::string> metadata_pods;

    /// Whether /metrics is served at the addresses of `listen`: `automatic`, at those that only this machine reaches.
    enum class Metrics { automatic, on, off };
    Metrics metrics = Metrics::automatic;
    /// Further addresses, where nothing but /metrics is served, to everybody. As `listen`.
    std::vector<std::string> metrics_listen;

    /// Connections at once, over all workers.
    std::size_t max_connections = 4096;
    /// How long a connection may be silent between two requests.
    std::chrono::seconds idle_timeout{75};
    /// How long a request may take to arrive, and an answer to be taken.
    std::chrono::seconds request_timeout{15};
    /// How long requests in flight may take once the server was told to stop.
    std::chrono::seconds drain_timeout{10};
    /// What tells the program to stop: a signal alone, or the end of its standard input as well. It is nothing to an
    /// emulator inside another process.
    enum class StopWhen { signal, input_ends };
    StopWhen stop_when = StopWhen::signal;

    enum class LogLevel { error, warn, info, debug };
    LogLevel log_level = LogLevel::info;
    /// `automatic`: text on a terminal, JSON lines otherwise.
    enum class LogFormat { automatic, text, json };
    LogFormat log_format = LogFormat::automatic;
};

}  // namespace iamlocal
