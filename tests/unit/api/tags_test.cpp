#include "api/tags.hpp"

#include <fmt/format.h>

#include "unit/api/fixture.hpp"

namespace iamlocal::api {
namespace {

using store::tags::KeyCase;

std::vector<store::Tag> numbered(int count, int first = 0) {
    std::vector<store::Tag> tags;
    for (int i = first; i < first + count; ++i) tags.push_back({fmt::format("k{}", i), "v"});
    return tags;
}

class TagsTest : public ApiTest {
  protected:
    TagsTest() { sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")); }
};

TEST_F(TagsTest, RefusesReservedAndRepeatedKeys) {
    const struct {
        std::vector<store::Tag> tags;
        const char* code;
    } cases[] = {
        {{}, "none"},
        {{{"a", "1"}, {"b", "1"}}, "none"},
        {{{"awsome", "1"}}, "none"},
        {{{"aws:a", "1"}}, "InvalidInput"},
        {{{"AWS:a", "1"}}, "InvalidInput"},
        {{{"a", "aws:1"}}, "none"},
        {{{"a", "1"}, {"A", "2"}}, "InvalidInput"},
    };
    for (const auto& [tags, code] : cases) {
        SCOPED_TRACE(tags.empty() ? "none" : tags.front().key);
        EXPECT_EQ(code_of([&] { require_valid_tags(ctx_, tags, KeyCase::ignored); }), code);
    }
    EXPECT_EQ(code_of([&] { require_valid_tags(ctx_, {{"a", "1"}, {"A", "2"}}, KeyCase::kept); }), "none");
    EXPECT_EQ(code_of([&] { require_valid_tags(ctx_, {{"a", "1"}, {"a", "2"}}, KeyCase::kept); }), "InvalidInput");
    EXPECT_EQ(code_of([&] { require_valid_tags(ctx_, numbered(51), KeyCase::kept); }), "LimitExceeded");
}

TEST_F(TagsTest, SayWhatIsWrongInTheOrderOfAws) {
    const auto refusal = [&](std::vector<store::Tag> tags, KeyCase key_case) -> std::string {
        try {
            require_valid_tags(ctx_, tags, key_case);
        } catch (const ApiError& error) {
            return error.message();
        }
        return "none";
    };
    const std::string repeated = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    EXPECT_EQ(refusal({{"a", "1"}, {"A", "2"}, {"aws:b", "3"}}, KeyCase::ignored),
              "Tag keys beginning with aws: are reserved for system use.");
    EXPECT_EQ(refusal({{"a", "1"}, {"A", "2"}}, KeyCase::ignored), repeated);
    EXPECT_EQ(refusal({{"a", "1"}, {"a", "2"}}, KeyCase::kept), "Duplicate tag keys found.");
    std::vector<store::Tag> many = numbered(51);
    many.push_back(many.front());
    EXPECT_EQ(refusal(many, KeyCase::ignored), repeated);
}

TEST_F(TagsTest, AtLeastOneIsAdded) {
    const std::string id = add_user("bob").id;
    try {
        tag_entity(ctx_, id, {});
        FAIL();
    } catch (const ApiError& error) {
        EXPECT_EQ(error.type(), error_type::invalid_input);
        EXPECT_EQ(error.message(), "Error occurred while validating input. ");
    }
}

TEST_F(TagsTest, FiftyAtMost) {
    const std::string id = add_user("bob", numbered(49)).id;
    tag_entity(ctx_, id, {{"K48", "changed"}, {"last", "v"}});  // one of them is there already
    EXPECT_EQ(store::tags::all(tx_, account, id).size(), 50u);
    EXPECT_EQ(code_of([&] { tag_entity(ctx_, id, {{"more", "v"}}); }), "LimitExceeded");
    EXPECT_EQ(code_of([&] { tag_entity(ctx_, id, {{"LAST", "w"}}); }), "none");
    EXPECT_EQ(store::tags::all(tx_, account, id).size(), 50u);
}

TEST_F(TagsTest, WrittenEvenWhenThereAreNoneIfTheOperationSaysSo) {
    std::string left_out;
    std::string written;
    protocol::AnswerWriter first(protocol::AnswerFormat::xml, left_out);
    protocol::AnswerWriter second(protocol::AnswerFormat::xml, written);
    write_tags(first, {}, WhenEmpty::leave_out);
    write_tags(second, {}, WhenEmpty::write);
    EXPECT_EQ(left_out, "");
    EXPECT_NE(written.find("<Tags/>"), std::string::npos) << written;
}

}  // namespace
}  // namespace iamlocal::api
