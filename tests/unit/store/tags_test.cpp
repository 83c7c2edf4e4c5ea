#include "store/tags.hpp"

#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TagsTest : public StoreTest {
  protected:
    void set(std::vector<Tag> tags) { tags::set(tx_, account_, owner_, tags); }
    void remove(std::vector<std::string> keys) { tags::remove(tx_, account_, owner_, keys); }
    std::vector<Tag> all() { return tags::all(tx_, account_, owner_); }

    const std::string owner_ = add_user("alice").id;
};
IAMLOCAL_ON_BOTH_ENGINES(TagsTest);

TEST_P(TagsTest, KeepTheOrderInWhichTheyWereFirstSet) {
    set({{"b", "1"}, {"a", "2"}});
    set({{"c", "3"}, {"b", "4"}});
    EXPECT_THAT(all(), ElementsAre(Tag{"b", "4"}, Tag{"a", "2"}, Tag{"c", "3"}));
}

TEST_P(TagsTest, AKeyInAnotherCaseReplaces) {
    set({{"team", "1"}, {"x", "2"}});
    set({{"Team", "3"}});
    EXPECT_THAT(all(), ElementsAre(Tag{"Team", "3"}, Tag{"x", "2"}));
}

TEST_P(TagsTest, AreRemovedByKeyInAnyCase) {
    set({{"a", "1"}, {"B", "2"}, {"c", "3"}});
    remove({"b", "none", "C"});
    EXPECT_THAT(all(), ElementsAre(Tag{"a", "1"}));
    remove({"none"});
    EXPECT_THAT(all(), ElementsAre(Tag{"a", "1"}));
    set({{"b", "again"}});
    EXPECT_THAT(all(), ElementsAre(Tag{"a", "1"}, Tag{"b", "again"}));
}

TEST_P(TagsTest, KeysOfPoliciesAndInstanceProfilesKeepTheirCase) {
    for (const std::string& id : {add_policy("p").id, add_profile("i").id}) {
        SCOPED_TRACE(id);
        tags::set(tx_, account_, id, std::vector<Tag>{{"team", "1"}, {"Team", "2"}});
        tags::set(tx_, account_, id, std::vector<Tag>{{"Team", "3"}});
        EXPECT_THAT(tags::all(tx_, account_, id), ElementsAre(Tag{"team", "1"}, Tag{"Team", "3"}));
        const Page<Tag> first = tags::page(tx_, account_, id, {"", 1});
        EXPECT_THAT(first.items, ElementsAre(Tag{"Team", "3"}));
        EXPECT_THAT(tags::page(tx_, account_, id, {first.next, 1}).items, ElementsAre(Tag{"team", "1"}));
        tags::remove(tx_, account_, id, std::vector<std::string>{"TEAM", "Team"});
        EXPECT_THAT(tags::all(tx_, account_, id), ElementsAre(Tag{"team", "1"}));
    }
}

TEST_P(TagsTest, BelongToTheirOwnerAlone) {
    set({{"a", "1"}});
    EXPECT_THAT(tags::all(tx_, account_, add_role("r").id), IsEmpty());
    EXPECT_THAT(tags::all(tx_, other_account_, owner_), IsEmpty());
}

TEST_P(TagsTest, PageInOrderOfTheirKeys) {
    set({{"e", "1"}, {"D", "2"}, {"c", "3"}, {"b", "4"}, {"a", "5"}});
    const Page<Tag> first = tags::page(tx_, account_, owner_, {"", 2});
    EXPECT_THAT(first.items, ElementsAre(Tag{"a", "5"}, Tag{"b", "4"}));
    const Page<Tag> second = tags::page(tx_, account_, owner_, {first.next, 2});
    EXPECT_THAT(second.items, ElementsAre(Tag{"c", "3"}, Tag{"D", "2"}));
    const Page<Tag> third = tags::page(tx_, account_, owner_, {second.next, 2});
    EXPECT_THAT(third.items, ElementsAre(Tag{"e", "1"}));
    EXPECT_EQ(third.next, "");
}

TEST_P(TagsTest, ShortKeysOfPoliciesComeFirst) {
    const std::string id = add_policy("p").id;
    tags::set(tx_, account_, id, std::vector<Tag>{{"abc", "1"}, {"b", "2"}, {"z", "3"}, {"a", "4"}, {"A", "5"}});
    EXPECT_THAT(tags::all(tx_, account_, id).front(), (Tag{"abc", "1"})) << "as given";
    std::vector<std::string> keys;
    std::string after;
    do {
        const Page<Tag> page = tags::page(tx_, account_, id, {after, 2});
        for (const Tag& tag : page.items) keys.push_back(tag.key);
        after = page.next;
    } while (!after.empty());
    EXPECT_THAT(keys, ElementsAre("A", "a", "b", "z", "abc"));

    const Page<Tag> first = tags::page(tx_, account_, id, {"", 3});
    tags::remove(tx_, account_, id, std::vector<std::string>{"b"});
    EXPECT_THAT(tags::page(tx_, account_, id, {first.next, 9}).items, ElementsAre(Tag{"z", "3"}, Tag{"abc", "1"}));
}

TEST_P(TagsTest, PagesGoOnWhereTheyEndedThoughThatTagIsGone) {
    set({{"c", "3"}, {"b", "2"}, {"a", "1"}});
    const Page<Tag> first = tags::page(tx_, account_, owner_, {"", 2});
    remove({"a", "b"});
    EXPECT_THAT(tags::page(tx_, account_, owner_, {first.next, 2}).items, ElementsAre(Tag{"c", "3"}));
}

TEST_P(TagsTest, PlacesOfLongKeysAreShort) {
    std::string beginning;
    for (int i = 0; i < 127; ++i) beginning += "\xe8\xaa\x9e";
    set({{beginning + "b", "2"}, {beginning + "a", "1"}, {beginning + "c", "3"}, {"z", "4"}});
    std::vector<std::string> values;
    std::string after;
    do {
        const Page<Tag> page = tags::page(tx_, account_, owner_, {after, 1});
        ASSERT_EQ(page.items.size(), 1u);
        values.push_back(page.items[0].value);
        after = page.next;
        EXPECT_LT(after.size(), 200u);
    } while (!after.empty());
    EXPECT_THAT(values, ElementsAre("4", "1", "2", "3"));
    const Page<Tag> second = tags::page(tx_, account_, owner_, {"", 2});
    remove({beginning + "a"});
    EXPECT_THAT(tags::page(tx_, account_, owner_, {second.next, 9}).items,
                ElementsAre(Tag{beginning + "b", "2"}, Tag{beginning + "c", "3"}));
}

}  // namespace
}  // namespace iamlocal::store
