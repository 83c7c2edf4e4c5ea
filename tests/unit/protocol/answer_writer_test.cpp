#include "protocol/answer_writer.hpp"

#include <gtest/gtest.h>

#include "protocol/envelope.hpp"

namespace iamlocal::protocol {
namespace {

using namespace std::chrono_literals;

std::string answer(AnswerFormat format, bool has_result, void (*write)(AnswerWriter&)) {
    std::string out;
    AnswerWriter writer(format, out);
    begin_answer(writer, "GetThing", iam_namespace, has_result);
    if (write != nullptr) write(writer);
    end_answer(writer, "GetThing", has_result, "id-1");
    return out;
}

void write_thing(AnswerWriter& out) {
    out.begin("Thing");
    out.text("Name", "a<b>&\"c\"");
    out.number("Count", -3);
    out.boolean("Yes", true);
    out.time("Made", Seconds{1504362743s});
    out.begin("Empty");
    out.end("Empty");
    out.end("Thing");
    out.begin_list("Items");
    out.begin_member();
    out.text("Key", "k");
    out.end_member();
    out.member("plain");
    out.end_list("Items");
    out.begin_list("None");
    out.end_list("None");
}

TEST(AnswerWriter, WritesOnlyCharactersThatXmlHas) {
    const struct {
        const char* text;
        const char* written;
    } cases[] = {
        {"\xff<\xc3\xa4", "\xEF\xBF\xBD&lt;\xc3\xa4"},
        {"\xEF\xBF\xBE|\xEF\xBF\xBF", "\xEF\xBF\xBD|\xEF\xBF\xBD"},
        {"\xEF\xBF\xBD\xF0\x9F\xBF\xBF", "\xEF\xBF\xBD\xF0\x9F\xBF\xBF"},
        {"\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\x01\x7f\t\n\r", "\xEF\xBF\xBD\x7f\t\n&#xD;"},
    };
    for (const auto& [text, written] : cases) {
        std::string out;
        AnswerWriter writer(AnswerFormat::xml, out);
        writer.text("A", text);
        EXPECT_EQ(out, std::string("\n<A>") + written + "</A>");
    }
    std::string json;
    AnswerWriter writer(AnswerFormat::json, json);
    writer.text("A", "\xff");
    EXPECT_EQ(json, "\"A\":\"\xEF\xBF\xBD\"");
}

TEST(AnswerWriter, MessagesThatRepeatWhatWasSentAreBounded) {
    for (const char* character : {"x", "\xe2\x82\xac"}) {
        std::string message = "a";
        while (message.size() < 1000000) message += character;
        http::Response response;
        write_error(response, AnswerFormat::xml, iam_namespace, ApiError(error_type::validation_error, message));
        EXPECT_LT(response.body.size(), 70000U);
        EXPECT_EQ(response.body.find("\xEF\xBF\xBD"), std::string::npos);
    }
    const std::string name = invalid_action(std::string(100000, '&'), std::string(100000, '"')).message();
    EXPECT_LT(name.size(), 700U);
}

TEST(AnswerWriter, WritesXmlAsAwsLaysItOut) {
    EXPECT_EQ(answer(AnswerFormat::xml, true, write_thing),
              R"(<GetThingResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <GetThingResult>
    <Thing>
      <Name>a&lt;b&gt;&amp;&quot;c&quot;</Name>
      <Count>-3</Count>
      <Yes>true</Yes>
      <Made>2017-09-02T14:32:23Z</Made>
      <Empty/>
    </Thing>
    <Items>
      <member>
        <Key>k</Key>
      </member>
      <member>plain</member>
    </Items>
    <None/>
  </GetThingResult>
  <ResponseMetadata>
    <RequestId>id-1</RequestId>
  </ResponseMetadata>
</GetThingResponse>
)");
}

TEST(AnswerWriter, LeavesTheResultOutOfOperationsWithoutOutput) {
    EXPECT_EQ(answer(AnswerFormat::xml, false, nullptr),
              R"(<GetThingResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <ResponseMetadata>
    <RequestId>id-1</RequestId>
  </ResponseMetadata>
</GetThingResponse>
)");
}

TEST(AnswerWriter, WritesTheSameAsJson) {
    EXPECT_EQ(answer(AnswerFormat::json, true, write_thing),
              R"({"GetThingResponse":{"GetThingResult":{"Thing":{"Name":"a<b>&\"c\"","Count":-3,"Yes":true,)"
              R"("Made":1504362743,"Empty":{}},"Items":[{"Key":"k"},"plain"],"None":[]},)"
              R"("ResponseMetadata":{"RequestId":"id-1"}}})");
}

TEST(AnswerWriter, NeverWritesWhatXmlCannotHold) {
    std::string out;
    AnswerWriter writer(AnswerFormat::xml, out);
    writer.begin_document("R", "", "");
    writer.text("T", std::string_view("a\0b\x01\r\n\t", 7));
    writer.end_document("R", "");
    EXPECT_EQ(out,
              "<R>\n  <T>a\xEF\xBF\xBD"
              "b\xEF\xBF\xBD&#xD;\n\t</T>\n</R>\n");
}

TEST(AnswerWriter, SomeTimesHaveMilliseconds) {
    const Milliseconds time{1504362743007ms};
    std::string xml;
    AnswerWriter(AnswerFormat::xml, xml).time("A", time);
    EXPECT_EQ(xml, "\n<A>2017-09-02T14:32:23.007Z</A>");
    std::string json;
    AnswerWriter(AnswerFormat::json, json).time("A", time);
    EXPECT_EQ(json, "\"A\":1504362743.007");
}

TEST(Errors, WithoutWordsHaveNoElementForThem) {
    http::Response response;
    response.request_id = "id-2";
    write_error(response, AnswerFormat::xml, iam_namespace, ApiError({"InvalidInput", 400}, ""));
    EXPECT_EQ(response.body, R"(<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <Error>
    <Type>Sender</Type>
    <Code>InvalidInput</Code>
  </Error>
  <RequestId>id-2</RequestId>
</ErrorResponse>
)");
}

TEST(Errors, AreWrittenAsAwsWritesThem) {
    http::Response response;
    response.request_id = "id-2";
    write_error(response, AnswerFormat::xml, sts_namespace, ApiError({"NoSuchEntity", 404}, "The \"x\" & y"));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.content_type, "text/xml");
    EXPECT_EQ(response.body, R"(<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error>
    <Type>Sender</Type>
    <Code>NoSuchEntity</Code>
    <Message>The &quot;x&quot; &amp; y</Message>
  </Error>
  <RequestId>id-2</RequestId>
</ErrorResponse>
)");
    write_error(response, AnswerFormat::json, sts_namespace, internal_failure());
    EXPECT_EQ(response.status, 500);
    EXPECT_EQ(response.body,
              R"({"Error":{"Type":"Receiver","Code":"InternalFailure","Message":"The request processing has failed )"
              R"(because of an unknown error, exception or failure."},"RequestId":"id-2"})");
}

TEST(Errors, MayHaveNoMessage) {
    http::Response response;
    response.request_id = "id-3";
    write_error(response, AnswerFormat::xml, iam_namespace, ApiError({"MalformedCertificate", 400}, ""));
    EXPECT_EQ(response.body, R"(<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
  <Error>
    <Type>Sender</Type>
    <Code>MalformedCertificate</Code>
  </Error>
  <RequestId>id-3</RequestId>
</ErrorResponse>
)");
    write_error(response, AnswerFormat::json, iam_namespace, ApiError({"MalformedCertificate", 400}, ""));
    EXPECT_EQ(response.body, R"({"Error":{"Type":"Sender","Code":"MalformedCertificate"},"RequestId":"id-3"})");
}

}  // namespace
}  // namespace iamlocal::protocol
