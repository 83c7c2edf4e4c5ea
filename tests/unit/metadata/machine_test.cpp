#include "metadata/machine.hpp"

#include <gtest/gtest.h>

namespace iamlocal::metadata {
namespace {

const AccountId owner("111122223333");

Machine configured() {
    Machine machine;
    machine.account = owner;
    return machine;
}

std::string problem(std::string_view json) {
    const auto declared = declare_machine(configured(), json);
    const auto* text = std::get_if<std::string>(&declared);
    return text ? *text : "none";
}

TEST(Machine, ThingsAreNamesOrArns) {
    const auto by_name = parse_thing("web", "role", owner);
    ASSERT_TRUE(by_name);
    EXPECT_EQ(by_name->account, owner);
    EXPECT_EQ(by_name->name, "web");
    const auto by_arn = parse_thing("arn:aws:iam::999999999999:role/a/b/web", "role", owner);
    ASSERT_TRUE(by_arn);
    EXPECT_EQ(by_arn->account, AccountId("999999999999"));
    EXPECT_EQ(by_arn->name, "web");
    for (const char* text : {"", "a b", "a/b", "arn:aws:iam::999999999999:user/web", "arn:aws:iam::9:role/web",
                             "arn:aws:iam::999999999999:role", "arn:aws:iam::999999999999:role/",
                             "arn:aws:iam::999999999999:roles/web", "arn:aws:s3::999999999999:role/web"})
        EXPECT_FALSE(parse_thing(text, "role", owner)) << text;
}

TEST(Machine, IsDeclared) {
    const auto declared = declare_machine(configured(), R"({
        "instance": {"profile": "web", "tokens": "optional", "region": "eu-west-1", "id": "i-0aa"},
        "containers": {"one-1": {"role": "arn:aws:iam::999999999999:role/app", "authorization_token": "secret"}},
        "cluster": "blue",
        "pod_identities": [{"namespace": "default", "service_account": "app", "role": "pod", "session_tags": false}]})");
    const auto* machine = std::get_if<Machine>(&declared);
    ASSERT_NE(machine, nullptr) << std::get<std::string>(declared);
    EXPECT_EQ(machine->instance.profile->name, "web");
    EXPECT_FALSE(machine->instance.tokens_required);
    EXPECT_EQ(machine->instance.zone, "eu-west-1a");
    EXPECT_EQ(machine->containers.at("one-1").role.account, AccountId("999999999999"));
    EXPECT_EQ(machine->containers.at("one-1").authorization->reveal(), "secret");
    ASSERT_NE(machine->find_association("default", "app"), nullptr);
    EXPECT_FALSE(machine->find_association("default", "app")->session_tags);
    EXPECT_EQ(machine->find_association("default", "other"), nullptr);
    const std::string shown = show_machine(*machine);
    EXPECT_EQ(shown.find("secret"), std::string::npos);
    EXPECT_EQ(std::get_if<std::string>(&declared), nullptr);
}

TEST(Machine, NullTakesAway) {
    Machine machine = configured();
    machine.instance.profile = NamedThing{owner, "web"};
    machine.authorization = Secret("x");
    const auto declared = declare_machine(machine, R"({"instance":{"profile":null},"authorization_token":null})");
    ASSERT_TRUE(std::holds_alternative<Machine>(declared));
    EXPECT_FALSE(std::get<Machine>(declared).instance.profile);
    EXPECT_FALSE(std::get<Machine>(declared).authorization);
}

TEST(Machine, WhatIsNoDeclarationIsRefused) {
    EXPECT_EQ(problem("{"), "the body is no JSON");
    EXPECT_EQ(problem("[]"), "the declaration is an object");
    EXPECT_EQ(problem(R"({"x":1})"), "the declaration has no member x");
    EXPECT_EQ(problem(R"({"instance":{"hop":1}})"), "instance has no member hop");
    EXPECT_EQ(problem(R"({"instance":1})"), "instance is an object");
    EXPECT_EQ(problem(R"({"instance":{"tokens":"never"}})"), "tokens is required or optional");
    EXPECT_EQ(problem(R"({"instance":{"region":"moon"}})"), "region is the name of a Region");
    EXPECT_EQ(problem(R"({"instance":{"profile":7}})"), "profile is an instance profile's name or ARN");
    EXPECT_EQ(problem(R"({"instance":{"enabled":"no"}})"), "enabled is true or false");
    EXPECT_EQ(problem(R"({"instance":{"type":"a\nb"}})"), "type is a text of up to 64 characters without blanks");
    EXPECT_EQ(problem(R"({"instance":{"id":"i/1"}})"), "id is like i-1234567890abcdef0");
    EXPECT_EQ(problem(R"({"containers":{"a/b":{"role":"x"}}})"),
              "a container's id has 2 to 64 letters, digits, - and _");
    EXPECT_EQ(problem(R"({"containers":{"ab":{}}})"), "role is a role's name or ARN");
    EXPECT_EQ(problem(R"({"containers":{"ab":{"role":"x","authorization_token":"a\r\nb"}}})"),
              "authorization_token is what a header can hold");
    EXPECT_EQ(problem(R"({"containers":[]})"), "containers is an object");
    EXPECT_EQ(problem(R"({"pod_identities":{}})"), "pod_identities is a list");
    EXPECT_EQ(problem(R"({"pod_identities":[{"namespace":"A","service_account":"b","role":"x"}]})"),
              "namespace and service_account are names of Kubernetes");
    EXPECT_EQ(problem(R"({"pod_identities":[{"namespace":"a","service_account":"b","role":"x"},
                                            {"namespace":"a","service_account":"b","role":"y"}]})"),
              "a service account has one role");
    EXPECT_EQ(problem(R"({"cluster":"a b"})"), "cluster is a text of up to 64 characters without blanks");
    EXPECT_EQ(problem(R"({"cluster":"a/b"})"), "cluster has 2 to 64 letters, digits, - and _");
}

}  // namespace
}  // namespace iamlocal::metadata
