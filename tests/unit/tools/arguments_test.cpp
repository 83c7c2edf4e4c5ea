#include "tools/arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/caller.hpp"
#include "tools/input.hpp"
#include "tools/simulate_options.hpp"

namespace iamlocal::tools {
namespace {

using testing::HasSubstr;

std::string shown(const ContextKeys& keys) {
    std::string out;
    for (const auto& [key, values] : keys) {
        out.append(key).append(values.multivalued ? "=[" : "=");
        for (std::size_t i = 0; i < values.items.size(); ++i) out.append(i == 0 ? "" : "|").append(values.items[i]);
        out.append(values.multivalued ? "] " : " ");
    }
    return out;
}

TEST(ContextArguments, AreReadAsTheyAreWritten) {
    struct Row {
        std::vector<std::string> arguments;
        const char* expected;
    };
    const Row rows[] = {
        {{"aws:SourceIp=10.0.0.1"}, "aws:SourceIp=10.0.0.1 "},
        {{"k:a="}, "k:a= "},
        {{"k:a=b=c"}, "k:a=b=c "},
        {{"k:a=[x,y]"}, "k:a=[x|y] "},
        {{"k:a=[x]"}, "k:a=[x] "},
        {{"k:a=[]"}, "k:a=[] "},
        {{"k:a=["}, "k:a=[ "},
        {{"k:a=x", "k:b=1", "K:A=y"}, "k:a=[x|y] k:b=1 "},
        {{"k:a=[x,y]", "k:a=z"}, "k:a=[x|y|z] "},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.arguments.front());
        EXPECT_EQ(shown(parse_context(row.arguments)), row.expected);
    }
    EXPECT_THROW((void)parse_context({"novalue"}), InputError);
    EXPECT_THROW((void)parse_context({"=x"}), InputError);
}

TEST(ContextJson, TakesScalarsAndListsOfThem) {
    EXPECT_EQ(shown(parse_context_json(R"({"a:s":"x","b:n":5,"c:b":true,"d:l":["x",1,false],"e:l":[]})", "f")),
              "a:s=x b:n=5 c:b=true d:l=[x|1|false] e:l=[] ");
    for (const char* text : {"", "[]", "{", R"({"a":null})", R"({"a":{}})", R"({"a":[[]]})", R"({"a":[null]})",
                             R"({"a":1,"a":2})", R"({"a:b":1,"A:B":2})"}) {
        SCOPED_TRACE(text);
        EXPECT_THROW((void)parse_context_json(text, "f"), InputError);
    }
}

TEST(Levels, CountFromTheRoot) {
    struct Row {
        std::vector<std::string> arguments;
        const char* expected;
    };
    const Row rows[] = {
        {{}, ""},
        {{"a"}, "0:a "},
        {{"a", "b"}, "0:a 1:b "},
        {{"1=a", "1=b", "2=c"}, "0:a 0:b 1:c "},
        {{"a", "1=b", "c"}, "0:a 0:b 1:c "},
        {{"a=b"}, "0:a=b "},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.expected);
        std::string found;
        for (const LevelFile& file : parse_levels(row.arguments))
            found.append(std::to_string(file.level)).append(":").append(file.path).append(" ");
        EXPECT_EQ(found, row.expected);
    }
    EXPECT_THROW((void)parse_levels({"0=a"}), InputError);
    EXPECT_THROW((void)parse_levels({"2=a"}), InputError);
    EXPECT_THROW((void)parse_levels({"99999999999=a"}), InputError);
    EXPECT_THROW((void)parse_levels({"a", "b", "c", "d", "e", "f", "g", "h"}), InputError);
}

TEST(Caller, IsMadeOfWhatIsGiven) {
    std::string error;
    EXPECT_EQ(make_caller({}, "111122223333", error)->arn, "arn:aws:iam::111122223333:user/unnamed");
    const std::string session = "arn:aws:sts::111122223333:assumed-role/dev/s";
    EXPECT_EQ(make_caller({session, "arn:aws:iam::111122223333:role/p/dev", ""}, "", error)->role_arn,
              "arn:aws:iam::111122223333:role/p/dev");
    const std::string federated = "arn:aws:sts::111122223333:federated-user/f";
    EXPECT_EQ(make_caller({federated, "", "arn:aws:iam::111122223333:user/u"}, "", error)->user_arn,
              "arn:aws:iam::111122223333:user/u");
    EXPECT_EQ(error, "");

    const CallerText wrong[] = {
        {"alice", "", ""},
        {session, "arn:aws:iam::111122223333:role/p/other", ""},
        {session, "arn:aws:iam::444455556666:role/dev", ""},
        {session, "arn:aws:iam::111122223333:user/dev", ""},
        {"arn:aws:iam::111122223333:user/dev", "arn:aws:iam::111122223333:role/dev", ""},
        {session, "", "arn:aws:iam::111122223333:user/u"},
        {federated, "", "arn:aws:iam::444455556666:user/u"},
        {federated, "", "arn:aws:iam::111122223333:role/u"},
    };
    for (const CallerText& text : wrong) {
        SCOPED_TRACE(text.arn + " " + text.role_arn + " " + text.user_arn);
        error.clear();
        EXPECT_FALSE(make_caller(text, "111122223333", error));
        EXPECT_NE(error, "");
    }
}

TEST(Context, WhatIsGivenReplacesWhatFollowsFromTheCaller) {
    const auto caller = policy::parse_caller("arn:aws:iam::111122223333:user/bob");
    policy::MapContext context;
    fill_context(context, *caller, "444455556666", {{"AWS:UserName", policy::Values::single("eve")}});
    EXPECT_EQ(context.find("aws:username")->items.front(), "eve");
    EXPECT_EQ(context.find("aws:principalaccount")->items.front(), "111122223333");
    EXPECT_EQ(context.find("aws:resourceaccount")->items.front(), "444455556666");
}

TEST(SimulateOptions, AreRefusedWithTheFlagThatIsWrong) {
    struct Row {
        std::vector<std::string> arguments;
        const char* said;
    };
    const Row rows[] = {
        {{}, "--action"},
        {{"--action", "GetUser"}, "--action: 'GetUser'"},
        {{"--action", "iam:*"}, "--action: 'iam:*'"},
        {{"--action", "iam:GetUser", "--format", "xml"}, "--format"},
        {{"--action", "iam:GetUser", "--context", "x"}, "--context: 'x'"},
        {{"--action", "iam:GetUser", "--resource-account", "12"}, "--resource-account: '12'"},
        {{"--action", "iam:GetUser", "--trust", "a", "--resource-policy", "b"}, "exclude each other"},
        {{"--action", "iam:GetUser", "--context-file", "/nonexistent"}, "/nonexistent: cannot be opened"},
        {{"--action", "iam:GetUser", "--endpoint", "http://x"}, "--principal"},
        {{"--action", "iam:GetUser", "--endpoint", "http://x", "--principal", "a"}, "AWS_ACCESS_KEY_ID"},
        {{"--action", "iam:GetUser", "--endpoint", "http://x", "--principal", "a", "--scp", "f"}, "--scp does not go"},
        {{"--action", "iam:GetUser", "extra"}, "extra"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.said);
        try {
            (void)parse_simulate(row.arguments, {});
            FAIL() << "was accepted";
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr(row.said));
        }
    }
}

TEST(SimulateOptions, TakeCredentialsFromOnePlaceOnly) {
    const std::vector<std::string> environment{"AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret",
                                               "AWS_SESSION_TOKEN=token", "AWS_REGION=eu-west-1"};
    std::vector<std::string> arguments{"--action",   "iam:GetUser", "--endpoint",
                                       "http://x:1", "--principal", "arn:aws:iam::000000000000:user/a"};
    const Endpoint from_environment = parse_simulate(arguments, environment).options.endpoint;
    EXPECT_EQ(from_environment.access_key_id, "id");
    EXPECT_EQ(from_environment.session_token, "token");
    EXPECT_EQ(from_environment.region, "eu-west-1");
    arguments.insert(arguments.end(), {"--access-key-id", "mine", "--secret-access-key", "own"});
    const Endpoint from_flags = parse_simulate(arguments, environment).options.endpoint;
    EXPECT_EQ(from_flags.access_key_id, "mine");
    EXPECT_EQ(from_flags.secret_access_key, "own");
    EXPECT_EQ(from_flags.session_token, "");
}

}  // namespace
}  // namespace iamlocal::tools
