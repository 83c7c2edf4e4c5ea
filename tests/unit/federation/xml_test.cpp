#include "federation/xml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::federation::xml {
namespace {

Element parsed(std::string_view document) {
    std::optional<Element> root = parse(document);
    EXPECT_TRUE(root) << document;
    return root.value_or(Element{});
}

TEST(Xml, PrefixesStandForNamespaces) {
    const Element root =
        parsed(R"(<a:r xmlns:a="urn:1" xmlns="urn:2" a:x="1" x="2"><c/><a:c xmlns:a="urn:3"/><c xmlns=""/></a:r>)");
    EXPECT_TRUE(root.is("urn:1", "r"));
    ASSERT_EQ(root.children.size(), 3U);
    EXPECT_TRUE(root.children[0].is("urn:2", "c"));
    EXPECT_TRUE(root.children[1].is("urn:3", "c"));
    EXPECT_TRUE(root.children[2].is("", "c"));
    ASSERT_EQ(root.attributes.size(), 2U);
    EXPECT_EQ(root.attributes[0].name_space, "urn:1");
    EXPECT_EQ(*root.find("x"), "2") << "attributes without a prefix have no namespace";
    EXPECT_EQ(root.find("y"), nullptr);
}

TEST(Xml, ADeclarationEndsWithItsElement) {
    EXPECT_FALSE(parse(R"(<r><c xmlns:a="urn:1"/><a:c/></r>)"));
    EXPECT_TRUE(parsed(R"(<r xmlns="urn:1"><c xmlns="urn:2"/><d/></r>)").children[1].is("urn:1", "d"));
}

TEST(Xml, EntitiesAreReplacedInTextsAndAttributesAndNotInSections) {
    const Element root = parsed("<r a=\"&lt;&#65;&#x20AC;\">&amp;&gt;<![CDATA[&amp;<]]>&quot;&apos;<!-- no --></r>");
    EXPECT_EQ(*root.find("a"), "<A\xe2\x82\xac");
    EXPECT_EQ(root.text, "&>&amp;<\"'");
}

TEST(Xml, WhatStandsBesideTheRoot) {
    EXPECT_TRUE(parse("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<!-- a --><?pi b?><r/>\n<!-- c -->"));
    EXPECT_FALSE(parse("<r/>text"));
    EXPECT_FALSE(parse("text<r/>"));
    EXPECT_FALSE(parse("<r/><?xml version=\"1.0\"?>"));
}

TEST(Xml, WhatIsNotWellFormed) {
    for (const char* document : {
             "",
             " ",
             "text",
             "<r>",
             "<r></s>",
             "<r",
             "<r/><r/>",
             "<!-- a -->",
             "<r a='1' a='2'/>",
             "<r a=1/>",
             "<r a='<'/>",
             "<a:r/>",
             "<r a:b='1'/>",
             "<r xmlns:a=''/>",
             "<:r/>",
             "<r:/>",
             "<a:b:c xmlns:a='u'/>",
             "<r xmlns:a='u' xmlns:b='u' a:x='1' b:x='2'/>",
             "<r xmlns:xmlns='u'/>",
             "<r xmlns:xml='u'/>",
             "<r xmlns:a='http://www.w3.org/XML/1998/namespace'/>",
             "<r>&nbsp;</r>",
             "<r>&;</r>",
             "<r>&</r>",
             "<r>&#0;</r>",
             "<r>&#xD800;</r>",
             "<r>&#1114112;</r>",
             "<r>&#99999999999;</r>",
             "<r>&#-1;</r>",
             "<r a='&x;'/>",
             "<r>]]></r>",
             "<r>\x01</r>",
             "<r>\xff</r>",
             "<r>\xef\xbf\xbf</r>",
             "\xef\xbb\xbf<r/>",
             "<r><![CDATA[</r>",
             "<r><!-- </r>",
         })
        EXPECT_FALSE(parse(document)) << document;
    EXPECT_FALSE(parse(std::string_view("<r>\0</r>", 8)));
}

TEST(Xml, DocumentTypesAreRefused) {
    EXPECT_FALSE(parse("<!DOCTYPE r><r/>"));
    EXPECT_FALSE(parse("<!DOCTYPE r [<!ENTITY a 'b'>]><r>&a;</r>"));
    EXPECT_FALSE(parse("<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>"));
    EXPECT_FALSE(parse("<r><!DOCTYPE r></r>"));
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<e>";
    for (std::size_t i = 0; i < depth; ++i) text += "</e>";
    return text;
}

TEST(Xml, DepthNamespacesAndDeclarationsAreBounded) {
    const auto with_children = [](std::size_t count) {
        std::string text = "<a>";
        for (std::size_t i = 0; i < count; ++i) text += "<b/>";
        return text + "</a>";
    };
    EXPECT_TRUE(parse(with_children(19'999)));
    EXPECT_FALSE(parse(with_children(20'000)));
    EXPECT_TRUE(parse(nested(64)));
    EXPECT_FALSE(parse(nested(65)));
    EXPECT_FALSE(parse(nested(100'000)));
    EXPECT_TRUE(parse("<r xmlns='" + std::string(256, 'u') + "'/>"));
    EXPECT_FALSE(parse("<r xmlns='" + std::string(257, 'u') + "'/>"));
    const auto declaring = [](int count) {
        std::string text = "<r";
        for (int i = 0; i < count; ++i) text += " xmlns:p" + std::to_string(i) + "='u'";
        return text + "/>";
    };
    EXPECT_TRUE(parse(declaring(256)));
    EXPECT_FALSE(parse(declaring(257)));
}

}  // namespace
}  // namespace iamlocal::federation::xml
