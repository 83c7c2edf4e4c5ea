#include "templates/render.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::templates {
namespace {

const Values values = {{"Name", {"bob"}},
                       {"Names", {"a", "b"}},
                       {"None", {}},
                       {"On", {"True"}},
                       {"Off", {"true"}},
                       {"Quote", {"\"}"}},
                       {"Nested", {"@{Name}"}},
                       {"Many", std::vector<std::string>(100, "x")}};

std::string text_of(const Rendered& rendered) {
    if (const auto* const missing = std::get_if<MissingParameter>(&rendered)) return "missing " + missing->name;
    if (std::holds_alternative<TooLarge>(rendered)) return "too large";
    return std::get<std::string>(rendered);
}

std::string document(std::string_view json) { return text_of(render_document(json, values)); }

TEST(RenderText, PutsValuesInTheirPlaces) {
    EXPECT_EQ(text_of(render_text("role-@{Name}/@{Name}", values)), "role-bob/bob");
    EXPECT_EQ(text_of(render_text("", values)), "");
    EXPECT_EQ(text_of(render_text("@{Names}", values)), "a,b");
    EXPECT_EQ(text_of(render_text("@{Absent}", values)), "missing Absent");
    EXPECT_EQ(text_of(render_text("@ {Name} @{Name", values)), "@ {Name} @{Name");
    EXPECT_EQ(text_of(render_text("@{Nested}", values)), "@{Name}");  // a value is no template
}

TEST(RenderText, NamesItsParameters) {
    EXPECT_THAT(parameters_in("@{Name}@{Other}x@{Name}@{"), testing::ElementsAre("Name", "Other"));
    EXPECT_THAT(parameters_in("none"), testing::IsEmpty());
}

TEST(RenderDocument, KeepsWhatIsNoPlaceholder) {
    EXPECT_EQ(document(R"({ "a" : [1, true, null, "x\n"], "b": {} })"), R"({"a":[1,true,null,"x\u000a"],"b":{}})");
    EXPECT_EQ(document("not JSON"), "not JSON");
}

TEST(RenderDocument, EscapesValues) {
    EXPECT_EQ(document(R"({"a":"@{Quote}"})"), R"({"a":"\"}"})");
    EXPECT_EQ(document(R"({"@{Quote}":1})"), R"({"\"}":1})");
}

TEST(RenderDocument, ListsBecomeStrings) {
    EXPECT_EQ(document(R"({"a":"@{Names}"})"), R"({"a":["a","b"]})");
    EXPECT_EQ(document(R"({"a":["x","@{Names}/*","y"]})"), R"({"a":["x","a/*","b/*","y"]})");
    EXPECT_EQ(document(R"({"a":"@{Names}@{Names}"})"), R"({"a":["aa","ab","ba","bb"]})");
    EXPECT_EQ(document(R"({"a":["@{None}"],"b":"@{None}"})"), R"({"a":[],"b":[]})");
}

TEST(RenderDocument, SwitchesStatements) {
    EXPECT_EQ(document(R"([{"@Enabled":"@{On}","a":1},{"@Enabled":"@{Off}","a":"@{Absent}"},{"@Enabled":"On","b":1},)"
                       R"({"@Enabled":"@{Absent}"}])"),
              R"([{"a":1},{"b":1}])");
}

TEST(RenderDocument, SaysWhatIsMissing) {
    EXPECT_EQ(document(R"({"a":[{"b":"@{Absent}"}]})"), "missing Absent");
    EXPECT_EQ(document(R"({"@{Absent}":1})"), "missing Absent");
}

TEST(RenderDocument, HasItsLimit) {
    EXPECT_EQ(document(R"({"a":"@{Many}@{Many}"})"), "too large");
    std::string much = "[";
    for (int i = 0; i < 4000; ++i) much.append(R"("@{Many}01234567890",)");
    EXPECT_EQ(document(much.append("1]")), "too large");
}

}  // namespace
}  // namespace iamlocal::templates
