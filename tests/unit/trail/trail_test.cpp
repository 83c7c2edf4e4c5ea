// The ring of events.
#include "trail/trail.hpp"

#include <gtest/gtest.h>

namespace iamlocal::trail {
namespace {

std::shared_ptr<Event> event_of(std::string_view sent, std::shared_ptr<const access::Portrait> caller) {
    auto event = std::make_shared<Event>(EventTexts{.request_id = "id",
                                                    .region = {},
                                                    .peer = {},
                                                    .user_agent = {},
                                                    .host = {},
                                                    .sent = sent,
                                                    .answer = {},
                                                    .kinds = {},
                                                    .error_message = {},
                                                    .made = {}});
    event->caller = std::move(caller);
    return event;
}

TEST(Trail, KeepsTheNewestWithinItsBudget) {
    const auto caller = std::make_shared<const access::Portrait>();
    const std::string sent(1000, 'x');
    const std::size_t each = event_of(sent, caller)->bytes();
    Trail trail(5 * each + caller->bytes());
    for (int i = 0; i < 8; ++i) trail.add(event_of(sent, caller));
    const auto events = trail.all();
    ASSERT_GE(events.size(), 4u);
    ASSERT_LE(events.size(), 5u);
    EXPECT_EQ(events.back()->sequence, 8u);
    EXPECT_EQ(events.front()->sequence, 9 - events.size());
    EXPECT_EQ(trail.newest(), 8u);
    const Trail::Piece piece = trail.after(0, 2);
    EXPECT_EQ(piece.lost, 8 - events.size());
    ASSERT_EQ(piece.events.size(), 2u);
    EXPECT_EQ(piece.events[0]->sequence, events[0]->sequence);
    EXPECT_EQ(trail.after(7, 10).events.size(), 1u);
    EXPECT_EQ(trail.after(7, 10).lost, 0u);
    EXPECT_TRUE(trail.after(8, 10).events.empty());
    EXPECT_TRUE(trail.after(99, 10).events.empty());
    EXPECT_EQ(trail.fill_since(0), 100u);
    EXPECT_LT(trail.fill_since(7), 50u);
    EXPECT_EQ(trail.fill_since(8), 0u);
    // A few events are far from all that there is room for, though nobody has seen any.
    Trail roomy(1000 * each);
    for (int i = 0; i < 3; ++i) roomy.add(event_of(sent, caller));
    EXPECT_LT(roomy.fill_since(0), 5u);
}

TEST(Trail, KeepsOneThatIsLargerThanAll) {
    Trail trail(10);
    const auto caller = std::make_shared<const access::Portrait>();
    trail.add(event_of("a", caller));
    trail.add(event_of("b", caller));
    ASSERT_EQ(trail.all().size(), 1u);
    EXPECT_EQ(trail.all()[0]->texts().sent, "b");
}

TEST(Trail, GoesOnCountingAfterItWasCleared) {
    Trail trail(100000);
    const auto caller = std::make_shared<const access::Portrait>();
    trail.add(event_of("a", caller));
    trail.clear();
    EXPECT_TRUE(trail.all().empty());
    trail.add(event_of("b", caller));
    EXPECT_EQ(trail.newest(), 2u);
    EXPECT_EQ(trail.after(1, 10).events.size(), 1u);
    // What was to be forgotten is nobody's loss, and leaves room.
    EXPECT_EQ(trail.after(0, 10).events.size(), 1u);
    EXPECT_EQ(trail.after(0, 10).lost, 0u);
    EXPECT_LT(trail.fill_since(0), 50u);
}

TEST(Trail, KeepsNothingWithoutABudget) {
    Trail trail(0);
    EXPECT_FALSE(trail.enabled());
    trail.add(event_of("a", std::make_shared<const access::Portrait>()));
    EXPECT_TRUE(trail.all().empty());
}

TEST(Event, KeepsItsTextsApart) {
    const Event event({.request_id = "1",
                       .region = "",
                       .peer = "22",
                       .user_agent = std::string(2000, 'u'),
                       .host = "333",
                       .sent = "",
                       .answer = "4444",
                       .kinds = "5",
                       .error_message = "66",
                       .made = "7",
                       .error_code = "NoSuchEntity"});
    const EventTexts texts = event.texts();
    EXPECT_EQ(texts.request_id, "1");
    EXPECT_EQ(texts.region, "");
    EXPECT_EQ(texts.peer, "22");
    EXPECT_EQ(texts.user_agent, std::string(1024, 'u'));
    EXPECT_EQ(texts.host, "333");
    EXPECT_EQ(texts.sent, "");
    EXPECT_EQ(texts.answer, "4444");
    EXPECT_EQ(texts.kinds, "5");
    EXPECT_EQ(texts.error_message, "66");
    EXPECT_EQ(texts.made, "7");
    EXPECT_EQ(texts.error_code, "NoSuchEntity");
    EXPECT_TRUE(event.has_failed());
    EXPECT_FALSE(event_of("a", nullptr)->has_failed());
}

}  // namespace
}  // namespace iamlocal::trail
