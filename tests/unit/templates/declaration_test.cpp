#include "templates/declaration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::templates {
namespace {

constexpr std::string_view example = R"({
  "role_templates": [{
    "arn": "arn:aws:iam::aws:role-template/backup.amazonaws.com/Example:2", "enabled": false,
    "default_minor_version": 1,
    "versions": [
      {"role_name": "x", "trust_policy": {"Statement": []}},
      {"minor_version": 1, "id": "AVTAX", "role_name": "@{Name}", "trust_policy": "{\"Statement\":\"@{Names}\"}",
       "parameters": [{"name": "Name", "type": "String"}, {"name": "Names", "type": "ArnList", "required": false}]}]}],
  "delegation_templates": [{
    "arn": "arn:aws:iam::aws:delegation-template/x", "partner_account": "111122223333", "partner_name": "Example",
    "policy": {"Statement": []}}]})";

TEST(TemplateDeclaration, IsRead) {
    auto parsed = parse_declaration(example);
    const auto& templates = std::get<Templates>(parsed);
    const RoleTemplate* const role =
        templates.find_role("arn:aws:iam::aws:role-template/backup.amazonaws.com/Example:2");
    ASSERT_NE(role, nullptr);
    EXPECT_EQ(role->service, "backup.amazonaws.com");
    EXPECT_EQ(role->name, "Example");
    EXPECT_EQ(role->major, 2);
    EXPECT_FALSE(role->enabled);
    EXPECT_EQ(role->find_version(std::nullopt)->id, "AVTAX");
    EXPECT_EQ(role->find_version(2), nullptr);
    const RoleVersion* const first = role->find_version(0);
    ASSERT_NE(first, nullptr);
    EXPECT_THAT(first->id, testing::MatchesRegex("AVTA[A-Z2-7]{17}"));
    EXPECT_EQ(first->max_session_duration, 3600);
    const Parameter* const names = role->find_version(1)->find_parameter("Names");
    ASSERT_NE(names, nullptr);
    EXPECT_EQ(names->kind, Parameter::Kind::arn);
    EXPECT_TRUE(names->is_list);
    EXPECT_FALSE(names->is_required);
    EXPECT_EQ(templates.find_role("arn:aws:iam::aws:role-template/backup.amazonaws.com/Example:1"), nullptr);
    const DelegationTemplate* const delegation = templates.find_delegation("arn:aws:iam::aws:delegation-template/x");
    ASSERT_NE(delegation, nullptr);
    EXPECT_EQ(delegation->partner, AccountId("111122223333"));
}

TEST(TemplateDeclaration, MadeIdsAreTheSameEveryTime) {
    auto one = parse_declaration(example);
    auto other = parse_declaration(example);
    EXPECT_EQ(std::get<Templates>(one).roles[0].versions[0].id, std::get<Templates>(other).roles[0].versions[0].id);
}

TEST(TemplateDeclaration, ErrorsHaveTheirPlace) {
    const auto parsed = parse_declaration("{\n \"role_templates\": 1}");
    const auto& error = std::get<DeclarationError>(parsed);
    EXPECT_EQ(error.message, "\"role_templates\" must be an array");
    EXPECT_EQ(error.line, 2U);
    EXPECT_EQ(error.column, 20U);
}

}  // namespace
}  // namespace iamlocal::templates
