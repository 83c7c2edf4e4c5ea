#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

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

TEST(Case, FoldsAsciiOnly) {
    EXPECT_EQ(fold_case(std::string_view("AbC-\xc3\x84")), "abc-\xc3\x84");
    EXPECT_TRUE(equals_ignoring_case("HOST", "host"));
    EXPECT_FALSE(equals_ignoring_case("host", "hosts"));
}

}  // namespace
}  // namespace iamlocal
