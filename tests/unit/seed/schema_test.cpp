#include "seed/schema.hpp"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::seed {
namespace {

using Json = nlohmann::json;

TEST(Schema, NamesEveryMemberThatSeedsMayHave) {
    const Json schema = Json::parse(seed::schema());
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_TRUE(schema["properties"].contains("accounts"));
    EXPECT_EQ(schema["properties"]["quotas"]["properties"].size(), 35U);
    const Json& user = schema["$defs"]["user"];
    EXPECT_EQ(user["additionalProperties"], false);
    for (const char* const name : {"path", "password", "access_keys", "mfa_devices", "groups", "inline_policies",
                                   "attached_policies", "permissions_boundary", "tags"})
        EXPECT_TRUE(user["properties"].contains(name)) << name;
    EXPECT_EQ(schema["$defs"]["access_key"]["required"], Json::array({"access_key_id", "secret_access_key"}));
    EXPECT_EQ(schema["$defs"]["role"]["required"], Json::array({"trust_policy"}));
}

TEST(Schema, EveryReferenceLeadsSomewhere) {
    const Json schema = Json::parse(seed::schema());
    const auto look = [&](const auto& self, const Json& value) -> void {
        if (value.is_object() && value.contains("$ref")) {
            const std::string name = value["$ref"].get<std::string>().substr(std::string("#/$defs/").size());
            EXPECT_TRUE(schema["$defs"].contains(name)) << name;
        }
        if (value.is_structured())
            for (const Json& part : value) self(self, part);
    };
    look(look, schema);
}

TEST(Schema, OfTheDocumentationIsTheSame) {
    std::ifstream file(IAMLOCAL_SOURCE_DIR "/docs/seeds.schema.json");
    const std::string printed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    EXPECT_EQ(printed, seed::schema()) << "build/release/iamlocal seed --schema >docs/seeds.schema.json prints it anew";
}

}  // namespace
}  // namespace iamlocal::seed
