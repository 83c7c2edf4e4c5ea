#include "tools/yaml_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tree/parse.hpp"
#include "tree/to_json.hpp"

namespace iamlocal::tools {
namespace {

using nlohmann::ordered_json;

TEST(YamlText, IsForPeople) {
    const ordered_json value = ordered_json::parse(
        R"({"users":{"ann":{"path":"/staff/","groups":["dev"],"tags":{}},"1e5":{}},"list":[{"a":"b","c":["d","e"]},["f"],[[true,1]]]})");
    EXPECT_EQ(yaml_text(value),
              "users:\n"
              "  ann:\n"
              "    path: /staff/\n"
              "    groups: [dev]\n"
              "    tags: {}\n"
              "  \"1e5\": {}\n"
              "list:\n"
              "  - a: b\n"
              "    c:\n"
              "      - d\n"
              "      - e\n"
              "  - [f]\n"
              "  - - - true\n"
              "      - 1\n");
}

TEST(YamlText, ReadersTakeTextsForTexts) {
    for (const char* text : {"",
                             "yes",
                             "No",
                             "null",
                             "~",
                             "12",
                             "1e5",
                             "0x1F",
                             "2012-10-17",
                             "a: b",
                             "a:",
                             ":a",
                             "a #b",
                             "#a",
                             "- a",
                             "a,b",
                             "[a]",
                             "{a}",
                             "*a",
                             "&a",
                             "!a",
                             "%a",
                             "@a",
                             "'a'",
                             "\"a\"",
                             "a\nb",
                             " a",
                             "a ",
                             "\t",
                             "\xc3\xa9",
                             "\xf0\x9f\x98\x80",
                             "\x01",
                             "\x7f",
                             "a\xe2\x80\xa8"
                             "b\xe2\x80\xa9"
                             "c\xc2\x85"
                             "d\xef\xbb\xbf",
                             "a\\b",
                             "arn:aws:iam::111122223333:role/x",
                             "arn:aws:s3:::b/*"}) {
        const ordered_json value{{"key", text}, {text, {{text, ordered_json::array({text, text})}}}};
        const std::string yaml = yaml_text(value);
        const auto read = tree::parse_yaml(yaml, "file");
        ASSERT_TRUE(std::holds_alternative<tree::Tree>(read)) << yaml;
        const auto& root = std::get<tree::Tree>(read).root();
        EXPECT_EQ(ordered_json::parse(tree::to_json(root, tree::Numbers::are_numbers)), value) << yaml;
    }
}

TEST(YamlText, WhatEndsALineForOthersIsEscaped) {
    EXPECT_EQ(yaml_text(ordered_json("a\xe2\x80\xa8z")), "\"a\\u2028z\"\n");
    EXPECT_EQ(yaml_text(ordered_json("a\xc2\x85z\xc2\xa0")), "\"a\\u0085z\xc2\xa0\"\n");
}

}  // namespace
}  // namespace iamlocal::tools
