// Answers as records show them, in both forms that answers have.
#include "trail/response_elements.hpp"

#include <gtest/gtest.h>

#include "protocol/envelope.hpp"

namespace iamlocal::trail {
namespace {

using protocol::AnswerFormat;
using protocol::AnswerWriter;

/// An answer with every kind of element.
void write_all(AnswerWriter& out) {
    protocol::begin_answer(out, "CreateThing", "urn:x", true);
    out.begin("Thing");
    out.text("SAMLName", "a <b> & \"c\"\r\n é");
    out.text("Blank", "  ");
    out.text("Empty", "");
    out.secret("SecretAccessKey", "hush");
    out.number("Count", -7);
    out.boolean("IsDefault", true);
    out.time("CreateDate", Seconds(std::chrono::seconds(1'782'864'499)));
    out.begin_list("Tags");
    out.begin_member();
    out.text("Key", "k");
    out.text("Value", "v");
    out.end_member();
    out.end_list("Tags");
    out.begin_list("Names");
    out.member("one");
    out.member("two");
    out.end_list("Names");
    out.begin_list("None");
    out.end_list("None");
    out.begin("Map");
    out.map_entry("Users", 3);
    out.map_entry("Key/Name", "text");
    out.end("Map");
    out.begin("Nothing");
    out.end("Nothing");
    out.end("Thing");
    protocol::end_answer(out, "CreateThing", true, "id");
}

Json read(AnswerFormat format, DateForm dates) {
    std::string answer;
    std::string kinds;
    AnswerWriter out(format, answer, &kinds);
    write_all(out);
    return response_elements(answer, kinds, dates);
}

TEST(ResponseElements, AreReadFromXmlAndJson) {
    const Json expected = Json::parse(R"({"thing":{"sAMLName":"a <b> & \"c\"\r\n é","blank":"  ","empty":"","count":-7,
        "isDefault":true,"createDate":"2026-07-01T00:08:19Z","tags":[{"key":"k","value":"v"}],"names":["one","two"],
        "none":[],"map":{"Users":3,"Key/Name":"text"},"nothing":{}}})");
    EXPECT_EQ(read(AnswerFormat::xml, DateForm::iso8601).dump(), expected.dump());
    EXPECT_EQ(read(AnswerFormat::json, DateForm::iso8601).dump(), expected.dump());
}

TEST(ResponseElements, HaveDatesInWordsWhereStsAnswers) {
    EXPECT_EQ(read(AnswerFormat::xml, DateForm::words)["thing"]["createDate"], "Jul 1, 2026, 12:08:19 AM");
    EXPECT_EQ(read(AnswerFormat::json, DateForm::words)["thing"]["createDate"], "Jul 1, 2026, 12:08:19 AM");
}

TEST(ResponseElements, AreNullWhereNothingFits) {
    std::string answer;
    std::string kinds;
    AnswerWriter out(AnswerFormat::xml, answer, &kinds);
    write_all(out);
    for (std::size_t length = 0; length < kinds.size(); ++length)
        EXPECT_TRUE(response_elements(answer, std::string_view(kinds).substr(0, length), DateForm::words).is_null())
            << length;
    EXPECT_TRUE(response_elements("", kinds, DateForm::words).is_null());
    EXPECT_TRUE(response_elements("<a>", "{", DateForm::words).is_null());
    EXPECT_TRUE(response_elements("{}", "{", DateForm::words).is_null());
    EXPECT_TRUE(response_elements("<XResponse><XResult/></XResponse>", "{{", DateForm::words).is_null());
    // Numbers and dates that are none.
    EXPECT_TRUE(response_elements("<X><YResult><N>x</N></YResult></X>", "{{n", DateForm::words).is_null());
    EXPECT_TRUE(response_elements("<X><YResult><N>x</N></YResult></X>", "{{d", DateForm::words).is_null());
    EXPECT_TRUE(response_elements("<X><YResult><N>x</N></YResult></X>", "{{?", DateForm::words).is_null());
}

TEST(AnswerWriter, NotesNothingUnlessAsked) {
    std::string with;
    std::string without;
    std::string kinds;
    AnswerWriter noted(AnswerFormat::xml, with, &kinds);
    AnswerWriter plain(AnswerFormat::xml, without);
    write_all(noted);
    write_all(plain);
    EXPECT_EQ(with, without);
    EXPECT_EQ(kinds, "{{{tttsnbd[{tt[tt[{Mm{{t");
}

}  // namespace
}  // namespace iamlocal::trail
