// MFA devices. Their seeds are said here, where AWS makes them itself, so they are stored under the rules of the
// operations that make them.
#include "store/mfa_devices.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/error.hpp"
#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/one_time_code.hpp"
#include "iam/shapes.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"

namespace iamlocal::seed {
namespace {

namespace devices = store::mfa_devices;
using store::MfaDevice;
using store::MfaDeviceKind;

constexpr std::size_t shortest_mfa_seed = 10;
constexpr std::size_t longest_mfa_seed = 64;
constexpr std::size_t longest_serial = 256;
/// As far as AWS synchronizes a device's clock.
constexpr std::int64_t most_clock_offset = 1000;
constexpr Api mfa_api{"MFADevice", "SerialNumber"};

/// Whoever is to have a device; nothing: nobody.
using Holder = std::optional<store::MfaHolder>;

/// A device of a seed.
struct WantedDevice {
    const MfaDeviceSeed* seed;
    MfaDeviceKind kind;
    std::string serial;
    const tree::Node* at;  ///< of the name, or the serial number
};

WantedDevice wanted_device(Work& work, const MfaDeviceSeed& device, const tree::Node& list) {
    if (static_cast<bool>(device.name) == static_cast<bool>(device.serial_number))
        work.refuse({}, "an MFA device has name, or serial_number",
                    device.name   ? device.name.at
                    : device.seed ? device.seed.at
                                  : &list);
    if (device.serial_number) {
        require_shape(work, iam::shape::serial_number, "serialNumber", device.serial_number);
        const bool is_key = device.serial_number.value.starts_with("arn:");
        return {&device, is_key ? MfaDeviceKind::security_key : MfaDeviceKind::token, device.serial_number.value,
                device.serial_number.at};
    }
    require_shape(work, iam::shape::virtual_mfa_device_name, "virtualMFADeviceName", device.name);
    require_shape(work, iam::shape::path, "path", device.path);
    WantedDevice wanted{
        &device, MfaDeviceKind::virtual_device,
        arn::iam(work.account(), "mfa", device.path ? std::string_view(device.path.value) : "/", device.name.value),
        device.name.at};
    if (wanted.serial.size() > longest_serial)
        work.refuse(error_type::validation_error.name,
                    fmt::format("The ARN of the device must have length less than or equal to {}", longest_serial),
                    device.name.at);
    return wanted;
}

std::vector<WantedDevice> wanted_devices(Work& work, const List<MfaDeviceSeed>& list) {
    std::vector<WantedDevice> wanted;
    for (const MfaDeviceSeed& device : list.items) wanted.push_back(wanted_device(work, device, *list.at));
    return wanted;
}

/// Security keys show no codes.
std::string seed_of(Work& work, const WantedDevice& device) {
    const Text& seed = device.seed->seed;
    if (device.kind == MfaDeviceKind::security_key) {
        if (seed) work.refuse({}, "a security key has no seed", seed.at);
        return {};
    }
    if (!seed) work.refuse({}, "the MFA device needs its seed", device.at);
    const auto bytes = one_time_code::base32_decode(seed.value);
    if (!bytes || bytes->size() < shortest_mfa_seed || bytes->size() > longest_mfa_seed)
        work.refuse({}, fmt::format("seed is the base32 of {} to {} bytes", shortest_mfa_seed, longest_mfa_seed),
                    seed.at);
    return *bytes;
}

/// Lines, as the store has them.
std::string certifications_of(Work& work, const WantedDevice& device) {
    const Pairs& wanted = device.seed->certifications;
    if (wanted && device.kind != MfaDeviceKind::security_key)
        work.refuse({}, "only a security key has certifications", wanted.at);
    std::string lines;
    for (const auto& [name, level] : wanted.items) {
        for (const Text* const text : {&name, &level})
            if (text->value.empty() || text->value.find_first_of("=\n") != std::string::npos)
                work.refuse({}, "certifications are names and levels without '='", text->at);
        lines.append(lines.empty() ? "" : "\n").append(name.value).append("=").append(level.value);
    }
    return lines;
}

std::optional<MfaDevice> find_device(Work& work, const WantedDevice& wanted) {
    return work.read([&](db::Transaction& tx) { return devices::find(tx, work.account(), wanted.serial); });
}

/// Whether the device that is there has the seed, and whatever else the new one says of it.
bool is_same_device(Work& work, const MfaDevice& present, const WantedDevice& wanted, std::string_view seed,
                    std::string_view certifications) {
    if (present.kind != wanted.kind) return false;
    const MfaDeviceSeed& said = *wanted.seed;
    if (said.clock_offset && said.clock_offset.value != present.clock_offset) return false;
    if (said.certifications && certifications != present.certifications) return false;
    return work.read([&](db::Transaction& tx) {
        return equal_in_constant_time(devices::seed_of(tx, work.environment().keyring, present).reveal(), seed);
    });
}

void make_device(Work& work, const WantedDevice& wanted, const std::string& seed, const std::string& certifications,
                 const Holder& holder) {
    if (work.read([&](db::Transaction& tx) { return devices::exists(tx, work.account(), wanted.serial); }))
        work.refuse(error_type::entity_already_exists.name, "MFA device already exists.", wanted.at);
    const std::int64_t offset = wanted.seed->clock_offset.value;
    if (offset < -most_clock_offset || offset > most_clock_offset)
        work.refuse({}, fmt::format("clock_offset is -{0} to {0}", most_clock_offset), wanted.seed->clock_offset.at);
    const api::Environment& env = work.environment();
    MfaDevice device;
    device.account = work.account();
    device.id = ids::request_id(env.entropy);
    device.serial = wanted.serial;
    device.kind = wanted.kind;
    device.created = work.now();
    device.holder = holder;
    device.enabled = work.now();
    device.clock_offset = offset;
    device.certifications = certifications;
    work.write([&](db::Transaction& tx) { devices::insert(tx, env.keyring, env.entropy, device, Secret(seed), {}); });
}

void sync_device(Work& work, const WantedDevice& wanted, const Holder& holder) {
    const std::string seed = seed_of(work, wanted);
    const std::string certifications = certifications_of(work, wanted);
    auto found = find_device(work, wanted);
    if (found && found->holder && holder && found->holder != holder)
        work.refuse(error_type::entity_already_exists.name, "MFA Device is already in use.", wanted.at);
    const bool is_same = found && is_same_device(work, *found, wanted, seed, certifications);
    if (found && !is_same) work.write([&](db::Transaction& tx) { devices::remove(tx, *found); });
    if (!is_same) {
        make_device(work, wanted, seed, certifications, holder);
    } else if (found->holder != holder) {
        work.write([&](db::Transaction& tx) {
            if (holder)
                devices::enable(tx, *found, *holder, work.now());
            else
                devices::deactivate(tx, *found);
        });
    }
    found = find_device(work, wanted);
    sync_tags(work, {mfa_api, wanted.serial, found->id}, wanted.seed->tags);
}

bool is_wanted(const std::vector<WantedDevice>& wanted, const MfaDevice& device) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const WantedDevice& one) { return one.serial == device.serial; });
}

}  // namespace

void sync_mfa_devices(Work& work, const Owner& owner, const List<MfaDeviceSeed>& list) {
    require_room(work, aws::Quota::mfa_devices_per_user, static_cast<std::int64_t>(list.items.size()), *list.at);
    const std::vector<WantedDevice> wanted = wanted_devices(work, list);
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return devices::page_of(tx, work.account(), owner.user_id, request);
    });
    for (const MfaDevice& device : present) {
        if (is_wanted(wanted, device)) continue;
        work.call("DeactivateMFADevice", owner.named().add("SerialNumber", std::string_view(device.serial)));
        if (device.kind == MfaDeviceKind::virtual_device)
            work.call("DeleteVirtualMFADevice", Arguments("SerialNumber", std::string_view(device.serial)));
    }
    for (const WantedDevice& device : wanted) sync_device(work, device, owner.user_id);
}

void sync_unassigned_devices(Work& work, const AccountId& account, const List<MfaDeviceSeed>& list) {
    work.begin(account, &list, *list.at);
    const std::vector<WantedDevice> wanted = wanted_devices(work, list);
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return devices::page_of_nobody(tx, account, request);
    });
    for (const MfaDevice& device : present)
        if (!is_wanted(wanted, device)) work.write([&](db::Transaction& tx) { devices::remove(tx, device); });
    for (const WantedDevice& device : wanted) {
        if (device.kind == MfaDeviceKind::security_key)
            work.refuse({}, "a security key is always somebody's", device.at);
        sync_device(work, device, std::nullopt);
    }
    const auto count = work.read([&](db::Transaction& tx) { return devices::count_virtual(tx, account); });
    // AWS allows as many virtual devices as users.
    require_room(work, aws::Quota::users_per_account, count, *list.at);
}

}  // namespace iamlocal::seed
