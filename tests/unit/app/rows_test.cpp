// What a row says of itself, shown with rows of a service made up for it: who may call it, and that its slow part is
// done elsewhere.
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "api/operation.hpp"
#include "app/operations.hpp"
#include "store/account.hpp"
#include "store/users.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using api::Context;
using api::NoInput;
using protocol::AnswerWriter;

/// Where the last answer was written.
std::thread::id written_on;

struct Said {
    std::string text;
};
void write(AnswerWriter& out, const Said& said) {
    written_on = std::this_thread::get_id();
    out.text("Said", said.text);
}

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

/// How often what follows a slow part finds somebody in its way.
int times_in_the_way = 0;

/// Makes an alias of its account after the slow part, in a transaction of its own.
api::SlowChange<void> settle(Context&, const WordInput& in) {
    auto made = std::make_shared<std::string>();
    return {[made, word = in.word] { *made = word + word; },
            [made](Context& ctx) {
                store::account::set_alias(ctx.tx, ctx.account(), *made, ctx.second());
                if (times_in_the_way-- > 0) throw db::SerializationFailure("somebody is in the way");
            }};
}

std::optional<store::User> find_user(Context& ctx, const WordInput& in) {
    return store::users::find(ctx.tx, ctx.account(), in.word);
}
api::Target user_target(Context&, const WordInput& in, const std::optional<store::User>& user) {
    api::Target target;
    target.resource = "arn:aws:iam::000000000000:user" + (user ? user->path : "/") + in.word;
    return target;
}

/// Moves the user whose name is the word to /home/, and says where it was.
api::SlowChange<Said, std::optional<store::User>> move_home(Context&, const WordInput& in,
                                                            std::optional<store::User>&) {
    return {[] {},
            [name = in.word](Context& ctx, std::optional<store::User>& user) {
                if (!user) return Said{"nowhere"};
                store::users::rename(ctx.tx, ctx.account(), user->id, name, "/home/");
                return Said{user->path + " " + user->id};
            }};
}

/// Takes the word for the provider that speaks for whoever asks; "bad" is refused, "nobody" stays who he was.
api::SlowPreparation<WordInput> introduce(Context&, WordInput& in) {
    in.word += "!";
    return {[](WordInput& word) -> std::shared_ptr<const access::Identity> {
        if (word.word == "bad!") throw validation_error("not that word");
        if (word.word == "nobody!") return nullptr;
        auto caller = std::make_shared<access::Identity>();
        caller->principal.kind = policy::PrincipalKind::saml;
        caller->principal.provider = "arn:aws:iam::000000000000:saml-provider/" + word.word;
        caller->principal.arn = caller->principal.provider;
        word.word = "met";
        return caller;
    }};
}
/// A role that trusts the provider "idp!", and nobody else.
api::Target trusting_target(Context& ctx, const WordInput&) {
    api::Target target;
    target.resource = "arn:aws:iam::000000000000:role/trusting";
    const std::string trust = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"test:Introduce",)"
                              R"("Principal":{"Federated":"arn:aws:iam::000000000000:saml-provider/idp!"}}})";
    target.resource_policy = {ctx.policies.get(trust, policy::DocumentKind::trust), AccountId("000000000000"),
                              policy::ResourcePolicyPart::trust};
    return target;
}
Said welcome(Context& ctx, const WordInput& in) { return {in.word + " " + ctx.caller.principal.provider}; }

constexpr api::Operation rows[] = {
    api::operation<greet, api::no_permission<NoInput>>("test:Greet", api::reads).callable_with(api::Credentials::none),
    api::operation<greet, api::no_permission<NoInput>>("test:GreetSigned", api::reads),
    api::operation<greet, api::no_permission<NoInput>>("test:GreetKeys", api::reads)
        .callable_with(api::Credentials::long_term),
    api::operation<repeat, api::no_resource<WordInput>>("test:Repeat", api::reads),
    api::operation<settle, api::no_resource<WordInput>>("test:Settle", api::writes),
    api::operation<move_home, user_target, find_user>("test:MoveHome", api::writes),
    api::operation<welcome, trusting_target, nullptr, introduce>("test:Introduce", api::reads)
        .callable_with(api::Credentials::none),
    api::operation<welcome, api::no_permission<WordInput>, nullptr, introduce>("test:IntroduceSigned", api::reads),
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

    /// Begins a request that has a slow part.
    std::unique_ptr<http::Deferred> begin(const std::string& action, const std::string& word) {
        request_ = bed_.sign({}, "test", "Action=" + action + "&Version=2026-11-28&Word=" + word);
        http::Response response;
        return pipeline_->handle(request_->request, response);
    }

    std::unique_ptr<const Bed::SignedRequest> request_;
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

TEST_F(RowsTest, WhoAsksIsFoundOutBeforeItIsDecided) {
    bool was_slow = false;
    const http::Response welcome = ask({}, "Introduce", "idp", was_slow);
    EXPECT_TRUE(was_slow);
    EXPECT_EQ(element(welcome.body, "Said"), "met arn:aws:iam::000000000000:saml-provider/idp!") << welcome.body;
    pipeline_->batch_done();
    EXPECT_NE(bed_.logged().find("test:Introduce"), std::string::npos) << bed_.logged();
    EXPECT_NE(bed_.logged().find("saml-provider/idp!"), std::string::npos) << "the access line tells who it was";
    for (const char* const nobody : {"other", "nobody"}) {
        const http::Response refused = ask({}, "Introduce", nobody, was_slow);
        EXPECT_EQ(outcome(refused), "403 AccessDenied") << nobody;
    }
    EXPECT_EQ(element(ask({}, "Introduce", "bad", was_slow).body, "Message"), "not that word");
}

TEST_F(RowsTest, WhatWasDecidedOnWhoWasFoundOutCanBeExplained) {
    bool was_slow = false;
    const http::Response refused = ask({}, "Introduce", "other", was_slow);
    const std::string path = "/_iamlocal/decisions/" + refused.request_id;
    http::Request question;
    question.method = "GET";
    question.target = path;
    question.peer = "127.0.0.1";
    const std::string decision = bed_.deliver(question).body;
    EXPECT_NE(decision.find("saml-provider/other!"), std::string::npos) << decision;
    EXPECT_NE(decision.find("implicit"), std::string::npos) << decision;
}

TEST_F(RowsTest, WhoStaysWhoHeWasIsLookedUpAgain) {
    bool was_slow = false;
    EXPECT_EQ(element(ask({}, "IntroduceSigned", "nobody", was_slow).body, "Said"), "nobody! ");
    EXPECT_EQ(element(ask({}, "IntroduceSigned", "idp", was_slow).body, "Said"),
              "met arn:aws:iam::000000000000:saml-provider/idp!");
}

TEST_F(RowsTest, ASlowAnswerIsWrittenWhereItWasComputed) {
    const std::unique_ptr<http::Deferred> rest = begin("Repeat", "ha");
    ASSERT_NE(rest, nullptr);
    std::thread other([&] { rest->work(); });
    const std::thread::id computed_on = other.get_id();
    other.join();
    EXPECT_EQ(written_on, computed_on);
    http::Response response;
    EXPECT_EQ(rest->finish(nullptr, response), nullptr);
    EXPECT_EQ(element(response.body, "Said"), "haha arn:aws:iam::000000000000:root");
    EXPECT_TRUE(response.body.ends_with("</RepeatResponse>\n")) << response.body;
}

TEST_F(RowsTest, WhatWorksOnPoliciesOfTheRequestIsSlow) {
    bed_.iam({}, "CreateUser", {{"UserName", "alice"}});
    const std::string policies = "&Version=2010-05-08&PolicyInputList.member.1=";
    const std::string entity = "&PolicySourceArn=" + percent_encode("arn:aws:iam::000000000000:user/alice");
    const std::string actions = "&ActionNames.member.1=" + percent_encode("s3:GetObject");
    for (const std::string& action :
         {std::string("GetContextKeysForCustomPolicy"), "GetContextKeysForPrincipalPolicy" + entity,
          "SimulateCustomPolicy" + actions, "SimulatePrincipalPolicy" + actions + entity}) {
        SCOPED_TRACE(action);
        // Nobody has looked at the document when the transaction is over.
        const auto made = bed_.sign({}, "iam", "Action=" + action + policies + "bad");
        http::Response response;
        const std::unique_ptr<http::Deferred> rest = pipeline_->handle(made->request, response);
        ASSERT_NE(rest, nullptr);
        EXPECT_EQ(bed_.iam({}, "ListUsers").status, 200);
        EXPECT_EQ(Bed::finish(*rest, response), nullptr);
        EXPECT_EQ(outcome(response), "400 InvalidInput");
    }
}

TEST_F(RowsTest, PasswordsAreHashedElsewhere) {
    bed_.iam({}, "CreateUser", {{"UserName", "alice"}});
    std::vector<std::unique_ptr<const Bed::SignedRequest>> sent;  // the shell keeps a request until it is answered
    const auto begin_iam = [&](const std::string& action, http::Response& response) {
        sent.push_back(bed_.sign({}, "iam", "Action=" + action + "&Version=2010-05-08&UserName=alice"));
        return pipeline_->handle(sent.back()->request, response);
    };
    const auto end = [&](std::unique_ptr<http::Deferred> rest, http::Response& response) {
        while (rest) rest = Bed::finish(*rest, response);
        return outcome(response);
    };
    const std::string create = "CreateLoginProfile&Password=Str0ng-Enough";
    http::Response first;
    http::Response second;
    auto rest = begin_iam(create, first);
    ASSERT_NE(rest, nullptr);
    EXPECT_EQ(outcome(bed_.iam({}, "GetLoginProfile", {{"UserName", "alice"}})), "404 NoSuchEntity");
    EXPECT_EQ(end(begin_iam(create, second), second), "200");
    EXPECT_EQ(end(std::move(rest), first), "409 EntityAlreadyExists");

    rest = begin_iam("UpdateLoginProfile&Password=Str0ng-Other", first);
    ASSERT_NE(rest, nullptr);
    EXPECT_EQ(bed_.iam({}, "DeleteLoginProfile", {{"UserName", "alice"}}).status, 200);
    EXPECT_EQ(end(begin_iam(create, second), second), "200");
    EXPECT_EQ(end(std::move(rest), first), "409 ConcurrentModification") << "another profile has another salt";
}

TEST_F(RowsTest, ASlowChangeActsOnWhatIsThereByThen) {
    bed_.iam({}, "CreateUser", {{"UserName", "alice"}, {"Path", "/a/"}});
    std::unique_ptr<http::Deferred> rest = begin("MoveHome", "alice");
    ASSERT_NE(rest, nullptr);
    bed_.iam({}, "DeleteUser", {{"UserName", "alice"}});
    const http::Response made = bed_.iam({}, "CreateUser", {{"UserName", "alice"}, {"Path", "/a/"}});
    http::Response response;
    EXPECT_EQ(Bed::finish(*rest, response), nullptr);
    EXPECT_EQ(element(response.body, "Said"), "/a/ " + element(made.body, "UserId")) << response.body;
    EXPECT_EQ(element(bed_.iam({}, "GetUser", {{"UserName", "alice"}}).body, "Path"), "/home/");
}

TEST_F(RowsTest, ASlowChangeIsRefusedWhereItsTargetIsAnotherByThen) {
    bed_.iam({}, "CreateUser", {{"UserName", "alice"}, {"Path", "/a/"}});
    std::unique_ptr<http::Deferred> rest = begin("MoveHome", "alice");
    ASSERT_NE(rest, nullptr);
    bed_.iam({}, "UpdateUser", {{"UserName", "alice"}, {"NewPath", "/b/"}});
    http::Response response;
    EXPECT_EQ(Bed::finish(*rest, response), nullptr);
    EXPECT_EQ(outcome(response), "409 ConcurrentModification");
    EXPECT_EQ(element(bed_.iam({}, "GetUser", {{"UserName", "alice"}}).body, "Path"), "/b/");
}

TEST_F(RowsTest, ASlowChangeIsForWhoMayDoItByThen) {
    const char* const allowed =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    const char* const denied = R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";
    const auto settled_while = [&](const std::string& name, const auto& meanwhile) {
        const Keys keys = bed_.make_user(name, allowed);
        const auto made = bed_.sign(keys, "test", "Action=Settle&Version=2026-11-28&Word=" + name);
        http::Response response;
        std::unique_ptr<http::Deferred> rest = pipeline_->handle(made->request, response);
        meanwhile(keys);
        EXPECT_EQ(Bed::finish(*rest, response), nullptr);
        EXPECT_EQ(bed_.iam({}, "ListAccountAliases").body.find(name + name) != std::string::npos,
                  response.status == 200);
        return outcome(response);
    };
    EXPECT_EQ(settled_while("ann", [](const Keys&) {}), "200");
    EXPECT_EQ(
        settled_while(
            "bob",
            [&](const Keys&) {
                bed_.iam({}, "PutUserPolicy", {{"UserName", "bob"}, {"PolicyName", "no"}, {"PolicyDocument", denied}});
            }),
        "403 AccessDenied");
    EXPECT_EQ(settled_while("cy",
                            [&](const Keys& keys) {
                                bed_.iam({}, "DeleteAccessKey", {{"UserName", "cy"}, {"AccessKeyId", keys.id}});
                            }),
              "403 InvalidClientTokenId");
}

TEST_F(RowsTest, ASlowChangeWithSomebodyInItsWayTriesAgain) {
    bool was_slow = false;
    times_in_the_way = 9;
    EXPECT_EQ(ask({}, "Settle", "ha", was_slow).status, 200);
    EXPECT_NE(bed_.iam({}, "ListAccountAliases").body.find("haha"), std::string::npos);
    times_in_the_way = 1000;
    EXPECT_EQ(outcome(ask({}, "Settle", "ho", was_slow)), "409 ConcurrentModification");
    EXPECT_EQ(bed_.iam({}, "ListAccountAliases").body.find("hoho"), std::string::npos);
    times_in_the_way = 0;
}

TEST_F(RowsTest, NobodyElseWaitsForASlowPart) {
    std::unique_ptr<http::Deferred> rest = begin("Settle", "ha");
    ASSERT_NE(rest, nullptr);
    // In memory there is one database for all: a transaction that were open here would keep this one out.
    EXPECT_EQ(bed_.iam({}, "CreateUser", {{"UserName", "alice"}}).status, 200);
    http::Response response;
    EXPECT_EQ(Bed::finish(*rest, response), nullptr);
    EXPECT_EQ(response.status, 200);
}

}  // namespace
}  // namespace iamlocal::app
