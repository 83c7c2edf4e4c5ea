#include "protocol/input_reader.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "aws/error.hpp"
#include "protocol/model_printer.hpp"

namespace iamlocal::protocol {
namespace {

bool is_lower_case(std::string_view text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

constexpr const char* colours[] = {"Red", "Green"};
const TextRule name_rule{.min = 1, .max = 5, .pattern = "[a-z]+", .matches = is_lower_case, .explained = "It is bad."};
const TextRule plain_rule{.min = 2, .max = 4, .pattern = "[a-z]+", .matches = is_lower_case};
const TextRule key_rule{.min = 2,
                        .max = 4,
                        .pattern = "[a-z]+",
                        .matches = is_lower_case,
                        .printed_pattern = "[a-y]+",
                        .says_not_null = true};
const TextRule colour_rule{.values = colours};
const NumberRule count_rule{.min = 1, .max = 10};

struct Pair {
    std::string key;
    std::string value;
};

struct Input {
    std::string thing_name;
    std::optional<std::string> plain;
    std::optional<std::string> colour;
    std::int64_t count = 7;
    std::optional<bool> flag;
    std::vector<Pair> pairs;
    std::vector<std::string> keys;
    std::vector<std::string> words;
    std::vector<std::string> colours_given;

    void describe(Fields& f) {
        f.required("ThingName", thing_name, name_rule);
        f.optional("Plain", plain, plain_rule);
        f.optional("Colour", colour, colour_rule);
        f.optional("Count", count, count_rule);
        f.optional("Flag", flag);
        f.list("Pairs", Presence::optional, pairs, ListRule{.max = 2, .structure = "Pair"},
               [](Pair& pair, Fields& fields) {
                   fields.required("Key", pair.key, plain_rule);
                   fields.required("Value", pair.value, TextRule{});
               });
        f.list("Keys", Presence::optional, keys, ListRule{.min = 1, .max = 2}, key_rule);
        f.list("Words", Presence::optional, words, ListRule{}, plain_rule);
        f.list("Colours", Presence::optional, colours_given, ListRule{}, colour_rule);
    }
};

/// The input, or what the error says.
std::variant<Input, std::string> read(const std::string& body, ShowValues show = ShowValues::no,
                                      const ErrorType& expected = error_type::validation_error) {
    Parameters parameters;
    EXPECT_FALSE(parameters.parse("", body));
    Input input;
    InputReader reader(parameters, show);
    try {
        input.describe(reader);
        reader.finish();
    } catch (const ApiError& error) {
        EXPECT_EQ(error.type(), expected);
        return error.message();
    }
    return input;
}

TEST(InputReader, FillsEveryKindOfMember) {
    const auto result = read(
        "Pairs.member.2.Value=two&ThingName=abc&Plain=xy&Colour=Green&Count=3&Flag=true&Pairs.member.1.Key=aa&"
        "Pairs.member.1.Value=&Pairs.member.2.Key=bb&Keys.member.1=kk");
    ASSERT_TRUE(std::holds_alternative<Input>(result)) << std::get<std::string>(result);
    const Input& input = std::get<Input>(result);
    EXPECT_EQ(input.thing_name, "abc");
    EXPECT_EQ(input.plain, "xy");
    EXPECT_EQ(input.colour, "Green");
    EXPECT_EQ(input.count, 3);
    EXPECT_EQ(input.flag, true);
    ASSERT_EQ(input.pairs.size(), 2U);
    EXPECT_EQ(input.pairs[0].key, "aa");
    EXPECT_EQ(input.pairs[0].value, "");
    EXPECT_EQ(input.pairs[1].value, "two");
    EXPECT_EQ(input.keys, std::vector<std::string>{"kk"});
}

TEST(InputReader, KeepsDefaultsAndReadsAnEmptyList) {
    const auto result = read("ThingName=abc&Pairs=");
    ASSERT_TRUE(std::holds_alternative<Input>(result)) << std::get<std::string>(result);
    const Input& input = std::get<Input>(result);
    EXPECT_EQ(input.count, 7);
    EXPECT_FALSE(input.plain);
    EXPECT_FALSE(input.flag);
    EXPECT_TRUE(input.pairs.empty());
}

TEST(InputReader, SaysWhatIsViolatedInTheWordsOfAws) {
    const struct {
        const char* body;
        ShowValues show;
        const char* message;
    } cases[] = {
        {"", ShowValues::no,
         "1 validation error detected: Value at 'thingName' failed to satisfy constraint: Member must not be null"},
        {"", ShowValues::yes,
         "1 validation error detected: Value null at 'thingName' failed to satisfy constraint: Member must not be "
         "null"},
        {"ThingName=abcdef", ShowValues::no,
         "1 validation error detected: Value at 'thingName' failed to satisfy constraint: Member must have length less "
         "than or equal to 5"},
        {"ThingName=abcdef", ShowValues::yes,
         "1 validation error detected: Value 'abcdef' at 'thingName' failed to satisfy constraint: Member must have "
         "length less than or equal to 5"},
        {"ThingName=", ShowValues::no,
         "2 validation errors detected: Value at 'thingName' failed to satisfy constraint: Member must have length "
         "greater than or equal to 1; Value at 'thingName' failed to satisfy constraint: Member must satisfy regular "
         "expression pattern: [a-z]+"},
        {"ThingName=A1", ShowValues::no, "The specified value for thingName is invalid. It is bad."},
        {"ThingName=abc&Plain=A", ShowValues::yes,
         "2 validation errors detected: Value 'A' at 'plain' failed to satisfy constraint: Member must have length "
         "greater than or equal to 2; Value 'A' at 'plain' failed to satisfy constraint: Member must satisfy regular "
         "expression pattern: [a-z]+"},
        {"ThingName=abc&Colour=blue", ShowValues::no,
         "1 validation error detected: Value at 'colour' failed to satisfy constraint: Member must satisfy enum value "
         "set: [Red, Green]"},
        {"ThingName=abc&Colour=blue", ShowValues::yes,
         "1 validation error detected: Value 'blue' at 'colour' failed to satisfy constraint: Member must satisfy enum "
         "value set: [Red, Green]"},
        {"ThingName=abc&Count=11", ShowValues::no,
         "1 validation error detected: Value at 'count' failed to satisfy constraint: Member must have value less than "
         "or equal to 10"},
        {"ThingName=abc&Count=0", ShowValues::no,
         "1 validation error detected: Value at 'count' failed to satisfy constraint: Member must have value greater "
         "than or equal to 1"},
        {"ThingName=abc&Pairs.member.1.Key=aa&Pairs.member.1.Value=&Pairs.member.2.Key=B2", ShowValues::no,
         "2 validation errors detected: Value at 'pairs.2.member.key' failed to satisfy constraint: Member must "
         "satisfy "
         "regular expression pattern: [a-z]+; Value at 'pairs.2.member.value' failed to satisfy constraint: "
         "Member must not be null"},
        {"ThingName=abc&Keys.member.1=aa&Keys.member.2=B2", ShowValues::yes,
         "1 validation error detected: Value '[aa, B2]' at 'keys' failed to satisfy constraint: Member must satisfy "
         "constraint: [Member must have length less than or equal to 4, Member must have length greater than or equal "
         "to 2, Member must satisfy regular expression pattern: [a-y]+, Member must not be null]"},
        {"ThingName=abc&Words.member.1=aa&Words.member.3=bb", ShowValues::no,
         "1 validation error detected: Value at 'words' failed to satisfy constraint: Member must satisfy constraint: "
         "[Member must have length less than or equal to 4, Member must have length greater than or equal to 2, Member "
         "must satisfy regular expression pattern: [a-z]+]"},
        {"ThingName=abc&Colours.member.1=Blue", ShowValues::no,
         "1 validation error detected: Value at 'colours' failed to satisfy constraint: Member must satisfy "
         "constraint: "
         "[Member must satisfy enum value set: [Red, Green]]"},
        {"ThingName=abc&Pairs.member.2.Key=aa&Pairs.member.2.Value=v", ShowValues::no,
         "2 validation errors detected: Value at 'pairs.1.member.key' failed to satisfy constraint: Member must not be "
         "null; Value at 'pairs.1.member.value' failed to satisfy constraint: Member must not be null"},
        {"ThingName=abc&Pairs.member.one.Key=aa&Pairs.member.one.Value=v", ShowValues::no,
         "2 validation errors detected: Value at 'pairs.1.member.key' failed to satisfy constraint: Member must not be "
         "null; Value at 'pairs.1.member.value' failed to satisfy constraint: Member must not be null"},
        {"ThingName=abc&Pairs.member.1.Key=aa&Pairs.member.1.Value=v&Pairs.member.2.Key=bb&Pairs.member.2.Value=&"
         "Pairs.member.3.Key=cc&Pairs.member.3.Value=w",
         ShowValues::yes,
         "1 validation error detected: Value '[Pair(key=aa, value=v), Pair(key=bb, value=), Pair(key=cc, value=w)]' at "
         "'pairs' failed to satisfy constraint: Member must have length less than or equal to 2"},
        {"ThingName=abc&Keys.member.1=aa&Keys.member.2=bb&Keys.member.3=cc", ShowValues::yes,
         "1 validation error detected: Value '[aa, bb, cc]' at 'keys' failed to satisfy constraint: Member must have "
         "length less than or equal to 2"},
        {"ThingName=abc&Keys=", ShowValues::no,
         "1 validation error detected: Value at 'keys' failed to satisfy constraint: Member must have length greater "
         "than or equal to 1"},
        {"ThingName=abc&Keys.member.1=aa&Keys.member.2=bb&Keys.member.3=cc", ShowValues::no,
         "1 validation error detected: Value at 'keys' failed to satisfy constraint: Member must have length less than "
         "or equal to 2"},
    };
    for (const auto& [body, show, message] : cases) {
        SCOPED_TRACE(body);
        const auto result = read(body, show);
        ASSERT_TRUE(std::holds_alternative<std::string>(result));
        EXPECT_EQ(std::get<std::string>(result), message);
    }
}

TEST(InputReader, RefusesWhatCannotBeRead) {
    for (const char* value : {"Count=",
                              "Count=x",
                              "Count=1x",
                              "Count=1.5",
                              "Count=1e0",
                              "Count=+9+1",
                              "Count=+%2B1",
                              "Count=%2B-1",
                              "Count=+1",
                              "Count=2147483648",
                              "Count=-2147483649",
                              "Count=99999999999999999999",
                              "Flag=yes",
                              "Flag=",
                              "Flag=True",
                              "Flag=+true",
                              "Flag=null",
                              "Words.member.%2B1=aa",
                              "Words.member.one=aa",
                              "Words.member.0=aa"}) {
        SCOPED_TRACE(value);
        // Before any constraint: the name is too long.
        EXPECT_TRUE(std::holds_alternative<std::string>(
            read(std::string("ThingName=abcdef&") + value, ShowValues::no, error_type::malformed_input)));
    }
}

TEST(InputReader, ReadsNumbersAndBooleansAsAwsDoes) {
    for (const auto& [text, number] : {std::pair("3", 3), {"%2B3", 3}, {"003", 3}, {"%2B010", 10}}) {
        const auto result = read(std::string("ThingName=abc&Count=") + text);
        ASSERT_TRUE(std::holds_alternative<Input>(result)) << text;
        EXPECT_EQ(std::get<Input>(result).count, number) << text;
    }
    for (const auto& [text, flag] : {std::pair("1", true), {"true", true}, {"0", false}, {"false", false}}) {
        const auto result = read(std::string("ThingName=abc&Flag=") + text);
        ASSERT_TRUE(std::holds_alternative<Input>(result)) << text;
        EXPECT_EQ(std::get<Input>(result).flag, flag) << text;
    }
}

TEST(InputReader, SaysTenViolationsAtMost) {
    const auto result = read("ThingName=abc&Pairs.member.11.Key=aa");
    const std::string& message = std::get<std::string>(result);
    EXPECT_TRUE(message.starts_with("10 validation errors detected: Value at 'pairs' ")) << message;
    EXPECT_TRUE(
        message.ends_with("Value at 'pairs.5.member.key' failed to satisfy constraint: Member must not be null"))
        << message;
}

TEST(InputReader, CountsCharactersNotBytes) {
    Parameters parameters;
    ASSERT_FALSE(parameters.parse("", "T=%C3%A4%C3%B6%C3%BC"));
    struct {
        std::string text;
        void describe(Fields& f) { f.required("T", text, TextRule{.max = 3}); }
    } input;
    InputReader reader(parameters, ShowValues::no);
    input.describe(reader);
    EXPECT_NO_THROW(reader.finish());
}

TEST(ModelPrinter, PrintsWhatAnInputDescribes) {
    nlohmann::ordered_json members;
    ModelPrinter printer(members);
    Input input;
    input.describe(printer);
    EXPECT_EQ(nlohmann::json(members), nlohmann::json::parse(R"({
        "ThingName": {"type": "string", "required": true, "min": 1, "max": 5, "pattern": "[a-z]+"},
        "Plain": {"type": "string", "min": 2, "max": 4, "pattern": "[a-z]+"},
        "Colour": {"type": "string", "enum": ["Red", "Green"]},
        "Count": {"type": "integer", "min": 1, "max": 10},
        "Flag": {"type": "boolean"},
        "Pairs": {"type": "list", "max": 2, "member": {"type": "structure", "members": {
            "Key": {"type": "string", "required": true, "min": 2, "max": 4, "pattern": "[a-z]+"},
            "Value": {"type": "string", "required": true}}}},
        "Keys": {"type": "list", "min": 1, "max": 2,
                 "member": {"type": "string", "min": 2, "max": 4, "pattern": "[a-z]+"}},
        "Words": {"type": "list", "member": {"type": "string", "min": 2, "max": 4, "pattern": "[a-z]+"}},
        "Colours": {"type": "list", "member": {"type": "string", "enum": ["Red", "Green"]}}})"));
}

}  // namespace
}  // namespace iamlocal::protocol
