#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

// RFC 4648 publishes these, with padding.
TEST(Base32, MatchesRfc4648) {
    const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                         {"f", "MY"},
                                                         {"fo", "MZXQ"},
                                                         {"foo", "MZXW6"},
                                                         {"foob", "MZXW6YQ"},
                                                         {"fooba", "MZXW6YTB"},
                                                         {"foobar", "MZXW6YTBOI"}};
    for (const auto& [text, encoded] : cases) EXPECT_EQ(base32_encode(as_bytes(text)), encoded);
    EXPECT_EQ(base32_encode(as_bytes("\xff\xff\xff\xff\xff")), "77777777");
}

TEST(Base64, GoesThereAndBack) {
    const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"\xff\xfe", "//4="}};
    for (const auto& [plain, encoded] : cases) {
        SCOPED_TRACE(encoded);
        EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
        EXPECT_EQ(base64_decode(encoded), plain);
    }
}

TEST(Base64, RefusesWhatIsNotExactlyOfTheForm) {
    for (const char* text : {"Zg", "Zg=", "Z===", "Zm9v\n", "Zh==", "Zm9=", "====", "Zm 9", "Zg==Zg=="}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(base64_decode(text));
    }
}

TEST(Base64Url, HasNoPaddingAndOtherLetters) {
    EXPECT_EQ(base64url_encode(""), "");
    EXPECT_EQ(base64url_encode("a"), "YQ");
    EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
    for (const std::string& bytes : {std::string("\0\xff\x7f", 3), std::string("text"), std::string(100, '\xfe')})
        EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
}

TEST(Base64Url, IsStrict) {
    EXPECT_EQ(base64url_decode(""), "");
    EXPECT_EQ(base64url_decode("-_8"), "\xfb\xff");
    for (const char* text : {"+/8", "-_8=", "A", "-_9", "a b", "AA\n"}) EXPECT_FALSE(base64url_decode(text)) << text;
}

/// Whatever is decoded is the only text for its bytes, and each of the bytes has one.
TEST(Base64Url, EveryTextOfTwoAndThreeDigits) {
    for (const std::string& start : {std::string(), std::string("Zm9v")}) {
        int decoded = 0;
        for (int first = 0; first < 256; ++first) {
            for (int second = 0; second < 256; ++second) {
                const std::string text = start + static_cast<char>(first) + static_cast<char>(second);
                const std::optional<std::string> bytes = base64url_decode(text);
                if (!bytes) continue;
                ++decoded;
                ASSERT_EQ(base64url_encode(*bytes), text);
            }
        }
        EXPECT_EQ(decoded, 256);
    }
    int decoded = 0;
    for (int last = 0; last < 256; ++last) {
        const std::optional<std::string> bytes = base64url_decode(std::string("-_") + static_cast<char>(last));
        if (!bytes) continue;
        ++decoded;
        ASSERT_EQ(base64url_encode(*bytes), std::string("-_") + static_cast<char>(last));
    }
    EXPECT_EQ(decoded, 16);
}

TEST(Base64, EveryByteInEveryPlace) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t at = 0; at < 8; ++at) {
        for (int value = 0; value < 256; ++value) {
            std::string text = "Zm9vYmFy";
            text[at] = static_cast<char>(value);
            const std::optional<std::string> bytes = base64_decode(text);
            // An equals sign at the end is padding, behind a digit with bits that would be lost.
            ASSERT_EQ(bytes.has_value(), digits.find(text[at]) != digits.npos) << value << ' ' << at;
            if (bytes) {
                ASSERT_EQ(base64_encode(as_bytes(*bytes)), text);
            }
        }
    }
}

TEST(Percent, EncodesEverythingButTheUnreserved) {
    EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encode(" +/*{\"\n\xc3\xa4"), "%20%2B%2F%2A%7B%22%0A%C3%A4");
}

TEST(Percent, DecodesBothFormsOfASpace) {
    EXPECT_EQ(percent_decode("a+b%20c%2bd", PlusIs::space), "a b c+d");
    EXPECT_EQ(percent_decode("a+b%20c", PlusIs::plus), "a+b c");
    for (const char* text : {"%", "%2", "%zz", "a%2", "%%20"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(percent_decode(text, PlusIs::space));
    }
}

TEST(Utf8, AcceptsOnlyTheShortestFormsOfRealCodePoints) {
    for (const char* text : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"}) {
        SCOPED_TRACE(text);
        EXPECT_TRUE(is_utf8(text));
    }
    for (const char* text : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff",
                             "\xf8\x88\x80\x80\x80", "a\xe2\x82"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(is_utf8(text));
    }
}

TEST(Utf8, IsRepaired) {
    const struct {
        const char* text;
        const char* repaired;
    } cases[] = {
        {"", ""},
        {"plain \xc3\xa4", "plain \xc3\xa4"},
        {"\xff", "\xEF\xBF\xBD"},
        {"a\xff\xfe"
         "b",
         "a\xEF\xBF\xBD\xEF\xBF\xBD"
         "b"},
        {"\xe2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"12345678\xc3(\xc3\xa4", "12345678\xEF\xBF\xBD(\xc3\xa4"},
        {"\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (const auto& [text, repaired] : cases) {
        std::string out = "x";
        append_repaired(out, text);
        EXPECT_EQ(out, std::string("x") + repaired);
    }
    std::string json;
    json_append(json, "a\xff\"");
    EXPECT_EQ(json, "a\xEF\xBF\xBD\\\"");
}

TEST(Case, FoldsAsciiOnly) {
    EXPECT_EQ(fold_case(std::string_view("AbC-\xc3\x84")), "abc-\xc3\x84");
    EXPECT_TRUE(equals_ignoring_case("HOST", "host"));
    EXPECT_FALSE(equals_ignoring_case("host", "hosts"));
}

TEST(Case, IsIgnoredInEachPlace) {
    const std::string text = "X-Amz-Date: z";
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (int value = 0; value < 256; ++value) {
            std::string other = text;
            other[at] = static_cast<char>(value);
            ASSERT_EQ(equals_ignoring_case(text, other), fold_case(other) == fold_case(text)) << at << ' ' << value;
        }
    }
}

TEST(JsonAppend, EscapesEachByteWhereverItStands) {
    for (int value = 0; value < 0x80; ++value) {
        const char byte = static_cast<char>(value);
        std::string alone;
        json_append(alone, {&byte, 1});
        for (std::size_t at = 0; at < 20; ++at) {
            std::string text(20, 'x');
            text[at] = byte;
            std::string out;
            json_append(out, text);
            ASSERT_EQ(out, text.substr(0, at) + alone + text.substr(at + 1)) << value << ' ' << at;
        }
    }
}

TEST(JsonAppend, EscapesWhatAStringMayNotHave) {
    std::string out = "x";
    json_append(out, "plain \"quoted\" back\\slash\n\x01\x7f \xc3\xa4/");
    EXPECT_EQ(out, "xplain \\\"quoted\\\" back\\\\slash\\u000a\\u0001\\u007f \xc3\xa4/");
    out.clear();
    json_append(out, "");
    EXPECT_EQ(out, "");
}

TEST(TakeEncodedByte, ReadsOneAndStopsBeforeWhatIsBroken) {
    const std::string_view text = "a%2b+%g0";
    std::size_t at = 0;
    EXPECT_EQ(take_encoded_byte(text, at, PlusIs::space), 'a');
    EXPECT_EQ(take_encoded_byte(text, at, PlusIs::space), '+');
    EXPECT_EQ(at, 4u);
    std::size_t same = at;
    EXPECT_EQ(take_encoded_byte(text, same, PlusIs::plus), '+');
    EXPECT_EQ(take_encoded_byte(text, at, PlusIs::space), ' ');
    EXPECT_EQ(take_encoded_byte(text, at, PlusIs::space), std::nullopt);
    EXPECT_EQ(at, 5u);
    for (const std::string_view cut : {"%", "%2"}) {
        at = 0;
        EXPECT_EQ(take_encoded_byte(cut, at, PlusIs::plus), std::nullopt) << cut;
    }
}

TEST(FormPairs, AreTakenOneByOne) {
    const auto all = [](std::string_view text) {
        std::string found;
        FormPairs pairs(text);
        while (const auto pair = pairs.next()) found.append(pair->name).append(":").append(pair->value).append(";");
        return found;
    };
    EXPECT_EQ(all(""), "");
    EXPECT_EQ(all("&&"), "");
    EXPECT_EQ(all("a=1&b=%26&"), "a:1;b:%26;");
    EXPECT_EQ(all("&a&=x&b=&c==d"), "a:;:x;b:;c:=d;");
}

}  // namespace
}  // namespace iamlocal
