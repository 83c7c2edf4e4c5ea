// A store in memory or in PostgreSQL with one open transaction, and short ways to fill it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/attachments.hpp"
#include "store/groups.hpp"
#include "store/inline_policies.hpp"
#include "store/instance_profiles.hpp"
#include "store/migrations.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"
#include "unit/db/fixture.hpp"

namespace iamlocal::store {

inline Seconds at(std::int64_t seconds) { return Seconds(std::chrono::seconds(seconds)); }

class StoreTest : public testing::TestWithParam<db::Storage> {
  protected:
    StoreTest() { database_->migrate(schema()); }

    /// Ids are made from the names, so that a test can write them down.
    User add_user(const std::string& name, const std::string& path = "/") {
        User user{.account = account_,
                  .id = "AIDA" + name,
                  .name = name,
                  .path = path,
                  .created = at(100),
                  .boundary_arn = {},
                  .tags = {}};
        users::insert(tx_, user);
        return user;
    }
    Group add_group(const std::string& name, const std::string& path = "/") {
        Group group{.account = account_, .id = "AGPA" + name, .name = name, .path = path, .created = at(200)};
        groups::insert(tx_, group);
        return group;
    }
    Role add_role(const std::string& name, const std::string& path = "/") {
        Role role{.account = account_,
                  .id = "AROA" + name,
                  .name = name,
                  .path = path,
                  .created = at(300),
                  .boundary_arn = {},
                  .trust_policy = "{trust}",
                  .description = {},
                  .max_session_duration = 3600,
                  .last_used = {},
                  .tags = {}};
        roles::insert(tx_, role);
        return role;
    }
    ManagedPolicy add_policy(const std::string& name, const std::string& path = "/",
                             const std::string& document = "{v1}") {
        ManagedPolicy policy{.account = account_,
                             .id = "ANPA" + name,
                             .name = name,
                             .path = path,
                             .arn = {},
                             .description = {},
                             .created = at(400),
                             .updated = at(400),
                             .tags = {}};
        policies::insert(tx_, policy, document);
        return *policies::find(tx_, account_, "arn:aws:iam::111122223333:policy" + path + name);
    }
    InstanceProfile add_profile(const std::string& name, const std::string& path = "/") {
        InstanceProfile profile{.account = account_,
                                .id = "AIPA" + name,
                                .name = name,
                                .path = path,
                                .created = at(500),
                                .role_id = {},
                                .tags = {}};
        instance_profiles::insert(tx_, profile);
        return profile;
    }

    /// Expects a ConstraintViolation of that kind; the transaction goes on as if nothing had been tried.
    template <class Action>
    void expect_violation(db::ConstraintViolation::Kind kind, Action action) {
        tx_.execute_without_revision("SAVEPOINT attempt");
        try {
            action();
            ADD_FAILURE() << "no violation";
        } catch (const db::ConstraintViolation& violation) {
            EXPECT_EQ(violation.kind(), kind) << violation.what();
        }
        tx_.execute_without_revision("ROLLBACK TO SAVEPOINT attempt");
    }

    template <class T>
    static std::vector<std::string> names(const Page<T>& page) {
        std::vector<std::string> out;
        for (const T& item : page.items) out.push_back(item.name);
        return out;
    }

    /// Reads a list in pages of `limit` and joins their names: "a b|c d|e".
    template <class ReadPage>
    static std::string pages(std::size_t limit, ReadPage read_page) {
        std::string out;
        std::string after;
        for (int i = 0; i < 100; ++i) {
            auto page = read_page(PageRequest{after, limit});
            EXPECT_LE(page.items.size(), limit);
            for (const auto& item : page.items) {
                if (!out.empty() && out.back() != '|') out += ' ';
                out += item.name;
            }
            if (page.next.empty()) return out;
            out += '|';
            after = page.next;
        }
        return "endless: " + out;
    }

    const AccountId account_{"111122223333"};
    const AccountId other_account_{"999988887777"};
    db::Place place_{GetParam()};
    std::unique_ptr<db::Database> database_ = place_.open();
    std::unique_ptr<db::Connection> connection_ = database_->connect();
    db::Transaction tx_{*connection_, db::Access::write};
};

/// Has the tests of a StoreTest run on both engines.
#define IAMLOCAL_ON_BOTH_ENGINES(Suite) \
    INSTANTIATE_TEST_SUITE_P(Engines, Suite, testing::Values(db::Storage::memory, db::Storage::postgresql), db::name_of)

}  // namespace iamlocal::store
