#include "sts/session_tags.hpp"

#include <gtest/gtest.h>

#include "aws/error.hpp"
#include "sts/errors.hpp"

namespace iamlocal::sts {
namespace {

using Tags = std::vector<store::Tag>;
using Names = std::vector<std::string>;

std::string refusal(const auth::SessionClaims* calling, const Tags& given, const Names& transitive) {
    try {
        session_tags(calling, given, transitive);
    } catch (const ApiError& error) {
        EXPECT_EQ(error.type(), error_type::invalid_parameter_value);
        return error.message();
    }
    return {};
}

TEST(SessionTags, PersistThroughChainingOnlyIfTransitive) {
    auth::SessionClaims calling;
    calling.tags = {{"Keep", "1"}, {"Drop", "2"}};
    calling.transitive_tag_keys = {"keep"};
    const SessionTags tags = session_tags(&calling, {{"New", "3"}}, {"new"});
    EXPECT_EQ(tags.all, (Tags{{"Keep", "1"}, {"New", "3"}}));
    EXPECT_EQ(tags.transitive, (Names{"keep", "new"}));
}

TEST(SessionTags, FollowTheRulesOfAws) {
    auth::SessionClaims calling;
    calling.tags = {{"Keep", "1"}};
    calling.transitive_tag_keys = {"Keep"};
    EXPECT_EQ(refusal(nullptr, {{"SessionTag1", "x"}}, {"sessiontag1"}), "");
    EXPECT_EQ(refusal(nullptr, {{"a", "x"}}, {"b"}),
              "The specified transitive tag key must be included in the requested tags.");
    EXPECT_EQ(refusal(nullptr, {{"a", "x"}, {"A", "y"}}, {}),
              "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    for (const store::Tag& reserved : {store::Tag{"aws:a", "x"}, {"AWS:a", "x"}})
        EXPECT_EQ(refusal(nullptr, {reserved}, {}), "Tag keys beginning with aws: are reserved for system use.")
            << reserved.key;
    for (const store::Tag& fine : {store::Tag{"awsome", "aws"}, {"a", "aws:x"}})
        EXPECT_EQ(refusal(nullptr, {fine}, {}), "") << fine.key;
    EXPECT_EQ(
        refusal(&calling, {{"KEEP", "x"}}, {}),
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from "
        "the calling session.");
}

}  // namespace
}  // namespace iamlocal::sts
