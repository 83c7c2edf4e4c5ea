#include "store/mfa_devices.hpp"

#include "store/account.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using mfa_devices::Assignment;
using testing::ElementsAre;
using testing::IsEmpty;

class MfaDevicesTest : public StoreTest {
  protected:
    MfaDevice add_device(const std::string& serial, MfaDeviceKind kind = MfaDeviceKind::virtual_device,
                         std::optional<MfaHolder> holder = {}) {
        MfaDevice device{.account = account_,
                         .id = "id-" + serial,
                         .serial = serial,
                         .kind = kind,
                         .created = at(7),
                         .holder = std::move(holder),
                         .enabled = at(8),
                         .clock_offset = 0,
                         .newest_pair = {},
                         .certifications = "FIDO=L1"};
        mfa_devices::insert(tx_, keyring_, entropy_, device, Secret("seed of " + serial), {{"Owner", "1"}});
        return device;
    }
    MfaDevice get(const std::string& serial) { return mfa_devices::find(tx_, account_, serial).value(); }
    static std::vector<std::string> serials(const Page<MfaDevice>& page) {
        std::vector<std::string> out;
        for (const MfaDevice& device : page.items) out.push_back(device.serial);
        return out;
    }

    SeededEntropy entropy_{1};
    Keyring keyring_ = Keyring::random(entropy_);
    const std::string user_ = add_user("alice").id;
};
IAMLOCAL_ON_BOTH_ENGINES(MfaDevicesTest);

TEST_P(MfaDevicesTest, AreFoundByTheirSerialNumbers) {
    add_device("Phone");
    const MfaDevice device = get("Phone");
    EXPECT_EQ(device.account, account_);
    EXPECT_EQ(device.id, "id-Phone");
    EXPECT_EQ(device.kind, MfaDeviceKind::virtual_device);
    EXPECT_EQ(device.created, at(7));
    EXPECT_FALSE(device.holder);
    EXPECT_EQ(device.clock_offset, 0);
    EXPECT_FALSE(device.newest_pair);
    EXPECT_EQ(device.certifications, "FIDO=L1");
    EXPECT_FALSE(mfa_devices::find(tx_, account_, "phone")) << "case counts";
    EXPECT_TRUE(mfa_devices::exists(tx_, account_, "phone")) << "and two that differ in it alone cannot be";
    EXPECT_FALSE(mfa_devices::find(tx_, other_account_, "Phone"));
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_device("PHONE"); });
}

TEST_P(MfaDevicesTest, SeedsAreSealedAndBoundToTheirDevice) {
    const MfaDevice phone = add_device("phone");
    const MfaDevice tablet = add_device("tablet");
    EXPECT_EQ(mfa_devices::seed_of(tx_, keyring_, phone).reveal(), "seed of phone");
    const std::string stored = tx_.one("SELECT sealed_seed FROM mfa_devices WHERE id = 'id-phone'",
                                       [](const db::Row& row) { return std::string(row.blob(0)); })
                                   .value();
    EXPECT_EQ(stored.find("seed of phone"), std::string::npos);
    EXPECT_THROW(mfa_devices::seed_of(tx_, Keyring::random(entropy_), phone), std::runtime_error);
    tx_.run(account_, "UPDATE mfa_devices SET sealed_seed = ?1 WHERE id = 'id-tablet'", db::Blob{stored});
    EXPECT_THROW(mfa_devices::seed_of(tx_, keyring_, tablet), std::runtime_error);
}

TEST_P(MfaDevicesTest, HaveAHolderWhileTheyAreEnabled) {
    const MfaDevice phone = add_device("phone");
    const MfaDevice tablet = add_device("tablet");
    mfa_devices::enable(tx_, phone, user_, at(20));
    mfa_devices::enable(tx_, tablet, "", at(30));
    EXPECT_EQ(get("phone").holder, user_);
    EXPECT_EQ(get("phone").enabled, at(20));
    EXPECT_EQ(get("tablet").holder, "") << "root";
    EXPECT_EQ(mfa_devices::count_of(tx_, account_, user_), 1);
    EXPECT_EQ(mfa_devices::count_of(tx_, account_, ""), 1);
    EXPECT_EQ(mfa_devices::count_of(tx_, account_, "AIDAnobody"), 0);
    EXPECT_THAT(serials(mfa_devices::page_of(tx_, account_, user_, {})), ElementsAre("phone"));
    EXPECT_THAT(serials(mfa_devices::page_of(tx_, account_, "", {})), ElementsAre("tablet"));
    EXPECT_EQ(users::delete_blockers(tx_, account_, user_).mfa_devices, 1);
    expect_violation(ConstraintViolation::Kind::foreign_key, [&] { users::remove(tx_, account_, user_); });
    mfa_devices::set_clock(tx_, phone, -3, 4711);
    mfa_devices::deactivate(tx_, phone);
    EXPECT_FALSE(get("phone").holder);
    EXPECT_EQ(get("phone").clock_offset, -3);
    EXPECT_EQ(get("phone").newest_pair, 4711);
    EXPECT_NO_THROW(users::remove(tx_, account_, user_));
}

TEST_P(MfaDevicesTest, VirtualOnesAreListedByTheirSerialNumbers) {
    for (const char* serial : {"c", "A", "b"}) add_device(serial);
    add_device("token", MfaDeviceKind::token);
    mfa_devices::enable(tx_, get("b"), user_, at(1));
    const auto list = [&](Assignment assignment, PageRequest request = {}) {
        return serials(mfa_devices::page(tx_, account_, assignment, request));
    };
    EXPECT_THAT(list(Assignment::any), ElementsAre("A", "b", "c"));
    EXPECT_THAT(list(Assignment::assigned), ElementsAre("b"));
    EXPECT_THAT(list(Assignment::unassigned), ElementsAre("A", "c"));
    const Page<MfaDevice> first = mfa_devices::page(tx_, account_, Assignment::any, {"", 2});
    EXPECT_THAT(serials(first), ElementsAre("A", "b"));
    EXPECT_THAT(list(Assignment::any, {first.next, 2}), ElementsAre("c"));
    EXPECT_EQ(mfa_devices::count_virtual(tx_, account_), 3);
}

TEST_P(MfaDevicesTest, AreCounted) {
    add_device("phone");
    add_device("token", MfaDeviceKind::token);
    add_device("key", MfaDeviceKind::security_key, user_);
    account::Summary summary = account::summary(tx_, account_);
    EXPECT_EQ(summary.mfa_devices, 2) << "a token that nobody has is with those who make them";
    EXPECT_EQ(summary.mfa_devices_in_use, 1);
    EXPECT_FALSE(summary.root_has_mfa);
    mfa_devices::enable(tx_, get("phone"), "", at(1));
    summary = account::summary(tx_, account_);
    EXPECT_EQ(summary.mfa_devices_in_use, 2);
    EXPECT_TRUE(summary.root_has_mfa);
}

TEST_P(MfaDevicesTest, CodesAreUsedOnce) {
    const MfaDevice phone = add_device("phone");
    EXPECT_TRUE(mfa_devices::use_code(tx_, phone, 10, 0));
    EXPECT_FALSE(mfa_devices::use_code(tx_, phone, 10, 0));
    EXPECT_TRUE(mfa_devices::use_code(tx_, phone, 9, 0)) << "later ones do not spoil earlier ones";
    EXPECT_TRUE(mfa_devices::use_code(tx_, add_device("tablet"), 10, 0));
    EXPECT_FALSE(mfa_devices::use_code(tx_, phone, 10, 10));
    EXPECT_EQ(tx_.number("SELECT count(*) FROM mfa_used_codes WHERE device_id = 'id-phone'"), 1) << "9 is forgotten";
}

TEST_P(MfaDevicesTest, TriesAreCountedBySerialNumberAndSpan) {
    const MfaDevice phone = add_device("phone");
    EXPECT_TRUE(mfa_devices::count_attempt(tx_, phone, 1, 2));
    EXPECT_TRUE(mfa_devices::count_attempt(tx_, phone, 1, 2));
    EXPECT_FALSE(mfa_devices::count_attempt(tx_, phone, 1, 2));
    EXPECT_TRUE(mfa_devices::count_attempt(tx_, add_device("tablet"), 1, 2));
    mfa_devices::remove(tx_, phone);
    EXPECT_FALSE(mfa_devices::count_attempt(tx_, add_device("phone"), 1, 2));
    EXPECT_TRUE(mfa_devices::count_attempt(tx_, phone, 2, 2));
    EXPECT_EQ(tx_.number("SELECT count(*) FROM mfa_attempts"), 1) << "those of other spans are forgotten";
}

TEST_P(MfaDevicesTest, TakeWhatBelongsToThemAlong) {
    const MfaDevice phone = add_device("phone");
    EXPECT_THAT(tags::all(tx_, account_, phone.id), ElementsAre(Tag{"Owner", "1"}));
    tags::set(tx_, account_, phone.id, std::vector<Tag>{{"owner", "2"}});
    EXPECT_EQ(tags::all(tx_, account_, phone.id).size(), 2U) << "case counts, as for policies";
    mfa_devices::use_code(tx_, phone, 1, 0);
    mfa_devices::remove(tx_, phone);
    EXPECT_FALSE(mfa_devices::find(tx_, account_, "phone"));
    EXPECT_THAT(tags::all(tx_, account_, phone.id), IsEmpty());
    EXPECT_EQ(tx_.number("SELECT count(*) FROM mfa_used_codes"), 0);
}

TEST_P(MfaDevicesTest, GoWithTheirAccount) {
    const MfaDevice phone = add_device("phone", MfaDeviceKind::virtual_device, user_);
    mfa_devices::use_code(tx_, phone, 1, 0);
    mfa_devices::count_attempt(tx_, phone, 1, 9);
    account::erase(tx_, account_);
    for (const std::int64_t left :
         {tx_.number("SELECT count(*) FROM mfa_devices"), tx_.number("SELECT count(*) FROM mfa_used_codes"),
          tx_.number("SELECT count(*) FROM mfa_attempts")})
        EXPECT_EQ(left, 0);
}

}  // namespace
}  // namespace iamlocal::store
