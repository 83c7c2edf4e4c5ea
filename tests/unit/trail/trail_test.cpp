// The ring of events.
#include "trail/trail.hpp"

#include <gtest/gtest.h>

namespace iamlocal::trail {
namespace {

NewEvent event_of(std::string_view sent, std::shared_ptr<const access::Portrait> caller) {
    return {.facts = {},
            .caller = std::move(caller),
            .texts = {.request_id = "id",
                      .region = {},
                      .peer = {},
                      .user_agent = {},
                      .host = {},
                      .sent = sent,
                      .answer = {},
                      .kinds = {},
                      .error_message = {},
                      .made = {}}};
}

TEST(Trail, KeepsTheNewestWithinItsBudget) {
    const auto caller = std::make_shared<const access::Portrait>();
    const std::string sent(1000, 'x');
    const std::size_t each = Block::room_for(event_of(sent, caller).texts);
    Trail trail(5 * (each + caller->bytes()));
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

TEST(Trail, WhatIsReadStaysWhileItsPlaceIsTaken) {
    Trail trail(20000);
    const std::string sent(100, 's');
    const auto each = [](char name) {
        access::Portrait portrait;
        portrait.arn = name;
        return std::make_shared<const access::Portrait>(std::move(portrait));
    };
    for (char c = 'a'; c <= 'z'; ++c) trail.add(event_of(sent, each(c)));
    const std::vector<EventPtr> events = trail.all();
    ASSERT_FALSE(events.empty());
    for (int i = 0; i < 1000; ++i) trail.add(event_of("other", each('0')));
    EXPECT_EQ(events.back()->caller->arn, "z");
    for (const EventPtr& event : events) {
        EXPECT_EQ(event->texts().sent, sent);
        EXPECT_EQ(event->caller->arn, std::string(1, static_cast<char>('a' + event->sequence - 1)));
    }
    // Each is there once, in its order, whatever the blocks.
    std::uint64_t seen = trail.all().front()->sequence;
    const std::uint64_t first = seen;
    for (trail::Trail::Piece piece = trail.after(seen - 1, 7); !piece.events.empty(); piece = trail.after(seen - 1, 7))
        for (const EventPtr& event : piece.events) EXPECT_EQ(event->sequence, seen++);
    EXPECT_EQ(seen - 1, trail.newest());
    EXPECT_EQ(trail.fill().events, seen - first);
}

TEST(Trail, KeepsNothingWithoutABudget) {
    Trail trail(0);
    EXPECT_FALSE(trail.enabled());
    trail.add(event_of("a", std::make_shared<const access::Portrait>()));
    EXPECT_TRUE(trail.all().empty());
}

TEST(Event, KeepsItsTextsApart) {
    const std::string user_agent(2000, 'u');
    Block block(2000, 7);
    ASSERT_TRUE(block.add({.facts = {.name = "GetUser", .tls = {}},
                           .caller = std::make_shared<const access::Portrait>(),
                           .texts = {.request_id = "1",
                                     .region = "",
                                     .peer = "22",
                                     .user_agent = user_agent,
                                     .host = "333",
                                     .sent = "",
                                     .answer = "4444",
                                     .kinds = "5",
                                     .error_message = "66",
                                     .made = "7",
                                     .error_code = "NoSuchEntity"}}));
    const Event& event = block[0];
    EXPECT_EQ(event.sequence, 7u);
    EXPECT_EQ(event.name, "GetUser");
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
    ASSERT_TRUE(block.add(event_of("a", std::make_shared<const access::Portrait>())));
    EXPECT_FALSE(block[1].has_failed());
    EXPECT_EQ(block[1].sequence, 8u);
}

}  // namespace
}  // namespace iamlocal::trail
