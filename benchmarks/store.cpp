// What the store costs: the look-ups of the hot path and a user inserted and committed, in memory and in a file.
#include <array>
#include <filesystem>
#include <memory>
#include <stdlib.h>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "aws/ids.hpp"
#include "base/entropy.hpp"
#include "store/access_keys.hpp"
#include "store/attachments.hpp"
#include "store/groups.hpp"
#include "store/inline_policies.hpp"
#include "store/migrations.hpp"
#include "store/principals.hpp"
#include "store/users.hpp"

namespace iamlocal::store {
namespace {

const AccountId account("000000000000");
constexpr Seconds now{std::chrono::seconds(1'700'000'000)};
constexpr int user_count = 10'000;

User make_user(Entropy& entropy, std::string name) {
    return {.account = account,
            .id = ids::unique_id(entropy, ids::Kind::user),
            .name = std::move(name),
            .path = "/",
            .created = now,
            .boundary_arn = {},
            .tags = {}};
}

/// A database with ten thousand users; the first one has a key and three policies, one of them through a group.
class Store {
  public:
    explicit Store(bool in_file) {
        if (in_file) {
            std::string pattern = (std::filesystem::temp_directory_path() / "iamlocal-XXXXXX").string();
            home_ = ::mkdtemp(pattern.data());
        }
        database_ = in_file ? db::Database::open(home_) : db::Database::in_memory();
        database_->migrate(schema());
        connection_ = database_->connect();
        db::Transaction tx(*connection_, db::Access::write);
        for (int i = 0; i < user_count; ++i) {
            const User user = make_user(entropy_, fmt::format("user-{}", i));
            users::insert(tx, user);
            if (i == 0) equip(tx, user);
        }
        tx.commit();
    }
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    ~Store() {
        connection_.reset();
        database_.reset();
        std::error_code error;
        if (!home_.empty()) std::filesystem::remove_all(home_, error);
    }

    db::Connection& connection() { return *connection_; }
    Entropy& entropy() { return entropy_; }
    const Keyring& keyring() const { return keyring_; }
    const std::string& user_id() const { return user_id_; }
    const AccessKeyId& key_id() const { return key_id_; }

  private:
    void equip(db::Transaction& tx, const User& user) {
        user_id_ = user.id;
        key_id_ = ids::access_key_id(entropy_, account, ids::KeyLife::long_term);
        access_keys::insert(tx, keyring_, entropy_,
                            {.account = account,
                             .user_id = user.id,
                             .id = key_id_,
                             .secret = ids::secret_access_key(entropy_),
                             .active = true,
                             .created = now,
                             .last_used = {}});
        constexpr std::string_view document =
            R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]})";
        inline_policies::put(tx, account, user.id, "own", {document, static_cast<std::int64_t>(document.size())});
        attachments::attach(tx, account, user.id,
                            *policies::find(tx, account, "arn:aws:iam::aws:policy/IAMReadOnlyAccess"));
        const Group group{.account = account,
                          .id = ids::unique_id(entropy_, ids::Kind::group),
                          .name = "group",
                          .path = "/",
                          .created = now};
        groups::insert(tx, group);
        groups::add_member(tx, account, group.id, user.id);
        inline_policies::put(tx, account, group.id, "of group", {document, static_cast<std::int64_t>(document.size())});
    }

    SeededEntropy entropy_{1};
    Keyring keyring_ = Keyring::random(entropy_);
    std::filesystem::path home_;
    std::unique_ptr<db::Database> database_;
    std::unique_ptr<db::Connection> connection_;
    std::string user_id_;
    AccessKeyId key_id_;
};

/// Argument 0: in memory, 1: in a file.
void in_both(benchmark::internal::Benchmark* benchmark) { benchmark->ArgName("file")->Arg(0)->Arg(1); }

void find_user(benchmark::State& state) {
    Store store(state.range(0) != 0);
    std::array<std::string, 64> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = fmt::format("User-{}", i * 151);
    std::size_t i = 0;
    for (auto _ : state) {
        db::Transaction tx(store.connection(), db::Access::read);
        benchmark::DoNotOptimize(users::find(tx, account, names[i++ % names.size()]));
        tx.commit();
    }
}
BENCHMARK(find_user)->Apply(in_both);

void find_access_key(benchmark::State& state) {
    Store store(state.range(0) != 0);
    for (auto _ : state) {
        db::Transaction tx(store.connection(), db::Access::read);
        benchmark::DoNotOptimize(access_keys::find(tx, store.keyring(), store.key_id()));
        tx.commit();
    }
}
BENCHMARK(find_access_key)->Apply(in_both);

void load_three_policies(benchmark::State& state) {
    Store store(state.range(0) != 0);
    for (auto _ : state) {
        db::Transaction tx(store.connection(), db::Access::read);
        benchmark::DoNotOptimize(load_user_policies(tx, account, store.user_id()));
        tx.commit();
    }
}
BENCHMARK(load_three_policies)->Apply(in_both);

void insert_user_and_commit(benchmark::State& state) {
    Store store(state.range(0) != 0);
    std::int64_t i = 0;
    for (auto _ : state) {
        db::Transaction tx(store.connection(), db::Access::write);
        const std::string name = fmt::format("new-{}", i++);
        if (!users::exists(tx, account, name)) users::insert(tx, make_user(store.entropy(), name));
        tx.commit();
    }
}
BENCHMARK(insert_user_and_commit)->Apply(in_both);

void transaction_without_a_query(benchmark::State& state) {
    Store store(false);
    for (auto _ : state) {
        db::Transaction tx(store.connection(), db::Access::read);
        tx.commit();
    }
}
BENCHMARK(transaction_without_a_query);

}  // namespace
}  // namespace iamlocal::store
