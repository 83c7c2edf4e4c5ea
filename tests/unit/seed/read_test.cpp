#include "seed/read.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "seed/bundle.hpp"
#include "seed/refused.hpp"

namespace iamlocal::seed {
namespace {

using testing::HasSubstr;

std::optional<std::string> no_files(const std::string&) { return std::nullopt; }

std::string complaint_of(const std::vector<File>& files) {
    try {
        static_cast<void>(read(files, no_files));
        return "";
    } catch (const Refused& refused) {
        return refused.what();
    }
}

/// A seed of one account.
std::string account(const std::string& members) { return "accounts:\n  '111122223333':\n" + members; }

TEST(Read, WhatIsWrittenWronglyIsRefusedWithItsPlaceAndTheNearestName) {
    struct {
        std::string text;
        const char* complaint;
    } const cases[] = {
        {"acounts: {}", "s.yaml:1:1: a seed has no member 'acounts'; did you mean accounts?"},
        {"nothing_like_it: {}",
         "s.yaml:1:1: a seed has no member 'nothing_like_it'; known are accounts, organization, "
         "root_features, templates, issuers, saml_identity_providers, metadata, quotas"},
        {"[]", "s.yaml:1:1: a seed must be a map, and here is a list"},
        {"accounts: 3", "s.yaml:1:11: accounts must be a map, and here is a number"},
        {"accounts: {'12': {}}", "s.yaml:1:12: an account has twelve digits"},
        {account("    users:\n      alice: {grups: []}\n"),
         "s.yaml:4:15: 'alice' in users has no member 'grups'; did you mean groups?"},
        {account("    users:\n      alice: {groups: admins}\n"),
         "s.yaml:4:23: groups must be a list, and here is a text"},
        {account("    users:\n      alice: {access_keys: [{access_key_id: AKIAEXAMPLEEXAMPLE1}]}\n"),
         "s.yaml:4:29: an item of access_keys needs the member 'secret_access_key'"},
        {account("    users:\n      alice: {access_keys: [{access_key_id: A, secret_access_key: b, status: Off}]}\n"),
         "s.yaml:4:78: status is one of Active, Inactive"},
        {account("    users:\n      alice: {}\n      Alice: {}\n"),
         "s.yaml:5:7: the user Alice stands at s.yaml:4:7 already; case makes no difference"},
        {account("    roles:\n      app: {description: x}\n"),
         "s.yaml:4:12: 'app' in roles needs the member 'trust_policy'"},
        {account("    roles:\n      app: {trust_policy: [], max_session_duration: long}\n"),
         "s.yaml:4:27: trust_policy must be a policy document, or its text, and here is a list"},
        {account("    roles:\n      app: {trust_policy: {}, max_session_duration: 1.5}\n"),
         "s.yaml:4:53: max_session_duration must be a whole number"},
        {account("    policies:\n      p: {}\n"), "s.yaml:4:7: the policy p needs document or versions"},
        {account("    policies:\n      p: {document: {}, versions: []}\n"),
         "s.yaml:4:35: there is document or versions, not both"},
        {account("    policies:\n      p: {versions: [{document: {}}, {document: {}}]}\n"),
         "s.yaml:4:21: one of the versions must have default: true"},
        {account("    saml_providers:\n      idp: {metadata_file: none.xml}\n"),
         "s.yaml:4:28: the file 'none.xml' cannot be read"},
        {account("    oidc_providers:\n      https://idp.example.com: {jwks: {keys: 1}}\n"),
         "s.yaml:4:39: this is no JSON Web Key Set"},
    };
    for (const auto& [text, complaint] : cases) EXPECT_EQ(complaint_of({{"s.yaml", text}}), complaint) << text;
}

TEST(Read, SeveralFilesAreOneSeed) {
    const std::vector<File> files{
        {"a.yaml", account("    users: {alice: }\n    alias: one\n")},
        {"b.json", R"({"accounts":{"111122223333":{"users":{"bob":{}},"groups":{"g":{}}}}})"}};
    const Read both = read(files, no_files);
    ASSERT_EQ(both.seed.accounts.items.size(), 1U);
    const AccountSeed& of_both = both.seed.accounts.items.front().value;
    ASSERT_EQ(of_both.users.items.size(), 2U);
    EXPECT_EQ(of_both.users.items[1].name.value, "bob");
    EXPECT_EQ(of_both.groups.items.size(), 1U);
}

TEST(Read, WhatThereCanBeOnceStandsInOneFile) {
    EXPECT_EQ(complaint_of({{"a.yaml", account("    alias: one\n")}, {"b.yaml", account("    alias: two\n")}}),
              "b.yaml:3:12: the account's alias stands at a.yaml:3:12 already");
    EXPECT_EQ(complaint_of({{"a.yaml", account("    users: {al: }\n")}, {"b.yaml", account("    users: {AL: }\n")}}),
              "b.yaml:3:13: the user AL stands at a.yaml:3:13 already; case makes no difference");
}

TEST(Read, FilesAreSeenFromTheFolderOfTheSeed) {
    const std::vector<File> files{
        {"seeds/a.yaml",
         account("    saml_providers: {one: {metadata_file: keys/one.xml}, two: {metadata_file: /two.xml}}\n")}};
    const Read said = read(files, [](const std::string& path) { return std::optional("content of " + path); });
    const auto& providers = said.seed.accounts.items.front().value.saml_providers.items;
    EXPECT_EQ(providers[0].value.metadata.value, "content of seeds/keys/one.xml");
    EXPECT_EQ(providers[1].value.metadata.value, "content of /two.xml");
}

TEST(Bundle, ComesBackAsItWasWritten) {
    const Bundle bundle{{{"a.yaml", "accounts: {}"}, {"b.json", "{}"}}, {{"x.xml", "<x/>"}}};
    const Bundle back = read_bundle(write_bundle(bundle));
    ASSERT_EQ(back.seeds.size(), 2U);
    EXPECT_EQ(back.seeds[1].name, "b.json");
    EXPECT_EQ(back.seeds[0].text, "accounts: {}");
    EXPECT_EQ(back.files, bundle.files);
}

TEST(Bundle, AnyOtherBodyIsASeed) {
    EXPECT_EQ(read_bundle("accounts: {}").seeds.front().text, "accounts: {}");
    EXPECT_THROW(static_cast<void>(read_bundle(R"({"seeds": [{"name": "x"}]})")), Refused);
}

}  // namespace
}  // namespace iamlocal::seed
