// What a row says of itself, shown with rows of a service made up for it: who may call it, and that its slow part is
// done elsewhere.
#include <atomic>

#include <gtest/gtest.h>

#include "api/operation.hpp"
#include "app/operations.hpp"
#include "store/account.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using api::Context;
using api::NoInput;
using protocol::AnswerWriter;

struct Said {
    std::string text;
};
void write(AnswerWriter& out, const Said& said) { out.text("Said", said.text); }

Said greet(Context& ctx, const NoInput&) { return {"hello " + ctx.caller.principal.arn}; }

struct WordInput {
    std::string word;
    void describe(protocol::Fields& f) {
        static const protocol::TextRule any{};
        f.required("Word", word, any);
    }
};

/// Says the word twice, slowly; "bad" is refused, and "broken" is a fault of ours.
api::Slow<Said> repeat(Context& ctx, const WordInput& in) {
    return api::slowly([word = in.word, who = ctx.caller.principal.arn] {
        if (word == "bad") throw validation_error("not that word");
        if (word == "broken") throw std::runtime_error("broken");
        return Said{word + word + " " + who};
    });
}

/// Makes an alias of its account after the slow part, in a transaction of its own.
api::Slow<void> settle(Context&, const WordInput& in) {
    auto made = std::make_shared<std::string>();
    return {[made, word = in.word] { *made = word + word; },
            [made](Context& ctx) { store::account::set_alias(ctx.tx, ctx.account(), *made, ctx.second()); }};
}

constexpr api::Operation rows[] = {
    api::operation<greet, api::no_permission<NoInput>>("test:Greet", api::reads).callable_with(api::Credentials::none),
    api::operation<greet, api::no_permission<NoInput>>("test:GreetSigned", api::reads),
    api::operation<greet, api::no_permission<NoInput>>("test:GreetKeys", api::reads)
        .callable_with(api::Credentials::long_term),
    api::operation<repeat, api::no_resource<WordInput>>("test:Repeat", api::reads),
    api::operation<settle, api::no_resource<WordInput>>("test:Settle", api::writes),
};

const ServiceTable& services() {
    static const std::span<const api::Operation> resources[] = {rows};
    static const ServiceTable table([] {
        std::vector<Service> all(served_services().rows().begin(), served_services().rows().end());
        all.push_back({"test", "2026-11-28", "test.", "https://test/", protocol::ShowValues::no, resources, {}});
        return all;
    }());
    return table;
}

class RowsTest : public testing::Test {
  protected:
    /// Unsigned.
    http::Response ask(const std::string& action) {
        const std::string body = "Action=" + action + "&Version=2026-11-28";
        const http::Header headers[] = {{"Host", "localhost"}, {"Content-Type", "application/x-www-form-urlencoded"}};
        http::Request request;
        request.method = "POST";
        request.target = "/";
        request.headers = headers;
        request.body = body;
        http::Response response;
        EXPECT_EQ(pipeline_->handle(request, response), nullptr);
        return response;
    }
    /// Signed; `work` is done in between, where there is a slow part.
    http::Response ask(const Keys& keys, const std::string& action, const std::string& word, bool& was_slow) {
        const auto made = bed_.sign(keys, "test", "Action=" + action + "&Version=2026-11-28&Word=" + word);
        http::Response response;
        std::unique_ptr<http::Deferred> rest = pipeline_->handle(made->request, response);
        was_slow = rest != nullptr;
        while (rest) rest = Bed::finish(*rest, response);
        return response;
    }

    Bed bed_{[] {
        AppOptions options;
        options.services = &services();
        return options;
    }()};
    std::unique_ptr<http::Handler> pipeline_ = bed_.app().make_pipeline();
};

TEST_F(RowsTest, AnAnonymousRowNeedsNoSignature) {
    const http::Response response = ask("Greet");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(element(response.body, "Said"), "hello ");
    EXPECT_EQ(element(ask("GreetSigned").body, "Code"), "MissingAuthenticationToken");
}

TEST_F(RowsTest, ARowSaysWhichSessionsMayCall) {
    const http::Response token = bed_.sts({}, "GetSessionToken");
    const Keys session{element(token.body, "AccessKeyId"), element(token.body, "SecretAccessKey"),
                       element(token.body, "SessionToken")};
    bool was_slow = false;
    EXPECT_EQ(ask({}, "GreetKeys", "", was_slow).status, 200);
    const http::Response refused = ask(session, "GreetKeys", "", was_slow);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(element(refused.body, "Message"), "Cannot call GreetKeys with session credentials");
}

TEST_F(RowsTest, ASlowPartIsDoneElsewhereAndAnsweredHere) {
    bool was_slow = false;
    const http::Response response = ask({}, "Repeat", "ha", was_slow);
    EXPECT_TRUE(was_slow);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(element(response.body, "Said"), "haha arn:aws:iam::000000000000:root");
    EXPECT_EQ(element(response.body, "RequestId"), response.request_id);
    EXPECT_NE(response.request_id, "");
}

TEST_F(RowsTest, WhatASlowPartThrowsIsTheAnswer) {
    bool was_slow = false;
    const http::Response refused = ask({}, "Repeat", "bad", was_slow);
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(element(refused.body, "Message"), "not that word");
    EXPECT_EQ(element(ask({}, "Repeat", "broken", was_slow).body, "Code"), "InternalFailure");
}

TEST_F(RowsTest, WhatFollowsASlowPartHasATransactionOfItsOwn) {
    bool was_slow = false;
    EXPECT_EQ(ask({}, "Settle", "ha", was_slow).status, 200);
    EXPECT_TRUE(was_slow);
    EXPECT_NE(bed_.iam({}, "ListAccountAliases").body.find("haha"), std::string::npos);
}

TEST_F(RowsTest, NobodyElseWaitsForASlowPart) {
    const auto made = bed_.sign({}, "test", "Action=Settle&Version=2026-11-28&Word=ha");
    http::Response response;
    std::unique_ptr<http::Deferred> rest = pipeline_->handle(made->request, response);
    ASSERT_NE(rest, nullptr);
    // In memory there is one database for all: a transaction that were open here would keep this one out.
    EXPECT_EQ(bed_.iam({}, "CreateUser", {{"UserName", "alice"}}).status, 200);
    EXPECT_EQ(Bed::finish(*rest, response), nullptr);
    EXPECT_EQ(response.status, 200);
}

}  // namespace
}  // namespace iamlocal::app
