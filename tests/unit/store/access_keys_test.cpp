#include "store/access_keys.hpp"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include "store/account.hpp"
#include "unit/db/fixture.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

class AccessKeysTest : public StoreTest {
  protected:
    AccessKey add_key(const std::string& id, std::int64_t created = 1) {
        AccessKey key{.account = account_,
                      .user_id = user_,
                      .id = AccessKeyId(id),
                      .secret = Secret("secret of " + id),
                      .active = true,
                      .created = at(created),
                      .last_used = {}};
        access_keys::insert(tx_, keyring_, entropy_, key);
        return key;
    }
    static std::vector<std::string> ids(const Page<AccessKey>& page) {
        std::vector<std::string> out;
        for (const AccessKey& key : page.items) out.push_back(key.id.str());
        return out;
    }

    SeededEntropy entropy_{1};
    Keyring keyring_ = Keyring::random(entropy_);
    const std::string user_ = add_user("alice").id;
};
IAMLOCAL_ON_BOTH_ENGINES(AccessKeysTest);

TEST_P(AccessKeysTest, AreFoundByIdAlone) {
    add_key("AKIA1", 7);
    const auto key = access_keys::find(tx_, keyring_, AccessKeyId("AKIA1"));
    ASSERT_TRUE(key);
    EXPECT_EQ(key->account, account_);
    EXPECT_EQ(key->user_id, user_);
    EXPECT_EQ(key->id.str(), "AKIA1");
    EXPECT_EQ(key->secret.reveal(), "secret of AKIA1");
    EXPECT_TRUE(key->active);
    EXPECT_EQ(key->created, at(7));
    EXPECT_FALSE(key->last_used);
    EXPECT_FALSE(access_keys::find(tx_, keyring_, AccessKeyId("akia1"))) << "case counts";
    EXPECT_TRUE(access_keys::find_public(tx_, AccessKeyId("AKIA1"))->secret.empty());
    EXPECT_FALSE(access_keys::find_public(tx_, AccessKeyId("AKIA2")));
}

TEST_P(AccessKeysTest, OfRootBelongToNoUser) {
    const AccessKey key{.account = account_,
                        .user_id = {},
                        .id = AccessKeyId("AKIAROOT"),
                        .secret = Secret("root's secret"),
                        .active = true,
                        .created = at(3),
                        .last_used = {}};
    access_keys::insert(tx_, keyring_, entropy_, key);
    add_key("AKIA1");
    const auto found = access_keys::find(tx_, keyring_, key.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->account, account_);
    EXPECT_EQ(found->user_id, "");
    EXPECT_EQ(found->secret.reveal(), "root's secret");
    EXPECT_THAT(ids(access_keys::page(tx_, account_, "", {})), ElementsAre("AKIAROOT"));
    EXPECT_THAT(ids(access_keys::page(tx_, account_, user_, {})), ElementsAre("AKIA1"));
    EXPECT_THAT(ids(access_keys::page(tx_, other_account_, "", {})), IsEmpty());
    EXPECT_EQ(access_keys::count(tx_, account_, ""), 1);
    EXPECT_EQ(account::summary(tx_, account_).root_access_keys, 1);

    EXPECT_FALSE(access_keys::set_active(tx_, account_, "", AccessKeyId("AKIA1"), false));
    EXPECT_FALSE(access_keys::set_active(tx_, account_, user_, key.id, false));
    EXPECT_TRUE(access_keys::set_active(tx_, account_, "", key.id, false));
    EXPECT_FALSE(access_keys::find_public(tx_, key.id)->active);
    access_keys::record_last_used(tx_, key.id, {at(9), "eu-west-1", "sts"});
    EXPECT_EQ(access_keys::find_public(tx_, key.id)->last_used, (KeyUse{at(9), "eu-west-1", "sts"}));
    EXPECT_FALSE(access_keys::remove(tx_, account_, user_, key.id));
    EXPECT_TRUE(access_keys::remove(tx_, account_, "", key.id));
    EXPECT_FALSE(access_keys::find_public(tx_, key.id));

    access_keys::insert(tx_, keyring_, entropy_, key);
    account::erase(tx_, account_);
    EXPECT_FALSE(access_keys::find_public(tx_, key.id));
}

TEST_P(AccessKeysTest, SecretsAreSealedAndBoundToTheirId) {
    add_key("AKIA1");
    add_key("AKIA2");
    const auto sealed = tx_.one("SELECT sealed_secret FROM access_keys WHERE id = 'AKIA1'",
                                [](const db::Row& row) { return std::string(row.blob(0)); });
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->find("secret"), std::string::npos);
    EXPECT_EQ(sealed->find("AKIA1"), std::string::npos);

    const Keyring other = Keyring::random(entropy_);
    EXPECT_THROW(access_keys::find(tx_, other, AccessKeyId("AKIA1")), std::runtime_error);
    tx_.run(account_, "UPDATE access_keys SET sealed_secret = ?1 WHERE id = 'AKIA2'", db::Blob{*sealed});
    EXPECT_THROW(access_keys::find(tx_, keyring_, AccessKeyId("AKIA2")), std::runtime_error) << "another key's secret";
}

TEST_P(AccessKeysTest, IdsAreUniqueAcrossAccounts) {
    AccessKey key = add_key("AKIA1");
    expect_violation(ConstraintViolation::Kind::unique, [&] { access_keys::insert(tx_, keyring_, entropy_, key); });
    key.id = AccessKeyId("AKIA2");
    key.user_id = "AIDAnobody";
    expect_violation(ConstraintViolation::Kind::foreign_key,
                     [&] { access_keys::insert(tx_, keyring_, entropy_, key); });
}

TEST_P(AccessKeysTest, AreListedOldestFirst) {
    add_key("AKIA3", 10);
    add_key("AKIA1", 20);
    add_key("AKIA2", 10);
    EXPECT_EQ(access_keys::count(tx_, account_, user_), 3);
    const Page<AccessKey> first = access_keys::page(tx_, account_, user_, {"", 1});
    EXPECT_THAT(ids(first), ElementsAre("AKIA2"));
    EXPECT_TRUE(first.items[0].secret.empty());
    const Page<AccessKey> rest = access_keys::page(tx_, account_, user_, {first.next, 2});
    EXPECT_THAT(ids(rest), ElementsAre("AKIA3", "AKIA1"));
    EXPECT_EQ(rest.next, "");
    EXPECT_THAT(access_keys::page(tx_, account_, "AIDAnone", {}).items, IsEmpty());
}

TEST_P(AccessKeysTest, OnlyTheirUserChangesOrRemovesThem) {
    const AccessKeyId id = add_key("AKIA1").id;
    const std::string bob = add_user("bob").id;
    EXPECT_FALSE(access_keys::set_active(tx_, account_, bob, id, false));
    EXPECT_FALSE(access_keys::remove(tx_, account_, bob, id));
    EXPECT_FALSE(access_keys::remove(tx_, other_account_, user_, id));
    EXPECT_TRUE(access_keys::find_public(tx_, id)->active);
    EXPECT_TRUE(access_keys::set_active(tx_, account_, user_, id, false));
    EXPECT_FALSE(access_keys::find_public(tx_, id)->active);
    EXPECT_TRUE(access_keys::remove(tx_, account_, user_, id));
    EXPECT_FALSE(access_keys::find_public(tx_, id));
}

TEST_P(AccessKeysTest, TheLatestUseIsKeptWithoutBumpingTheRevision) {
    const AccessKeyId id = add_key("AKIA1").id;
    tx_.commit();
    const std::uint64_t revision = database_->revision(account_);
    {
        db::Transaction tx(*connection_, db::Access::write);
        access_keys::record_last_used(tx, id, {at(50), "eu-west-1", "iam"});
        access_keys::record_last_used(tx, id, {at(40), "us-east-1", "sts"});
        tx.commit();
    }
    EXPECT_EQ(database_->revision(account_), revision);
    db::Transaction tx(*connection_, db::Access::read);
    const auto key = access_keys::find_public(tx, id);
    ASSERT_TRUE(key->last_used);
    EXPECT_EQ(key->last_used->at, at(50));
    EXPECT_EQ(key->last_used->region, "eu-west-1");
    EXPECT_EQ(key->last_used->service, "iam");
}

class KeyringTest : public testing::Test {
  protected:
    std::string error() {
        try {
            Keyring::open(home_.path(), entropy_);
        } catch (const db::CannotOpen& refusal) {
            return refusal.what();
        }
        return "no error";
    }
    static std::string bytes(Keyring::Key key) { return {key.begin(), key.end()}; }

    db::TemporaryDirectory home_;
    SeededEntropy entropy_{1};
    const std::filesystem::path file_ = home_.path() / "master.key";
};

TEST_F(KeyringTest, IsMadeOnceAndReadAgain) {
    const Keyring first = Keyring::open(home_.path(), entropy_);
    const Keyring second = Keyring::open(home_.path(), entropy_);
    EXPECT_EQ(bytes(first.access_key_secrets()), bytes(second.access_key_secrets()));
    EXPECT_EQ(bytes(first.session_tokens()), bytes(second.session_tokens()));
    EXPECT_NE(bytes(first.access_key_secrets()), bytes(first.session_tokens()));
    EXPECT_NE(bytes(first.session_tokens()), bytes(Keyring::random(entropy_).session_tokens()));
    EXPECT_EQ(std::filesystem::file_size(file_), 32u);
    EXPECT_EQ(std::filesystem::status(file_).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    EXPECT_FALSE(std::filesystem::exists(home_.path() / "master.key.new"));
}

TEST_F(KeyringTest, RefusesADamagedOrReadableKey) {
    Keyring::open(home_.path(), entropy_);
    std::filesystem::permissions(file_, std::filesystem::perms(0640));
    EXPECT_EQ(error(), "The master key " + file_.string() + " can be read by others; chmod 600 it.");
    std::filesystem::permissions(file_, std::filesystem::perms(0600));
    for (const std::size_t size : {0u, 31u, 33u}) {
        SCOPED_TRACE(size);
        std::ofstream(file_, std::ios::trunc) << std::string(size, 'k');
        EXPECT_EQ(error(), "The master key " + file_.string() + " is damaged: it must have 32 bytes.");
    }
}

TEST_F(KeyringTest, BelongsToItsDatabaseForGood) {
    const auto database = db::Database::open(home_.path());
    database->migrate(schema());
    const auto refusal = [&]() -> std::string {
        try {
            Keyring::open_for(*database, home_.path(), entropy_);
        } catch (const db::CannotOpen& error) {
            return error.what();
        }
        return "";
    };
    EXPECT_EQ(refusal(), "");
    database->reset();
    EXPECT_EQ(refusal(), "");
    std::filesystem::remove(file_);
    EXPECT_EQ(refusal(), "The master key " + file_.string() + " is gone; the secrets in the database need it.");
    EXPECT_FALSE(std::filesystem::exists(file_)) << "a new key must not take the place of one that may come back";
    Keyring::open(home_.path(), entropy_);
    EXPECT_EQ(refusal(), "The master key " + file_.string() + " is not the one that the database was made with.");
}

class SharedKeyringTest : public StoreTest {
  protected:
    static std::string bytes(const Keyring& keyring) {
        return {keyring.session_tokens().begin(), keyring.session_tokens().end()};
    }
    template <class Open>
    static std::string refusal(Open open) {
        try {
            open();
        } catch (const db::CannotOpen& error) {
            return error.what();
        }
        return "";
    }
    SeededEntropy entropy_{1};
    const Secret given_{std::string(64, 'a')};
};
IAMLOCAL_ON_BOTH_ENGINES(SharedKeyringTest);

TEST_P(SharedKeyringTest, AKeyInTheDatabaseIsMadeOnce) {
    const std::string first = bytes(Keyring::open_in(*database_, entropy_));
    EXPECT_EQ(bytes(Keyring::open_in(*database_, entropy_)), first);
    database_->reset();
    EXPECT_EQ(bytes(Keyring::open_in(*database_, entropy_)), first);
    EXPECT_EQ(refusal([&] { Keyring::open_for(*database_, given_); }),
              "The master key that is given is not the one that the database was made with.");
}

TEST_P(SharedKeyringTest, AGivenKeyIsNotKept) {
    const std::string first = bytes(Keyring::open_for(*database_, given_));
    EXPECT_EQ(bytes(Keyring::open_for(*database_, Secret(std::string(64, 'A')))), first);
    EXPECT_EQ(refusal([&] { Keyring::open_for(*database_, Secret(std::string(64, 'b'))); }),
              "The master key that is given is not the one that the database was made with.");
    EXPECT_EQ(refusal([&] { Keyring::open_in(*database_, entropy_); }),
              "The database was made with a master key that is not kept in it; it must be given again.");
    for (const std::string& wrong : {std::string(63, 'a'), std::string(64, 'g')})
        EXPECT_EQ(refusal([&] { Keyring::open_for(*database_, Secret(wrong)); }),
                  "The master key must be 64 hexadecimal digits.");
}

TEST_F(KeyringTest, OpensSecretsAfterARestart) {
    const AccountId account("111122223333");
    const AccessKey key{.account = account,
                        .user_id = "AIDAalice",
                        .id = AccessKeyId("AKIA1"),
                        .secret = Secret("s"),
                        .active = true,
                        .created = at(1),
                        .last_used = {}};
    {
        const auto database = db::Database::open(home_.path());
        database->migrate(schema());
        const auto connection = database->connect();
        db::Transaction tx(*connection, db::Access::write);
        users::insert(tx, {.account = account,
                           .id = "AIDAalice",
                           .name = "alice",
                           .path = "/",
                           .created = at(1),
                           .boundary_arn = {},
                           .tags = {}});
        access_keys::insert(tx, Keyring::open(home_.path(), entropy_), entropy_, key);
        tx.commit();
    }
    const auto database = db::Database::open(home_.path());
    database->migrate(schema());
    const auto connection = database->connect();
    db::Transaction tx(*connection, db::Access::read);
    const auto found = access_keys::find(tx, Keyring::open(home_.path(), entropy_), key.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->secret.reveal(), "s");
}

}  // namespace
}  // namespace iamlocal::store
