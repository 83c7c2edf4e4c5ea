// A request as handlers see it, without a pipeline: a store in memory, a caller made by hand, a clock that stands
// still.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "api/context.hpp"
#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "store/migrations.hpp"
#include "store/tags.hpp"
#include "store/users.hpp"

namespace iamlocal {

inline const AccountId account{"111122223333"};

inline std::string document(const std::string& statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

/// The message of the ApiError that `action` throws; empty when it throws none.
template <class Action>
std::string message_of(Action action) {
    try {
        action();
    } catch (const ApiError& error) {
        return error.message();
    }
    return {};
}

/// The name of its code; "none" when it throws none.
template <class Action>
std::string code_of(Action action) {
    try {
        action();
    } catch (const ApiError& error) {
        return std::string(error.type().name);
    }
    return "none";
}

}  // namespace iamlocal

namespace iamlocal::api {

class ApiTest : public testing::Test {
  protected:
    ApiTest() { database_->migrate(store::schema()); }

    store::User add_user(const std::string& name, std::vector<store::Tag> tags = {}) {
        store::User user{.account = account,
                         .id = "AIDA" + name,
                         .name = name,
                         .path = "/",
                         .created = whole(now_),
                         .boundary_arn = {},
                         .tags = std::move(tags)};
        store::users::insert(tx_, user);
        return user;
    }

    /// Makes `name` the caller, with one inline policy.
    void sign_in(const std::string& name, const std::string& policy) {
        identity_.account = account;
        identity_.arn = arn::iam(account, "user", "/", name);
        identity_.user_id = identity_.principal_id = "AIDA" + name;
        identity_.user_name = name;
        identity_.principal.kind = policy::PrincipalKind::user;
        identity_.principal.arn = identity_.arn;
        identity_.principal.account = account.str();
        identity_.principal.unique_id = identity_.user_id;
        identity_.identity_policies.add(cache_, {store::PolicyOrigin::inlined, "own", {}, {}, policy, {}},
                                        policy::DocumentKind::identity);
    }

    /// Decides as operations do, the tags of the target included.
    access::Verdict authorize(std::string_view action, access::Target target) {
        const access::Organization* const organization = call_.organization.get();
        const access::RequiredFacts required = access::required_facts(
            identity_, organization, target.resource_policy ? &*target.resource_policy : nullptr);
        if (required.resource_tags && !target.tags.id.empty())
            target.tags.tags = store::tags::all(tx_, ctx_.account(), target.tags.id);
        access::Verdict verdict = access::authorize(
            env_.enforcement, {identity_, organization, facts_, action, target, required}, call_.record);
        if (call_.record && verdict.is_decision()) call_.record->finish(std::move(target));
        return verdict;
    }

    static Seconds whole(Instant at) { return std::chrono::floor<std::chrono::seconds>(at); }

    const Instant now_{std::chrono::seconds(1'700'000'000)};  // 2023-11-14T22:13:20Z
    FixedClock clock_{now_};
    SeededEntropy entropy_{1};
    Log log_{LogLevel::error, LogFormat::text, clock_, [](std::string_view) {}};
    const store::Keyring keyring_ = store::Keyring::random(entropy_);
    access::UsageRecorder usage_;
    access::UnreadableLog unreadable_{log_};
    Environment env_{access::Enforcement::enforce, entropy_, keyring_, usage_, log_, unreadable_};
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    std::unique_ptr<db::Connection> connection_ = database_->connect();
    db::Transaction tx_{*connection_, db::Access::write};
    policy::Cache cache_;
    access::Identity identity_;
    access::RequestFacts facts_{.time = whole(now_),
                                .region = "eu-west-1",
                                .peer = "192.0.2.7",
                                .user_agent = "tester/1",
                                .referer = "https://example.com/"};
    Call call_{
        .env = env_, .caller = identity_, .connection = *connection_, .now = now_, .facts = facts_, .policies = cache_};
    Context ctx_{call_, tx_};
};

}  // namespace iamlocal::api
