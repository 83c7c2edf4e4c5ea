#include "api/page.hpp"

#include "unit/api/fixture.hpp"

namespace iamlocal::api {
namespace {

/// The marker that an answer gives for `next`.
std::string marker_for(const std::string& next, const std::string& operation = "ListUsers") {
    std::string text;
    protocol::AnswerWriter out(protocol::AnswerFormat::xml, text);
    out.begin_document(operation, "Response", {});
    write_page_end(out, next);
    const std::size_t begin = text.find("<Marker>");
    if (begin == std::string::npos) return {};
    return text.substr(begin + 8, text.find("</Marker>") - begin - 8);
}

TEST(Page, AMarkerLeadsBackToItsPlace) {
    for (const std::string next : {"bob", "local/reader", "2/job", "Größe", "m1:x"}) {
        SCOPED_TRACE(next);
        const PageInput page{marker_for(next), 7, "ListUsers"};
        const store::PageRequest request = page.request();
        EXPECT_EQ(request.after, next);
        EXPECT_EQ(request.limit, 7u);
    }
}

TEST(Page, RefusesTheMarkerOfAnotherOperation) {
    for (const char* operation : {"ListGroups", "ListUser", "ListUserss", ""}) {
        const PageInput page{marker_for("bob"), 7, operation};
        EXPECT_EQ(message_of([&] { page.request(); }), "Invalid Marker.") << operation;
        EXPECT_EQ(message_of([&] { slice(page, 5); }), "Invalid Marker.") << operation;
    }
}

TEST(Page, TheLastPageHasNoMarker) {
    std::string text;
    protocol::AnswerWriter out(protocol::AnswerFormat::xml, text);
    write_page_end(out, "");
    EXPECT_NE(text.find("<IsTruncated>false</IsTruncated>"), std::string::npos) << text;
    EXPECT_EQ(text.find("Marker"), std::string::npos) << text;
}

TEST(Page, RefusesMarkersThatAreNotOurs) {
    // "bob", "m2::", "m2::\0", "m2::\xFF"
    for (const std::string marker : {"bob", "Ym9i", "bTI6Og==", "bTI6OgA=", "bTI6Ov8=", "m2::bob"}) {
        SCOPED_TRACE(marker);
        const PageInput page{marker, 100, {}};
        const bool ours = marker == "bTI6Og==";  // the empty place
        EXPECT_EQ(message_of([&] { page.request(); }), ours ? "" : "Invalid Marker.");
    }
}

TEST(Page, SlicesAShortList) {
    const PageInput first{"", 2, "ListUsers"};
    SliceBounds bounds = slice(first, 5);
    EXPECT_EQ(bounds.begin, 0u);
    EXPECT_EQ(bounds.end, 2u);
    const PageInput second{marker_for(bounds.next), 100, "ListUsers"};
    bounds = slice(second, 5);
    EXPECT_EQ(bounds.begin, 2u);
    EXPECT_EQ(bounds.end, 5u);
    EXPECT_EQ(bounds.next, "");
    // The list may have become shorter.
    bounds = slice(second, 1);
    EXPECT_EQ(bounds.begin, 1u);
    EXPECT_EQ(bounds.end, 1u);
    EXPECT_EQ(code_of([&] { slice(PageInput{marker_for("two"), 1, "ListUsers"}, 5); }), "ValidationError");
}

}  // namespace
}  // namespace iamlocal::api
