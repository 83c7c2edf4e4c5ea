// Passwords, access keys and MFA devices: what a seed says of them no operation takes, for AWS makes secrets itself. So
// they are stored here, under the rules of the operations that make them.
#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/error.hpp"
#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/one_time_code.hpp"
#include "iam/password_rules.hpp"
#include "iam/shapes.hpp"
#include "seed/stored_password.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/access_keys.hpp"
#include "store/login_profiles.hpp"
#include "store/mfa_devices.hpp"
#include "store/password_policies.hpp"

namespace iamlocal::seed {
namespace {

namespace devices = store::mfa_devices;
namespace keys = store::access_keys;
namespace profiles = store::login_profiles;
using aws::Quota;

constexpr std::size_t longest_password = 128;
constexpr std::size_t shortest_key_id = 16;
constexpr std::size_t longest_key_id = 128;
constexpr std::size_t longest_secret = 128;
constexpr std::size_t shortest_mfa_seed = 10;
constexpr std::size_t longest_mfa_seed = 64;
constexpr std::size_t longest_serial = 256;
constexpr Api mfa_api{"MFADevice", "SerialNumber"};

bool is_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

void require_room(Work& work, Quota quota, std::int64_t count, const tree::Node& at) {
    const std::int64_t limit = work.environment().quotas[quota];
    if (count > limit)
        work.refuse(error_type::limit_exceeded.name,
                    fmt::format("Cannot exceed quota for {}: {}", aws::name_of(quota), limit), &at);
}

// Passwords

void require_good_password(Work& work, const Text& password) {
    if (password.value.size() > longest_password || password.value.empty())
        work.refuse(error_type::validation_error.name,
                    fmt::format("a password has 1 to {} characters", longest_password), password.at);
    const auto policy =
        work.read([&](db::Transaction& tx) { return store::password_policies::find(tx, work.account()); });
    if (const auto lack = iam::password_lack(password.value, policy))
        work.refuse("PasswordPolicyViolation", *lack, password.at);
}

/// Whose profile there is, and has another salt, gets a new one.
void set_password(Work& work, const std::string& user_id, const UserSeed& user, const HashedPassword& hashed) {
    work.write([&](db::Transaction& tx) {
        const auto profile = profiles::find(tx, work.account(), user_id);
        if (profile && profile->salt != hashed.salt) profiles::remove(tx, work.account(), user_id);
        if (!profile || profile->salt != hashed.salt)
            profiles::insert(tx, {.account = work.account(),
                                  .owner_id = user_id,
                                  .created = work.now(),
                                  .reset_required = user.password_reset_required.value,
                                  .salt = hashed.salt});
        profiles::add_password(tx, work.account(), user_id, hashed.hash, work.now());
    });
}

/// What the seed says, whichever way; nothing where it says nothing.
std::optional<HashedPassword> wanted_password(Work& work, const UserSeed& user, const Passwords& passwords) {
    if (user.password && user.password_hash)
        work.refuse({}, "a user has password or password_hash, not both", user.password_hash.at);
    if (user.password) {
        require_good_password(work, user.password);
        return passwords.at(user.password.at);
    }
    if (!user.password_hash) return std::nullopt;
    auto stored = parse_stored_password(user.password_hash.value);
    if (!stored) work.refuse({}, "password_hash is not as an export writes it", user.password_hash.at);
    return stored;
}

// Access keys

void require_good_key(Work& work, const AccessKeySeed& key) {
    const std::string& id = key.access_key_id.value;
    if (id.size() < shortest_key_id || id.size() > longest_key_id || !std::all_of(id.begin(), id.end(), is_word))
        work.refuse(error_type::validation_error.name,
                    fmt::format("an access key id has {} to {} letters and digits", shortest_key_id, longest_key_id),
                    key.access_key_id.at);
    const std::string& secret = key.secret_access_key.value;
    const bool is_good = !secret.empty() && secret.size() <= longest_secret &&
                         std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!is_good)
        work.refuse(error_type::validation_error.name,
                    fmt::format("a secret access key has 1 to {} characters without blanks", longest_secret),
                    key.secret_access_key.at);
}

void sync_access_key(Work& work, const std::string& user_id, const AccessKeySeed& wanted) {
    require_good_key(work, wanted);
    const bool is_active = wanted.status.value != "Inactive";
    const AccessKeyId id(wanted.access_key_id.value);
    const store::Keyring& keyring = work.environment().keyring;
    const auto present = work.read([&](db::Transaction& tx) { return keys::find(tx, keyring, id); });
    if (present && (present->account != work.account() || present->user_id != user_id))
        work.refuse(error_type::entity_already_exists.name,
                    fmt::format("the access key {} belongs to somebody else", id.view()), wanted.access_key_id.at);
    const bool is_same = present && equal_in_constant_time(present->secret.reveal(), wanted.secret_access_key.value);
    if (is_same && (!wanted.status || present->active == is_active)) return;
    work.write([&](db::Transaction& tx) {
        if (is_same) {
            keys::set_active(tx, work.account(), user_id, id, is_active);
            return;
        }
        if (present) keys::remove(tx, work.account(), user_id, id);
        keys::insert(tx, keyring, work.environment().entropy,
                     {.account = work.account(),
                      .user_id = user_id,
                      .id = id,
                      .secret = Secret(wanted.secret_access_key.value),
                      .active = is_active,
                      .created = work.now(),
                      .last_used = {}});
    });
}

// MFA devices

std::string serial_of(Work& work, const MfaDeviceSeed& device) {
    return arn::iam(work.account(), "mfa", device.path ? std::string_view(device.path.value) : "/", device.name.value);
}

std::string seed_of(Work& work, const MfaDeviceSeed& device) {
    const auto bytes = one_time_code::base32_decode(device.seed.value);
    if (!bytes || bytes->size() < shortest_mfa_seed || bytes->size() > longest_mfa_seed)
        work.refuse({}, fmt::format("seed is the base32 of {} to {} bytes", shortest_mfa_seed, longest_mfa_seed),
                    device.seed.at);
    return *bytes;
}

void make_device(Work& work, const MfaDeviceSeed& wanted, const std::string& serial, const std::string& seed,
                 const std::string& user_id) {
    if (!iam::shape::virtual_mfa_device_name.matches(wanted.name.value) || serial.size() > longest_serial)
        work.refuse(error_type::validation_error.name,
                    "The specified value for virtualMFADeviceName is invalid. " +
                        std::string(iam::shape::virtual_mfa_device_name.explained),
                    wanted.name.at);
    if (wanted.path && !iam::shape::path.matches(wanted.path.value))
        work.refuse(error_type::validation_error.name,
                    "The specified value for path is invalid. " + std::string(iam::shape::path.explained),
                    wanted.path.at);
    if (work.read([&](db::Transaction& tx) { return devices::exists(tx, work.account(), serial); }))
        work.refuse(error_type::entity_already_exists.name, "MFA device already exists.", wanted.name.at);
    const api::Environment& env = work.environment();
    store::MfaDevice device;
    device.account = work.account();
    device.id = ids::request_id(env.entropy);
    device.serial = serial;
    device.created = work.now();
    device.holder = user_id;
    device.enabled = work.now();
    work.write([&](db::Transaction& tx) { devices::insert(tx, env.keyring, env.entropy, device, Secret(seed), {}); });
}

}  // namespace

void sync_password(Work& work, const Text& user_name, const std::string& user_id, const UserSeed& user,
                   const Passwords& passwords) {
    const auto profile = work.read([&](db::Transaction& tx) { return profiles::find(tx, work.account(), user_id); });
    if (const auto hashed = wanted_password(work, user, passwords)) {
        if (profile && profile->salt != hashed->salt && user.password)
            work.refuse(error_type::concurrent_modification.name, "the password was changed at the same moment",
                        user.password.at);
        const auto current =
            work.read([&](db::Transaction& tx) { return profiles::passwords(tx, work.account(), user_id, 1); });
        const bool is_same = profile && profile->salt == hashed->salt && !current.empty() &&
                             equal_in_constant_time(current.front().hash, hashed->hash);
        if (!is_same) set_password(work, user_id, user, *hashed);
    }
    if (!user.password_reset_required) return;
    const bool wanted = user.password_reset_required.value;
    if (!profile && !user.password && !user.password_hash)
        work.refuse("NoSuchEntity", fmt::format("Login Profile for User {} cannot be found.", user_name.value),
                    user.password_reset_required.at);
    if (profile && profile->reset_required != wanted)
        work.write([&](db::Transaction& tx) { profiles::set_reset_required(tx, work.account(), user_id, wanted); });
}

void sync_access_keys(Work& work, const Text& user_name, const std::string& user_id,
                      const List<AccessKeySeed>& wanted) {
    require_room(work, Quota::access_keys_per_user, static_cast<std::int64_t>(wanted.items.size()), *wanted.at);
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return keys::page(tx, work.account(), user_id, request);
    });
    for (const store::AccessKey& key : present) {
        const bool is_wanted = std::any_of(wanted.items.begin(), wanted.items.end(), [&](const AccessKeySeed& item) {
            return item.access_key_id.value == key.id.view();
        });
        if (!is_wanted)
            work.call("DeleteAccessKey", Arguments("UserName", user_name).add("AccessKeyId", key.id.view()));
    }
    for (const AccessKeySeed& key : wanted.items) sync_access_key(work, user_id, key);
}

void sync_mfa_devices(Work& work, const Text& user_name, const std::string& user_id,
                      const List<MfaDeviceSeed>& wanted) {
    require_room(work, Quota::mfa_devices_per_user, static_cast<std::int64_t>(wanted.items.size()), *wanted.at);
    std::vector<std::string> serials;
    for (const MfaDeviceSeed& device : wanted.items) serials.push_back(serial_of(work, device));
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return devices::page_of(tx, work.account(), user_id, request);
    });
    for (const store::MfaDevice& device : present) {
        if (device.kind != store::MfaDeviceKind::virtual_device) continue;
        if (std::find(serials.begin(), serials.end(), device.serial) != serials.end()) continue;
        work.call("DeactivateMFADevice",
                  Arguments("UserName", user_name).add("SerialNumber", std::string_view(device.serial)));
        work.call("DeleteVirtualMFADevice", Arguments("SerialNumber", std::string_view(device.serial)));
    }
    const store::Keyring& keyring = work.environment().keyring;
    for (std::size_t i = 0; i < serials.size(); ++i) {
        const MfaDeviceSeed& device = wanted.items[i];
        const std::string seed = seed_of(work, device);
        auto found = work.read([&](db::Transaction& tx) { return devices::find(tx, work.account(), serials[i]); });
        if (found && found->holder && found->holder != user_id)
            work.refuse(error_type::entity_already_exists.name, "MFA Device is already in use.", device.name.at);
        const bool is_same = found && work.read([&](db::Transaction& tx) {
            return equal_in_constant_time(devices::seed_of(tx, keyring, *found).reveal(), seed);
        });
        if (found && !is_same) work.write([&](db::Transaction& tx) { devices::remove(tx, *found); });
        if (!is_same) {
            make_device(work, device, serials[i], seed, user_id);
        } else if (!found->holder) {
            work.write([&](db::Transaction& tx) { devices::enable(tx, *found, user_id, work.now()); });
        }
        found = work.read([&](db::Transaction& tx) { return devices::find(tx, work.account(), serials[i]); });
        sync_tags(work, {mfa_api, serials[i], found->id}, device.tags);
    }
    const auto count = work.read([&](db::Transaction& tx) { return devices::count_of(tx, work.account(), user_id); });
    require_room(work, Quota::mfa_devices_per_user, count, *wanted.at);
}

}  // namespace iamlocal::seed
