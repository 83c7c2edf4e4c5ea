#include "cli/settings.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace iamlocal::cli {
namespace {

std::optional<std::string> read_file(const std::string& path) {
    if (path == "/secret") return "from-a-file\n";
    return std::nullopt;
}

Settings parse(std::vector<std::string> arguments, const Environment& environment = {}) {
    auto result = parse_settings(std::move(arguments), environment, read_file);
    if (const auto* error = std::get_if<UsageError>(&result)) {
        ADD_FAILURE() << error->message;
        return {};
    }
    return std::get<Settings>(std::move(result));
}

std::string complaint(std::vector<std::string> arguments, const Environment& environment = {}) {
    const auto result = parse_settings(std::move(arguments), environment, read_file);
    const auto* error = std::get_if<UsageError>(&result);
    return error != nullptr ? error->message : "";
}

TEST(Settings, HaveDefaults) {
    const Settings settings = parse({}, {"PATH=/bin", "HOME=/root"});
    EXPECT_EQ(settings.command, Command::serve);
    EXPECT_EQ(settings.config.listen, std::vector<std::string>{"127.0.0.1:4566"});
    EXPECT_EQ(settings.config.account_id, "000000000000");
    EXPECT_EQ(settings.config.root_access_key_id, "test");
    EXPECT_EQ(settings.config.enforcement, Config::Enforcement::enforce);
}

TEST(Settings, FlagsBeatTheEnvironmentWhichBeatsDefaults) {
    const Environment environment = {"IAMLOCAL_WORKERS=3", "IAMLOCAL_ENFORCEMENT=audit",
                                     "IAMLOCAL_ACCOUNT_ID=111122223333"};
    const Settings settings = parse({"--workers", "5", "--enforcement=off"}, environment);
    EXPECT_EQ(settings.config.workers, 5U);
    EXPECT_EQ(settings.config.enforcement, Config::Enforcement::off);
    EXPECT_EQ(settings.config.account_id, "111122223333");
}

TEST(Settings, ListenIsRepeatableAndAListInTheEnvironment) {
    EXPECT_EQ(parse({"--listen", "127.0.0.1:1", "--listen", "[::1]:2"}).config.listen,
              (std::vector<std::string>{"127.0.0.1:1", "[::1]:2"}));
    EXPECT_EQ(parse({}, {"IAMLOCAL_LISTEN=127.0.0.1:1,0.0.0.0:2"}).config.listen,
              (std::vector<std::string>{"127.0.0.1:1", "0.0.0.0:2"}));
    EXPECT_EQ(parse({"--listen", "127.0.0.1:9"}, {"IAMLOCAL_LISTEN=127.0.0.1:1"}).config.listen,
              std::vector<std::string>{"127.0.0.1:9"});
}

TEST(Settings, SecretsComeFromFilesToo) {
    EXPECT_EQ(parse({}, {"IAMLOCAL_ROOT_SECRET_ACCESS_KEY_FILE=/secret"}).config.root_secret_access_key, "from-a-file");
    EXPECT_EQ(parse({"--root-secret-access-key-file", "/secret"}).config.root_secret_access_key, "from-a-file");
    EXPECT_EQ(complaint({}, {"IAMLOCAL_ROOT_SECRET_ACCESS_KEY_FILE=/absent"}),
              "IAMLOCAL_ROOT_SECRET_ACCESS_KEY_FILE: cannot read '/absent'");
    EXPECT_EQ(complaint({}, {"IAMLOCAL_ROOT_SECRET_ACCESS_KEY=a", "IAMLOCAL_ROOT_SECRET_ACCESS_KEY_FILE=/secret"}),
              "IAMLOCAL_ROOT_SECRET_ACCESS_KEY and IAMLOCAL_ROOT_SECRET_ACCESS_KEY_FILE are both set");
}

TEST(Settings, StopAtWhatTheyDoNotKnow) {
    EXPECT_EQ(complaint({}, {"IAMLOCAL_WORKER=3"}),
              "unknown variable IAMLOCAL_WORKER in the environment; did you mean IAMLOCAL_WORKERS?");
    EXPECT_EQ(complaint({}, {"IAMLOCAL_BUILD_COMMIT=3"}),
              "unknown variable IAMLOCAL_BUILD_COMMIT in the environment; iamlocal --help lists all");
    EXPECT_EQ(complaint({"--worker", "3"}), "unknown flag --worker; did you mean --workers?");
    EXPECT_EQ(complaint({"--listne=127.0.0.1:1"}), "unknown flag --listne; did you mean --listen?");
    EXPECT_EQ(complaint({"sevre"}), "unknown command 'sevre'; did you mean serve?");
    EXPECT_EQ(complaint({"--something-else"}), "unknown flag --something-else; iamlocal --help lists all");
}

TEST(Settings, IgnoreWhatKubernetesSetsForAServiceOfThisName) {
    const Environment environment = {"IAMLOCAL_SERVICE_HOST=10.0.0.7",
                                     "IAMLOCAL_SERVICE_PORT=4566",
                                     "IAMLOCAL_SERVICE_PORT_API=4566",
                                     "IAMLOCAL_PORT=tcp://10.0.0.7:4566",
                                     "IAMLOCAL_PORT_4566_TCP=tcp://10.0.0.7:4566",
                                     "IAMLOCAL_PORT_4566_TCP_PROTO=tcp",
                                     "IAMLOCAL_PORT_4566_TCP_PORT=4566",
                                     "IAMLOCAL_PORT_4566_TCP_ADDR=10.0.0.7",
                                     "IAMLOCAL_TEST_SERVICE_HOST=10.0.0.8",
                                     "IAMLOCAL_TEST_PORT_53_UDP=udp://10.0.0.8:53"};
    EXPECT_EQ(complaint({}, environment), "");
    EXPECT_EQ(parse({}, environment).command, Command::serve);
    for (const char* ours : {"IAMLOCAL_PORT=4566", "IAMLOCAL_HOST=0.0.0.0", "IAMLOCAL_PORT_X_TCP=1",
                             "IAMLOCAL_PORT_4566_HTTP=1", "IAMLOCAL_PORT_4566_TCP_NAME=x"})
        EXPECT_NE(complaint({}, {ours}), "") << ours;
}

TEST(Settings, HelpIsNarrowAndTellsDefaults) {
    const std::string help = parse({"--help"}).text;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
    for (const char* text : {"(default: 127.0.0.1:4566)", "Examples:", "  why [ID]", "  decisions",
                             "--master-key-file FILE", "--print-config", "  serve "})
        EXPECT_NE(help.find(text), std::string::npos) << text;
}

TEST(Settings, StopAtImpossibleValuesWithoutShowingSecrets) {
    EXPECT_EQ(complaint({"--workers", "x"}), "--workers: 'x' is not a number from 0 to 256");
    EXPECT_EQ(complaint({"--workers", "257"}), "--workers: '257' is not a number from 0 to 256");
    EXPECT_EQ(complaint({}, {"IAMLOCAL_ENFORCEMENT=strict"}),
              "IAMLOCAL_ENFORCEMENT: 'strict' is not enforce, audit or off");
    EXPECT_EQ(complaint({"--account-id", "12"}), "--account-id: '12' is not twelve digits");
    EXPECT_EQ(complaint({"--idle-timeout", "0"}), "--idle-timeout: '0' is not seconds from 1 to 86400");
    EXPECT_EQ(complaint({"--root-secret-access-key", ""}),
              "--root-secret-access-key: expected a text that is not empty");
}

TEST(Settings, TakeTheFormerNameOfTheTestBench) {
    for (const Settings& settings :
         {parse({"--testbench", "on"}), parse({"--lab", "on"}), parse({}, {"IAMLOCAL_LAB=on"}),
          parse({"--lab", "on"}, {"IAMLOCAL_TESTBENCH=off"})})
        EXPECT_EQ(settings.config.testbench, Config::Testbench::on);
    EXPECT_NE(parse({"--print-config"}, {"IAMLOCAL_LAB=on"}).text.find("testbench               on "),
              std::string::npos);
    EXPECT_EQ(complaint({}, {"IAMLOCAL_LAB=on", "IAMLOCAL_TESTBENCH=off"}),
              "IAMLOCAL_TESTBENCH and IAMLOCAL_LAB are both set");
    EXPECT_NE(complaint({"--lab", "on", "--testbench", "on"}), "");
}

TEST(Settings, TakeTheKeysOfIdentityProviders) {
    const Config config =
        parse({"--oidc-jwks", "https://idp.example.com/a=keys.json", "--oidc-jwks", "http://localhost:8080/x=y=/tmp/k",
               "--oidc-ca-file", "ca.pem", "--oidc-network", "any", "--oidc-http", "anywhere"})
            .config;
    const std::map<std::string, std::string> expected = {{"https://idp.example.com/a", "keys.json"},
                                                         {"http://localhost:8080/x=y", "/tmp/k"}};
    EXPECT_EQ(config.oidc_jwks, expected);
    EXPECT_EQ(config.oidc_ca_file, "ca.pem");
    EXPECT_EQ(config.oidc_network, Config::OidcNetwork::any);
    EXPECT_EQ(config.oidc_http, Config::OidcHttp::anywhere);
    EXPECT_EQ(parse({}, {"IAMLOCAL_OIDC_JWKS=https://a=b,https://c=d"}).config.oidc_jwks.size(), 2U);
    EXPECT_EQ(parse({}).config.oidc_network, Config::OidcNetwork::automatic);
    for (const char* text : {"", "a=b", "https://a", "https://a=", "https://a=b,"})
        EXPECT_NE(complaint({"--oidc-jwks", text}), "") << text;
}

TEST(Settings, TakeThePagesAndNamesThatMayCall) {
    const Config config =
        parse({"--allow-origin", "http://localhost:3000", "--allow-origin", "null", "--allow-host", "iam.test"}).config;
    EXPECT_EQ(config.allow_origins, (std::vector<std::string>{"http://localhost:3000", "null"}));
    EXPECT_EQ(config.allow_hosts, (std::vector<std::string>{"iam.test"}));
    EXPECT_EQ(parse({}, {"IAMLOCAL_ALLOW_ORIGIN=*,https://a.example", "IAMLOCAL_ALLOW_HOST=a,b.c"}).config.allow_hosts,
              (std::vector<std::string>{"a", "b.c"}));
    EXPECT_TRUE(parse({}).config.allow_origins.empty());
    EXPECT_TRUE(parse({}).config.allow_hosts.empty());
    for (const char* origin :
         {"", "localhost:3000", "http://", "http://a/", "http://a/b", "HTTP://a", "://a", "http://u@a", "a,"})
        EXPECT_NE(complaint({"--allow-origin", origin}), "") << origin;
    for (const char* host : {"", "a:80", "http://a", "a b", "a,,b"})
        EXPECT_NE(complaint({"--allow-host", host}), "") << host;
}

TEST(Settings, SuggestWhatWasMeant) {
    const std::string all = "; iamlocal --help lists all";
    const std::string variable = "unknown variable IAMLOCAL_";
    EXPECT_EQ(complaint({}, {"IAMLOCAL_PORT=4566"}),
              variable + "PORT in the environment; did you mean IAMLOCAL_LISTEN?");
    EXPECT_EQ(complaint({}, {"IAMLOCAL_POT=1"}), variable + "POT in the environment" + all);
    EXPECT_EQ(complaint({}, {"IAMLOCAL_WORKER=1"}),
              variable + "WORKER in the environment; did you mean IAMLOCAL_WORKERS?");
    EXPECT_EQ(complaint({"--port", "4566"}), "unknown flag --port; did you mean --listen?");
    EXPECT_EQ(complaint({"--data", "x"}), "unknown flag --data; did you mean --data-dir?");
    EXPECT_EQ(complaint({"--enforce", "off"}), "unknown flag --enforce; did you mean --enforcement?");
    EXPECT_EQ(complaint({"--quota", "UserPerAccount=3"}),
              "--quota: there is no quota 'UserPerAccount'; did you mean UsersPerAccount?");
    EXPECT_EQ(complaint({"sevre", "--help"}), "unknown command 'sevre'; did you mean serve?");
}

TEST(Settings, TakeQuotasByName) {
    const Settings settings = parse({"--quota", "UsersPerAccount=3", "--quota", "RolesPerAccount=0"},
                                    {"IAMLOCAL_QUOTA=UsersPerAccount=7,GroupsPerUser=2"});
    const std::map<std::string, std::int64_t> expected{
        {"GroupsPerUser", 2}, {"RolesPerAccount", 0}, {"UsersPerAccount", 3}};
    EXPECT_EQ(settings.config.quotas, expected);
    EXPECT_EQ(complaint({"--quota", "Hats=3"}), "--quota: there is no quota 'Hats'");
    EXPECT_EQ(complaint({"--quota", "Users=3"}), "--quota: there is no quota 'Users'; did you mean UsersPerAccount?");
    EXPECT_EQ(complaint({"--quota", "UsersPerAccount"}), "--quota: 'UsersPerAccount' is not NAME=NUMBER");
    EXPECT_EQ(complaint({"--quota", "UsersPerAccount=many"}), "--quota: 'UsersPerAccount=many' is not NAME=NUMBER");
    EXPECT_EQ(complaint({"--quota", "UsersPerAccount=-1"}),
              "--quota: UsersPerAccount must be a number from 0 to 1000000");
    EXPECT_EQ(complaint({}, {"IAMLOCAL_QUOTA=UsersPerAccount=1,"}), "IAMLOCAL_QUOTA: '' is not NAME=NUMBER");
}

TEST(Settings, NameADatabaseWithoutShowingIt) {
    const Settings settings =
        parse({"--print-config", "--database-freshness", "immediate", "--durability", "full"},
              {"IAMLOCAL_DATABASE=postgresql://u:hush@h/d", "IAMLOCAL_MASTER_KEY=" + std::string(64, 'a')});
    EXPECT_EQ(settings.config.database, "postgresql://u:hush@h/d");
    EXPECT_EQ(settings.config.database_freshness, Config::DatabaseFreshness::immediate);
    EXPECT_EQ(settings.config.durability, Config::Durability::full);
    EXPECT_EQ(settings.config.master_key, std::string(64, 'a'));
    EXPECT_EQ(settings.text.find("hush"), std::string::npos);
    EXPECT_EQ(settings.text.find("aaaa"), std::string::npos);
    EXPECT_EQ(complaint({"--database", "mysql://u:hush@h/d"}), "--database: expected postgresql://HOST/DATABASE");
    EXPECT_EQ(complaint({"--master-key", "hush"}), "--master-key: expected 64 hexadecimal digits");
}

TEST(Settings, PrintEveryValueWithItsSource) {
    const Settings settings =
        parse({"--print-config", "--workers", "2", "--root-secret-access-key", "hush"}, {"IAMLOCAL_ENFORCEMENT=audit"});
    EXPECT_EQ(settings.command, Command::print_config);
    EXPECT_NE(settings.text.find("workers                 2                               --workers\n"),
              std::string::npos);
    EXPECT_NE(settings.text.find("enforcement             audit                           IAMLOCAL_ENFORCEMENT\n"),
              std::string::npos);
    EXPECT_NE(settings.text.find("account-id              000000000000                    default\n"),
              std::string::npos);
    EXPECT_EQ(settings.text.find("hush"), std::string::npos);
}

TEST(Settings, KnowTheirCommands) {
    EXPECT_EQ(parse({"--version"}).command, Command::version);
    EXPECT_FALSE(parse({"--version"}).json);
    EXPECT_TRUE(parse({"--version", "--json"}).json);
    EXPECT_EQ(parse({"--describe"}).command, Command::describe);
    EXPECT_EQ(parse({"healthcheck"}).command, Command::healthcheck);
    EXPECT_EQ(parse({"serve", "--workers", "3"}).command, Command::serve);
    EXPECT_EQ(parse({"serve", "--workers", "3"}).config.workers, 3U);
    const Settings help = parse({"--help"});
    EXPECT_EQ(help.command, Command::help);
    EXPECT_NE(help.text.find("--data-dir"), std::string::npos);
}

}  // namespace
}  // namespace iamlocal::cli
