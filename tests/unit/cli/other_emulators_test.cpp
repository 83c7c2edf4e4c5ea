#include "cli/other_emulators.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::cli {
namespace {

using testing::HasSubstr;
using Mode = Config::Localstack;

/// `listen=127.0.0.1:4566 by GATEWAY_LISTEN`, and so on, a line each; or the error.
std::string translated(const Environment& environment, Mode mode = Mode::automatic) {
    const auto result = translate_localstack(environment, mode);
    if (const auto* error = std::get_if<UsageError>(&result)) return "error: " + error->message;
    std::string text;
    for (const Translated& item : std::get<Translation>(result).settings)
        text.append(text.empty() ? "" : "; ").append(item.setting + "=" + item.value + " by " + item.source);
    return text;
}

std::string remarks(const Environment& environment, Mode mode = Mode::automatic) {
    const auto result = translate_localstack(environment, mode);
    std::string text;
    if (const auto* translation = std::get_if<Translation>(&result))
        for (const std::string& remark : translation->remarks) text.append(text.empty() ? "" : "; ").append(remark);
    return text;
}

Settings parse_with(const Environment& environment, std::vector<std::string> arguments = {}) {
    auto result = parse_settings(std::move(arguments), environment, [](const std::string&) { return std::nullopt; });
    if (const auto* error = std::get_if<UsageError>(&result)) {
        ADD_FAILURE() << error->message;
        return {};
    }
    return std::get<Settings>(std::move(result));
}

std::string complaint_of(const Environment& environment, std::vector<std::string> arguments = {}) {
    const auto result =
        parse_settings(std::move(arguments), environment, [](const std::string&) { return std::nullopt; });
    const auto* error = std::get_if<UsageError>(&result);
    return error != nullptr ? error->message : "";
}

TEST(GatewayListen, IsAListOfAddresses) {
    struct Row {
        const char* text;
        std::vector<std::string> addresses;  ///< none: it is not one
    };
    const Row rows[] = {
        {"0.0.0.0:4566", {"0.0.0.0:4566"}},
        {"0.0.0.0:4566,0.0.0.0:443", {"0.0.0.0:4566", "0.0.0.0:443"}},
        {" 127.0.0.1:4566 , 10.0.0.1:80 ", {"127.0.0.1:4566", "10.0.0.1:80"}},
        {":4566", {"127.0.0.1:4566"}},
        {":4566,:4567", {"127.0.0.1:4566", "127.0.0.1:4567"}},
        {"[::1]:4566", {"[::1]:4566"}},
        {"localhost:0", {"localhost:0"}},
        {"", {}},
        {",", {}},
        {"0.0.0.0:4566,", {}},
        {",0.0.0.0:4566", {}},
        {"0.0.0.0", {}},
        {"4566", {}},
        {"0.0.0.0:", {}},
        {"0.0.0.0:65536", {}},
        {"0.0.0.0:-1", {}},
        {"0.0.0.0:45 66", {}},
        {"::1:4566", {}},
        {"[::1:4566", {}},
        {"http://0.0.0.0:4566", {}},
        {"0.0.0.0:4566;0.0.0.0:443", {}},
    };
    for (const Row& row : rows) {
        const auto found = parse_gateway_listen(row.text);
        EXPECT_EQ(found.has_value(), !row.addresses.empty()) << row.text;
        if (found) {
            EXPECT_EQ(*found, row.addresses) << row.text;
        }
    }
}

TEST(LocalStackVariables, BecomeSettings) {
    struct Row {
        Environment environment;
        const char* settings;
    };
    const Row rows[] = {
        {{}, ""},
        {{"ENFORCE_IAM=1"}, "enforcement=enforce by ENFORCE_IAM"},
        {{"ENFORCE_IAM=true"}, "enforcement=enforce by ENFORCE_IAM"},
        {{"ENFORCE_IAM=0"}, "enforcement=off by ENFORCE_IAM"},
        {{"ENFORCE_IAM="}, ""},
        {{"ENFORCE_IAM=soft"}, "enforcement=audit by ENFORCE_IAM"},
        {{"ENFORCE_IAM=1", "IAM_SOFT_MODE=1"}, "enforcement=audit by IAM_SOFT_MODE"},
        {{"IAM_SOFT_MODE=1"}, "enforcement=audit by IAM_SOFT_MODE"},
        {{"IAM_SOFT_MODE=0"}, ""},
        {{"ENFORCE_IAM=1", "IAM_SOFT_MODE=0"}, "enforcement=enforce by ENFORCE_IAM"},
        {{"ENFORCE_IAM=0", "IAM_SOFT_MODE=1"}, "enforcement=off by ENFORCE_IAM"},
        {{"ENFORCE_IAM=maybe"}, "error: ENFORCE_IAM: 'maybe' is not 0, 1 or soft"},
        {{"IAM_SOFT_MODE=2"}, "error: IAM_SOFT_MODE: '2' is not 0 or 1"},
        {{"LOCALSTACK_ENFORCE_IAM=1"}, "enforcement=enforce by LOCALSTACK_ENFORCE_IAM"},
        {{"LOCALSTACK_ENFORCE_IAM=1", "ENFORCE_IAM=0"}, "enforcement=enforce by LOCALSTACK_ENFORCE_IAM"},
        {{"ENFORCE_IAM=0", "LOCALSTACK_ENFORCE_IAM=1"}, "enforcement=enforce by LOCALSTACK_ENFORCE_IAM"},
        {{"GATEWAY_LISTEN=0.0.0.0:4566,:5000"}, "listen=0.0.0.0:4566,127.0.0.1:5000 by GATEWAY_LISTEN"},
        {{"GATEWAY_LISTEN=here"}, "error: GATEWAY_LISTEN: 'here' is not a list of addresses, such as 0.0.0.0:4566"},
        {{"EDGE_PORT=5000"}, "listen=127.0.0.1:5000 by EDGE_PORT"},
        {{"EDGE_PORT=5000", "EDGE_BIND_HOST=0.0.0.0"}, "listen=0.0.0.0:5000 by EDGE_PORT"},
        {{"EDGE_BIND_HOST=0.0.0.0"}, "listen=0.0.0.0:4566 by EDGE_BIND_HOST"},
        {{"EDGE_PORT=5000", "GATEWAY_LISTEN=:1"}, "listen=127.0.0.1:1 by GATEWAY_LISTEN"},
        {{"EDGE_PORT=1,0.0.0.0:2"}, "error: EDGE_PORT: '1,0.0.0.0:2' is not a port"},
        {{"LOCALSTACK_HOST=localhost.localstack.cloud:4566"},
         "public-host=localhost.localstack.cloud:4566 by LOCALSTACK_HOST"},
        {{"LS_LOG=trace"}, "log-level=debug by LS_LOG"},
        {{"LS_LOG=warning"}, "log-level=warn by LS_LOG"},
        {{"LS_LOG=loud"}, "error: LS_LOG: 'loud' is not trace, trace-internal, debug, info, warn, warning or error"},
        {{"LOCALSTACK_DEBUG=1", "LS_LOG=error"}, "log-level=debug by LOCALSTACK_DEBUG; log-level=error by LS_LOG"},
        {{"LOCALSTACK_DEBUG=0"}, ""},
        {{"DEBUG=1", "PERSISTENCE=1", "DATA_DIR=/data", "SERVICES=s3"}, ""},
        {{"LOCALSTACK_PERSISTENCE=1"}, "data-dir=/var/lib/localstack/iamlocal by LOCALSTACK_PERSISTENCE"},
        {{"LOCALSTACK_PERSISTENCE=1", "LOCALSTACK_DATA_DIR=/d"}, "data-dir=/d by LOCALSTACK_DATA_DIR"},
        {{"LOCALSTACK_PERSISTENCE=0", "LOCALSTACK_DATA_DIR=/d"}, ""},
        {{"LOCALSTACK_PERSISTENCE=x"}, "error: LOCALSTACK_PERSISTENCE: 'x' is not 0 or 1"},
        {{"EAGER_SERVICE_LOADING=1"}, "idle-services=running by EAGER_SERVICE_LOADING"},
        {{"EXTRA_CORS_ALLOWED_ORIGINS=http://localhost:3000"},
         "allow-origin=http://localhost:3000 by EXTRA_CORS_ALLOWED_ORIGINS"},
        {{"LOCALSTACK_AUTH_TOKEN=secret", "LAMBDA_EXECUTOR=docker", "MOTO_ACCOUNT_ID=1"}, ""},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(testing::PrintToString(row.environment));
        EXPECT_EQ(translated(row.environment), row.settings);
        EXPECT_EQ(translated(row.environment, Mode::off), "");
    }
}

TEST(LocalStackVariables, WithUsualNamesCountWhereTheProgramStandsInForIt) {
    EXPECT_EQ(translated({"DEBUG=1", "PERSISTENCE=1"}, Mode::on),
              "allow-host=localhost.localstack.cloud by --localstack; log-level=debug by DEBUG; "
              "data-dir=/var/lib/localstack/iamlocal by PERSISTENCE");
    EXPECT_EQ(translated({"DEBUG=express:*"}, Mode::on), "allow-host=localhost.localstack.cloud by --localstack");
    EXPECT_THAT(remarks({"PERSISTENCE=1", "DEBUG=1"}),
                HasSubstr("DEBUG, PERSISTENCE of the environment may be another program's"));
    EXPECT_EQ(remarks({"PERSISTENCE=1"}, Mode::on), "");
}

TEST(LocalStackVariables, ThatChangeNothingAreNamedOnceAndWithoutTheirValues) {
    EXPECT_EQ(
        remarks({"LOCALSTACK_AUTH_TOKEN=ls-secret", "PERSIST_ALL=1", "GATEWAY_LISTEN=:1", "EDGE_PORT=2", "HOME=/root"}),
        "variables of LocalStack that have no effect: EDGE_PORT, LOCALSTACK_AUTH_TOKEN, PERSIST_ALL");
    EXPECT_EQ(remarks({"SERVICES=iam, sts"}, Mode::on), "");
    EXPECT_EQ(remarks({"SERVICES=s3, iam,sqs,"}, Mode::on),
              "SERVICES: IAM and STS are served, and no other service: not s3, sqs");
    EXPECT_EQ(remarks({"LOCALSTACK_AUTH_TOKEN=x"}, Mode::off), "");
    EXPECT_EQ(remarks({"DEFAULT_REGION=eu-west-1"}), "");
    EXPECT_EQ(remarks({"DEFAULT_REGION=eu-west-1"}, Mode::on),
              "variables of LocalStack that have no effect: DEFAULT_REGION");
}

TEST(OtherEmulators, AreBehindOurOwnSettings) {
    const Environment theirs = {"ENFORCE_IAM=0", "GATEWAY_LISTEN=0.0.0.0:9", "MOTO_ACCOUNT_ID=111122223333"};
    const Settings taken = parse_with(theirs);
    EXPECT_EQ(taken.config.enforcement, Config::Enforcement::off);
    EXPECT_EQ(taken.config.listen, std::vector<std::string>{"0.0.0.0:9"});
    EXPECT_EQ(taken.config.account_id, "111122223333");
    EXPECT_EQ(taken.foreign, (std::vector<std::string>{"ENFORCE_IAM", "GATEWAY_LISTEN", "MOTO_ACCOUNT_ID"}));
    EXPECT_TRUE(taken.config.remarks.empty());

    Environment both = theirs;
    both.insert(both.end(), {"IAMLOCAL_ENFORCEMENT=enforce", "IAMLOCAL_LISTEN=127.0.0.1:7"});
    const Settings ours = parse_with(both, {"--account-id", "000000000001"});
    EXPECT_EQ(ours.config.enforcement, Config::Enforcement::enforce);
    EXPECT_EQ(ours.config.listen, std::vector<std::string>{"127.0.0.1:7"});
    EXPECT_TRUE(ours.foreign.empty());
    EXPECT_EQ(ours.config.remarks,
              (std::vector<std::string>{"ENFORCE_IAM has no effect, because of IAMLOCAL_ENFORCEMENT",
                                        "GATEWAY_LISTEN has no effect, because of IAMLOCAL_LISTEN",
                                        "MOTO_ACCOUNT_ID has no effect, because of --account-id"}));
    for (const Settings& none : {parse_with({"ENFORCE_IAM=0", "IAMLOCAL_LOCALSTACK=off"}),
                                 parse_with({"ENFORCE_IAM=0"}, {"--localstack", "off"}),
                                 parse_with({"ENFORCE_IAM=0", "IAMLOCAL_LOCALSTACK=on"}, {"--localstack=off"})}) {
        EXPECT_EQ(none.config.enforcement, Config::Enforcement::enforce);
        EXPECT_TRUE(none.foreign.empty());
    }
    EXPECT_EQ(complaint_of({"IAMLOCAL_LOCALSTACK=maybe"}), "IAMLOCAL_LOCALSTACK: 'maybe' is not auto, on or off");
    EXPECT_THAT(parse_with({"ENFORCE_IAM=0"}, {"--print-config"}).text,
                HasSubstr("off                             ENFORCE_IAM"));
}

TEST(OtherEmulators, ADatabaseIsBeforeTheirFolder) {
    const Settings settings = parse_with({"LOCALSTACK_PERSISTENCE=1", "IAMLOCAL_DATABASE=postgresql://db/iam"});
    EXPECT_EQ(settings.config.data_dir, "");
    EXPECT_TRUE(settings.foreign.empty());
    EXPECT_EQ(settings.config.remarks.size(), 1U);
}

TEST(OtherEmulators, Port443NeedsACertificate) {
    const Environment usual = {"GATEWAY_LISTEN=0.0.0.0:4566,0.0.0.0:443"};
    const Settings plain = parse_with(usual);
    EXPECT_EQ(plain.config.listen, std::vector<std::string>{"0.0.0.0:4566"});
    EXPECT_THAT(plain.config.remarks, testing::ElementsAre(HasSubstr("nothing is served on port 443")));
    EXPECT_EQ(parse_with(usual, {"--tls-cert", "a.pem", "--tls-key", "b.pem"}).config.listen.size(), 2U);
    EXPECT_EQ(complaint_of({"GATEWAY_LISTEN=0.0.0.0:443"}),
              "GATEWAY_LISTEN: port 443 is for HTTPS, which needs a certificate (--tls-cert)");
}

TEST(MotoVariables, LetNothingInThatIsNotSigned) {
    EXPECT_EQ(complaint_of({"INITIAL_NO_AUTH_ACTION_COUNT=0"}), "");
    EXPECT_EQ(complaint_of({"INITIAL_NO_AUTH_ACTION_COUNT="}), "");
    for (const char* value : {"1", "100", "inf", "-1"})
        EXPECT_THAT(complaint_of({std::string("INITIAL_NO_AUTH_ACTION_COUNT=").append(value)}),
                    HasSubstr("INITIAL_NO_AUTH_ACTION_COUNT: every request is authenticated"))
            << value;
    EXPECT_EQ(complaint_of({"MOTO_ACCOUNT_ID=12"}), "MOTO_ACCOUNT_ID: '12' is not twelve digits");
    EXPECT_EQ(parse_with({"MOTO_ENABLE_ISO_REGIONS=1", "MOTO_ALLOW_NONEXISTENT_REGION=1"}).config.remarks,
              (std::vector<std::string>{
                  "variables of moto that have no effect: MOTO_ALLOW_NONEXISTENT_REGION, MOTO_ENABLE_ISO_REGIONS"}));
}

}  // namespace
}  // namespace iamlocal::cli
