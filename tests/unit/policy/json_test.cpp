#include "policy/json.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace iamlocal::policy::json {
namespace {

constexpr Limits limits{1000, 8};

TEST(Json, KeepsTextAndPlace) {
    const std::string text = R"( {"a": [1.50, true, "x\u00e9\ud83d\ude00\n"], "b": null} )";
    const auto parsed = parse(text, limits);
    const Value& value = std::get<Document>(parsed).root();
    EXPECT_TRUE(value.is(Type::object));
    EXPECT_EQ(value.begin, 1U);
    EXPECT_EQ(value.end, text.size() - 1);
    const Value* array = value.find("a");
    ASSERT_TRUE(array);
    ASSERT_EQ(array->items.size(), 3U);
    EXPECT_EQ(array->items[0].text, "1.50");
    EXPECT_EQ(array->items[1].text, "true");
    EXPECT_EQ(array->items[2].text, "xé😀\n");
    EXPECT_EQ(text.substr(array->items[2].begin, array->items[2].end - array->items[2].begin),
              R"("x\u00e9\ud83d\ude00\n")");
    EXPECT_TRUE(value.find("b")->is(Type::null));
    EXPECT_EQ(value.find("c"), nullptr);
}

TEST(Json, AcceptsWhatTheStandardAccepts) {
    for (const std::string_view text :
         {"{}", "[]", "\"\"", "0", "-0", "-1.5e+10", "1E5", "[[],{}]", " \t\r\n[ 1 , 2 ] ", R"("\"\\\/\b\f\n\r\t")",
          R"({"":""})", R"("\uD83D\uDE00")", "\"\x7f\"", "null"}) {
        EXPECT_TRUE(std::holds_alternative<Document>(parse(text, limits))) << text;
    }
}

TEST(Json, RefusesTheRest) {
    for (const std::string& text : {
             std::string(),
             std::string(" "),
             std::string("{"),
             std::string("}"),
             std::string("[1,]"),
             std::string("[1 2]"),
             std::string(R"({"a":1,})"),
             std::string(R"({"a"})"),
             std::string(R"({"a":})"),
             std::string(R"({a:1})"),
             std::string(R"({'a':1})"),
             std::string("[1]x"),
             std::string("01"),
             std::string("1."),
             std::string(".5"),
             std::string("+1"),
             std::string("-"),
             std::string("1e"),
             std::string("tru"),
             std::string("True"),
             std::string("NaN"),
             std::string("\"a"),
             std::string("\"a\nb\""),
             std::string("\"\\x\""),
             std::string("\"\\u12\""),
             std::string("\"\\u12g4\""),
             std::string("\"\\u0000\""),
             std::string("\"\\ud800\""),
             std::string("\"\\ud800x\""),
             std::string("\"\\ud800\\u0041\""),
             std::string("\"\\udc00\""),
             std::string("\"\\"),
             std::string("\"\0\"", 3),
             std::string("{}\0", 3),
             std::string("\"\xff\""),
             std::string("\"\xc0\x80\""),
             std::string("\"\xed\xa0\x80\""),
             std::string("\xef\xbb\xbf{}"),
             std::string("// x\n{}"),
         }) {
        EXPECT_TRUE(std::holds_alternative<Error>(parse(text, limits))) << text;
    }
}

TEST(Json, SeesEveryByteOfAString) {
    for (std::size_t size = 0; size < 20; ++size) {
        SCOPED_TRACE(size);
        const std::string plain(size, '!');  // one more than what comes before a quote
        const std::string text = "[\"" + plain + "\xC3\xA9\x7F\", \"" + plain + "\\n" + plain + "\"]";
        const auto parsed = parse(text, limits);
        ASSERT_TRUE(std::holds_alternative<Document>(parsed));
        const Value& value = std::get<Document>(parsed).root();
        ASSERT_EQ(value.items.size(), 2U);
        EXPECT_EQ(value.items[0].text, plain + "\xC3\xA9\x7F");
        EXPECT_EQ(value.items[1].text, plain + "\n" + plain);
        for (const char control : {'\x01', '\n', '\x1F'}) {
            const std::string broken = "[\"" + plain + control + "12345678\"]";
            const auto refused = parse(broken, limits);
            ASSERT_TRUE(std::holds_alternative<Error>(refused)) << int{control};
            EXPECT_EQ(std::get<Error>(refused).at, size + 2);
        }
    }
}

TEST(Json, ValuesMoveWithTheirDocument) {
    const std::string text = R"({"a":["x\ty",{"b":"plain"}]})";
    auto parsed = parse(text, limits);
    const Document moved = std::get<Document>(std::move(parsed));
    const Value* const a = moved.root().find("a");
    ASSERT_TRUE(a);
    EXPECT_EQ(a->items[0].text, "x\ty");
    EXPECT_EQ(a->items[1].find("b")->text, "plain");
    EXPECT_EQ(a->find("a"), nullptr) << "arrays have no names";
}

TEST(Json, RefusesAKeyTwice) {
    EXPECT_TRUE(std::holds_alternative<Error>(parse(R"({"a":1,"b":2,"a":3})", limits)));
    EXPECT_TRUE(std::holds_alternative<Error>(parse(R"({"a":1,"\u0061":3})", limits)));
    EXPECT_TRUE(std::holds_alternative<Document>(parse(R"({"a":1,"A":3})", limits)));
    EXPECT_TRUE(std::holds_alternative<Document>(parse(R"([{"a":1},{"a":3}])", limits)));
    std::string many = "{";
    for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i) + "\":0,";
    EXPECT_TRUE(std::holds_alternative<Document>(parse(many + "\"last\":0}", limits)));
    EXPECT_TRUE(std::holds_alternative<Error>(parse(many + "\"k7\":0}", limits)));
}

TEST(Json, SaysWhatIsWrongAndWhere) {
    const struct {
        std::string text;
        std::size_t at;
        std::string_view reason;
    } rows[] = {
        {"{,}", 1, "this is not JSON"},
        {"{\"a\":", 5, "the text ends too early"},
        {R"({"a":1, "b":2, "a":3})", 15, "this key is in the object twice"},
        {"[[[[[[[[[[]]]]]]]]]]", 9, "objects and arrays are nested too deep"},
        {std::string("[\0]", 3), 1, "a policy has no NUL"},
        {R"(["\u0000"])", 8, "a policy has no NUL"},
        {"[\"\xC3\xA9\xFF\"]", 4, "this byte is not UTF-8"},
        {"[\"\xE2\x82\"]", 2, "this byte is not UTF-8"},
        {"\xEF\xBB\xBF{}", 0, "the text begins with a byte order mark"},
        {"\xFF\xFE{", 0, "the text is UTF-16; save it as UTF-8"},
        {std::string("{\0}\0", 4), 0, "the text is UTF-16; save it as UTF-8"},
        {std::string(2000, ' '), 0, "the text is too long"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.text);
        const auto parsed = parse(row.text, limits);
        const auto* const error = std::get_if<Error>(&parsed);
        ASSERT_TRUE(error);
        EXPECT_EQ(error->at, row.at);
        EXPECT_EQ(error->reason, row.reason);
    }
}

TEST(Json, BoundsSizeAndDepth) {
    EXPECT_TRUE(std::holds_alternative<Document>(parse("[[[[[[[[[]]]]]]]]]", limits)));
    EXPECT_TRUE(std::holds_alternative<Error>(parse("[[[[[[[[[[]]]]]]]]]]", limits)));
    EXPECT_TRUE(std::holds_alternative<Document>(parse("\"" + std::string(998, 'x') + "\"", limits)));
    EXPECT_TRUE(std::holds_alternative<Error>(parse("\"" + std::string(999, 'x') + "\"", limits)));
    EXPECT_TRUE(std::holds_alternative<Error>(parse(std::string(100'000, '['), {1'000'000, 32})));
}

}  // namespace
}  // namespace iamlocal::policy::json
