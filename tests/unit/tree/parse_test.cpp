#include "tree/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tree/to_json.hpp"

namespace iamlocal::tree {
namespace {

std::string json_of(const std::string& text, Numbers numbers = Numbers::are_texts) {
    const auto parsed = parse(text, "f.yaml");
    if (const auto* const error = std::get_if<Error>(&parsed)) return error->place.text() + ": " + error->message;
    return to_json(std::get<Tree>(parsed).root(), numbers);
}

TEST(Parse, YamlAndJsonSayTheSame) {
    struct {
        const char* yaml;
        const char* json;
    } const cases[] = {
        {"a: 1\nb: [x, 'y']\n", R"({"a":"1","b":["x","y"]})"},
        {"a: true\nb: \"true\"\nc: False\n", R"({"a":true,"b":"true","c":false})"},
        {"a: 000000000000\nb: 2012-10-17\n", R"({"a":"000000000000","b":"2012-10-17"})"},
        {"a: ~\nb:\nc: ''\n", R"({"a":null,"b":null,"c":""})"},
        {"a: &x {k: v}\nb: *x\n", R"({"a":{"k":"v"},"b":{"k":"v"}})"},
        {"a: !!str 12\n", R"({"a":"12"})"},
        {"\xef\xbb\xbf{\"a\": \"b\"}", R"({"a":"b"})"},
        {"\xef\xbb\xbf"
         "a: b\r\nc: d\r\n",
         R"({"a":"b","c":"d"})"},
        {"- |\n  two\n  lines\n", R"(["two\u000alines\u000a"])"},
        {"{\"a\": \"\\ud83d\\ude00\", \"b\": 1.5, \"c\": null}", "{\"a\":\"\xf0\x9f\x98\x80\",\"b\":1.5,\"c\":null}"},
    };
    for (const auto& [yaml, json] : cases) EXPECT_EQ(json_of(yaml), json) << yaml;
}

TEST(Parse, NumbersAreNumbersWhereTheyAreWanted) {
    EXPECT_EQ(json_of("a: 1\nb: -2.5\nc: 111122223333\nd: '1'\ne: 01\n", Numbers::are_numbers),
              R"({"a":1,"b":-2.5,"c":"111122223333","d":"1","e":"01"})");
}

TEST(Parse, WhatCannotBeUsedIsRefusedWithItsPlace) {
    struct {
        const char* text;
        const char* complaint;
    } const cases[] = {
        {"", "f.yaml: is empty"},
        {"# nothing\n", "f.yaml: is empty"},
        {"a: 1\na: 2\n", "f.yaml:2:1: the key 'a' stands here twice"},
        {"a: [1\n", "f.yaml:2:1: end of sequence flow not found"},
        {"a: !Sub x\n", "f.yaml:1:4: the tag !Sub means nothing here"},
        {"? [a]\n: b\n", "f.yaml:1:3: a key must be a plain text"},
        {"a: &x [*x]\n", "f.yaml:1:8: an alias cannot stand within what it stands for"},
        {"a: 1\n---\nb: 2\n", "f.yaml:2:1: a file holds one YAML document; here begins another"},
        {"\xff", "f.yaml: is not UTF-8"},
        {"\xff\xfe{", "f.yaml: is UTF-16; save it as UTF-8"},
        {"{\"a\": \"\\u0000\"}", "f.yaml:1:14: a text cannot hold a NUL"},
        {"x: &x {}\na:\n  <<: *x\n", "f.yaml:3:3: merge keys (<<) mean nothing here"},
        {"a: \"\\0\"\n", "f.yaml:1:4: a text cannot hold a NUL"},
        {"{\"a\": 1, \"a\": 2}", "f.yaml:1:10: this key is in the object twice"},
        {"{\"a\": }", "f.yaml:1:7: this is not JSON"},
    };
    for (const auto& [text, complaint] : cases) EXPECT_EQ(json_of(text), complaint) << text;
}

TEST(Parse, WorkIsBounded) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k) bomb += (k == 0 ? "" : ", ") + last;
        bomb += "]\n";
    }
    EXPECT_THAT(json_of(bomb), testing::HasSubstr("has more than 2000000 values"));
    std::string long_texts = "a: &a " + std::string(std::size_t{1} << 20, 'x') + "\nb: [";
    for (int i = 0; i < 40; ++i) long_texts += "*a, ";
    EXPECT_THAT(json_of(long_texts + "]\n"), testing::HasSubstr("has more than 33554432 bytes"));
    EXPECT_THAT(json_of(std::string(100'000, '[')), testing::HasSubstr("is nested more than 64 deep"));
    EXPECT_THAT(json_of("{\"a\":" + std::string(100'000, '[')), testing::HasSubstr("f.yaml:1:"));
    // Deep by aliases: each is shallow where it stands.
    std::string deep = "a0: &a0 x\n";
    for (int i = 1; i < 100; ++i)
        deep += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    EXPECT_THAT(json_of(deep), testing::HasSubstr("is nested more than 64 deep"));
}

TEST(Parse, JsonKnowsWhereItsPartsComeFrom) {
    const auto parsed = parse("\xf0\x9f\x98\x80:\n  - \xc3\xa4\n  - y: z\n", "f.yaml");
    const TracedJson json = to_traced_json(std::get<Tree>(parsed).root(), Numbers::are_texts);
    ASSERT_EQ(json.text, "{\"\xf0\x9f\x98\x80\":[\"\xc3\xa4\",{\"y\":\"z\"}]}");
    struct {
        std::size_t column;
        const char* place;
    } const cases[] = {{1, "f.yaml:1:1"},  {2, "f.yaml:1:1"},  {7, "f.yaml:2:3"},  {8, "f.yaml:2:5"},
                       {12, "f.yaml:3:5"}, {13, "f.yaml:3:5"}, {17, "f.yaml:3:8"}, {99, "f.yaml:3:8"}};
    for (const auto& [column, place] : cases) EXPECT_EQ(json.node_at(column).place().text(), place) << column;
}

TEST(Parse, PlacesAreThoseOfTheText) {
    const auto parsed = parse("a:\n  - x\n  - {y: z}\n", "dir/f.yaml");
    const Node& root = std::get<Tree>(parsed).root();
    const Node& second = *root.find("a")->items.at(1);
    EXPECT_EQ(second.place().text(), "dir/f.yaml:3:5");
    EXPECT_EQ(second.find("y")->place().text(), "dir/f.yaml:3:9");
    EXPECT_EQ(second.find("x"), nullptr);
}

}  // namespace
}  // namespace iamlocal::tree
