// How a row is run: in which transactions, what may happen between them, and what waits for whom.
#include "api/operation.hpp"

#include <filesystem>
#include <thread>

#include "aws/arn.hpp"
#include "unit/api/fixture.hpp"

namespace iamlocal::api {
namespace {

/// Done once while a request is between its lookup and its change, or while its answer is written.
std::function<void()> meanwhile;

void do_meanwhile() {
    if (auto once = std::exchange(meanwhile, nullptr)) once();
}

struct UserInput {
    std::string name;
    void describe(protocol::Fields& f) {
        static const protocol::TextRule any{};
        f.required("UserName", name, any);
    }
};

std::optional<store::User> find_user(Context& ctx, const UserInput& in) {
    return store::users::find(ctx.tx, ctx.account(), in.name);
}

Target user_target(Context& ctx, const UserInput& in, const std::optional<store::User>& user) {
    Target target;
    target.resource = arn::iam(ctx.account(), "user", user ? user->path : "/", in.name);
    do_meanwhile();
    return target;
}

struct Path {
    std::string text;
};
void write(protocol::AnswerWriter& out, const Path& path) {
    do_meanwhile();
    out.text("Path", path.text);
}

Path show_path(Context&, const UserInput&, std::optional<store::User>& user) { return {user ? user->path : "none"}; }

Path move_home(Context& ctx, const UserInput& in, std::optional<store::User>& user) {
    store::users::rename(ctx.tx, ctx.account(), user.value().id, in.name, "/home/");
    return {user->path};
}

/// As find_user(), for whoever asks.
std::optional<store::User> find_user_of_account(Context& ctx, const UserInput& in) {
    return store::users::find(ctx.tx, account, in.name);
}

Target owned_target(Context& ctx, const UserInput& in, const std::optional<store::User>& user) {
    Target target = user_target(ctx, in, user);
    target.resource_policy = access::ResourcePolicy{nullptr, account, policy::ResourcePolicyPart::trust};
    return target;
}

/// The connection of the request, to be asked whether it is in a transaction.
db::Connection* connection_in_use = nullptr;

Path check_lock(Context&, const UserInput&, std::optional<store::User>& user) {
    db::Transaction another(*connection_in_use, db::Access::read);
    EXPECT_THROW(another.start(), std::logic_error) << "the request has no lock before its first statement";
    return {user ? user->path : "none"};
}

/// Notes in the user's path that it was called.
std::optional<ApiError> note_try(Context& ctx, UserInput& in) {
    if (in.name == "nobody") return std::nullopt;
    const std::optional<store::User> user = store::users::find(ctx.tx, ctx.account(), in.name);
    store::users::rename(ctx.tx, ctx.account(), user.value().id, in.name, user->path + "tried/");
    if (user->path == "/a/") return std::nullopt;
    return ApiError(error_type::validation_error, "once is enough");
}

constexpr Operation show_row = operation<show_path, user_target, find_user>("iam:GetUser", reads);
constexpr Operation move_row = operation<move_home, user_target, find_user>("iam:UpdateUser", writes);
constexpr Operation show_owned_row = operation<show_path, owned_target, find_user_of_account>("iam:GetUser", reads);
constexpr Operation tried_row = operation<show_path, user_target, find_user, note_try>("iam:GetUser", reads);
constexpr Operation check_lock_row =
    operation<check_lock, owned_target, find_user_of_account>("iam:UpdateUser", writes);

class OperationTest : public testing::TestWithParam<bool> {
  protected:
    OperationTest() {
        if (in_directory()) {
            std::string name = testing::TempDir() + "operation-XXXXXX";
            directory_ = mkdtemp(name.data());
            database_ = db::Database::open(directory_);
        } else {
            database_ = db::Database::in_memory();
        }
        database_->migrate(store::schema());
        connection_ = database_->connect();
        other_ = database_->connect();
        change([](db::Transaction& tx) {
            store::users::insert(tx, {.account = account,
                                      .id = "AIDABOB",
                                      .name = "bob",
                                      .path = "/a/",
                                      .created = {},
                                      .boundary_arn = {},
                                      .tags = {}});
        });
        caller_.account = account;
        caller_.arn = "arn:aws:iam::111122223333:user/alice";
        caller_.principal.kind = policy::PrincipalKind::user;
        caller_.principal.arn = caller_.arn;
        caller_.principal.account = account.str();
        caller_.identity_policies.add(
            cache_,
            {store::PolicyOrigin::inlined,
             "own",
             {},
             {},
             document(R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::111122223333:user/a/*"})"),
             {}},
            policy::DocumentKind::identity);
    }
    ~OperationTest() override {
        meanwhile = nullptr;
        other_.reset();
        connection_.reset();
        database_.reset();
        if (!directory_.empty()) std::filesystem::remove_all(directory_);
    }

    bool in_directory() const { return GetParam(); }

    template <class Use>
    void change(Use use) {
        db::Transaction tx(*other_, db::Access::write);
        use(tx);
        tx.commit();
    }
    void move_bob(const std::string& path) {
        change([&](db::Transaction& tx) { store::users::rename(tx, account, "AIDABOB", "bob", path); });
    }
    std::string path_of_bob() {
        db::Transaction tx(*other_, db::Access::read);
        return store::users::find(tx, account, "bob")->path;
    }

    /// The answer's Path, or the code of the error.
    std::string run(const Operation& row, const std::string& user = "bob") {
        protocol::Parameters parameters;
        EXPECT_FALSE(parameters.parse("", "UserName=" + user));
        const access::RequestFacts facts;
        Call call{.env = env_,
                  .caller = caller_,
                  .connection = *connection_,
                  .now = now_,
                  .facts = facts,
                  .policies = cache_};
        std::string xml;
        protocol::AnswerWriter writer(protocol::AnswerFormat::xml, xml);
        const std::string code = code_of([&] { row.run(row, call, parameters, protocol::ShowValues::no, writer); });
        if (code != "none") return code;
        const std::size_t begin = xml.find("<Path>") + 6;
        return xml.substr(begin, xml.find("</Path>") - begin);
    }

    const Instant now_{std::chrono::seconds(1'700'000'000)};
    FixedClock clock_{now_};
    SeededEntropy entropy_{1};
    Log log_{LogLevel::error, LogFormat::text, clock_, [](std::string_view) {}};
    const store::Keyring keyring_ = store::Keyring::random(entropy_);
    access::UsageRecorder usage_;
    access::UnreadableLog unreadable_{log_};
    Environment env_{access::Enforcement::enforce, entropy_, keyring_, usage_, log_, unreadable_};
    policy::Cache cache_;
    access::Identity caller_;
    std::filesystem::path directory_;
    std::unique_ptr<db::Database> database_;
    std::unique_ptr<db::Connection> connection_;
    std::unique_ptr<db::Connection> other_;
};

TEST_P(OperationTest, NothingIsRenderedWhileADatabaseIsHeld) {
    // In memory, a transaction still open would make this wait for itself.
    for (const Operation* row : {&show_row, &move_row}) {
        move_bob("/a/");
        bool done = false;
        // The first call is the target's, the second is the answer's.
        meanwhile = [&] { meanwhile = [&] { done = (move_bob("/b/"), true); }; };
        EXPECT_EQ(run(*row), "/a/");
        EXPECT_TRUE(done);
        EXPECT_EQ(path_of_bob(), "/b/");
    }
}

TEST_P(OperationTest, WhatARowPreparesStaysWhateverBecomesOfTheRequest) {
    EXPECT_EQ(run(tried_row), "/a/tried/") << "a row that reads may write before it does";
    EXPECT_EQ(run(tried_row), "ValidationError");
    EXPECT_EQ(path_of_bob(), "/a/tried/tried/");
    move_bob("/a/");
    caller_.account = AccountId("111122223333");
    caller_.identity_policies.add(
        cache_,
        {store::PolicyOrigin::inlined, "no", {}, {}, document(R"({"Effect":"Deny","Action":"*","Resource":"*"})"), {}},
        policy::DocumentKind::identity);
    EXPECT_EQ(run(tried_row), "AccessDenied");
    EXPECT_EQ(path_of_bob(), "/a/tried/");
}

INSTANTIATE_TEST_SUITE_P(Databases, OperationTest, testing::Bool(),
                         [](const auto& of) { return of.param ? "Directory" : "Memory"; });

/// Where readers and writers do not keep each other out, so that one thread can be both.
class OperationInDirectoryTest : public OperationTest {};

TEST_P(OperationInDirectoryTest, WhatChangesAfterTheLookupIsDecidedAnew) {
    meanwhile = [&] { move_bob("/b/"); };
    EXPECT_EQ(run(move_row), "AccessDenied") << "what was allowed is not what is there now";
    EXPECT_EQ(path_of_bob(), "/b/");
    move_bob("/a/");
    meanwhile = [&] { move_bob("/a/deeper/"); };
    EXPECT_EQ(run(move_row), "/a/deeper/") << "the handler acts on what is there now";
    EXPECT_EQ(path_of_bob(), "/home/");
}

TEST_P(OperationInDirectoryTest, WhatChangesAllTheTimeIsGivenUp) {
    int turn = 0;
    const std::function<void()> again = [&] {
        move_bob("/a/" + std::to_string(++turn) + "/");
        // Of two lookups in a row the second is made while the request holds the lock for writing.
        meanwhile = [&] { meanwhile = again; };
    };
    meanwhile = again;
    EXPECT_EQ(run(move_row), "ConcurrentModification");
    EXPECT_EQ(path_of_bob(), "/a/" + std::to_string(turn) + "/");
}

TEST_P(OperationInDirectoryTest, WhatChangesInTheAccountOfTheTargetCountsForCallersOfOthers) {
    env_.enforcement = access::Enforcement::off;
    connection_in_use = connection_.get();
    for (const char* caller : {"", "999999999999"}) {
        SCOPED_TRACE(caller);
        caller_.account = AccountId(caller);
        for (const Operation* row : {&show_owned_row, &check_lock_row}) {
            move_bob("/a/");
            meanwhile = [&] { move_bob("/b/"); };
            EXPECT_EQ(run(*row), "/b/");
        }
    }
}

TEST_P(OperationInDirectoryTest, ARefusedWriteWaitsForNobody) {
    move_bob("/b/");
    db::Transaction held(*other_, db::Access::write);
    store::users::rename(held, account, "AIDABOB", "bob", "/c/");
    EXPECT_EQ(run(move_row), "AccessDenied");
    EXPECT_EQ(run(show_row), "AccessDenied");
}

INSTANTIATE_TEST_SUITE_P(Databases, OperationInDirectoryTest, testing::Values(true),
                         [](const auto&) { return "Directory"; });

}  // namespace
}  // namespace iamlocal::api
