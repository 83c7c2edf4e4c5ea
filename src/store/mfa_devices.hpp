// MFA devices: virtual ones, hardware tokens and security keys. A device has a holder while it is enabled: a user, or
// the account's root. Seeds are sealed with the keyring and bound to the device's id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/keyring.hpp"
#include "store/page.hpp"
#include "store/tags.hpp"

namespace iamlocal::store {

/// Stored as these numbers; never renumber.
enum class MfaDeviceKind {
    virtual_device = 1,
    token = 2,         ///< a piece of hardware that shows codes
    security_key = 3,  ///< FIDO; has no codes
};

/// Who has a device: a user's unique id; empty for root.
using MfaHolder = std::string;

struct MfaDevice {
    AccountId account;
    std::string id;      ///< never shown
    std::string serial;  ///< of a virtual device its ARN
    MfaDeviceKind kind = MfaDeviceKind::virtual_device;
    Seconds created{};
    std::optional<MfaHolder> holder;
    Seconds enabled{};                        ///< since when the holder has it
    std::int64_t clock_offset = 0;            ///< how many steps of thirty seconds its clock is ahead of ours
    std::optional<std::int64_t> newest_pair;  ///< step of the second code of the last pair that was accepted
    std::string certifications;               ///< of a security key: lines of name, '=' and level
};

namespace mfa_devices {

/// Throws db::ConstraintViolation for a serial number that is taken, in whatever case. A security key has no seed.
void insert(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const MfaDevice& device, const Secret& seed,
            const std::vector<Tag>& tags);
/// Whether the serial number is taken, without regard to case.
bool exists(db::Transaction& tx, const AccountId& account, std::string_view serial);
/// The case of serial numbers counts: policies are held against their text.
std::optional<MfaDevice> find(db::Transaction& tx, const AccountId& account, std::string_view serial);
/// Throws std::runtime_error for a seed that was sealed with another master key.
Secret seed_of(db::Transaction& tx, const Keyring& keyring, const MfaDevice& device);

enum class Assignment { any, assigned, unassigned };
/// Virtual devices, in order of their serial numbers.
Page<MfaDevice> page(db::Transaction& tx, const AccountId& account, Assignment assignment, const PageRequest& request);
/// What somebody has, in order of the serial numbers.
Page<MfaDevice> page_of(db::Transaction& tx, const AccountId& account, const MfaHolder& holder,
                        const PageRequest& request);
/// What nobody has, hardware included, in order of the serial numbers.
Page<MfaDevice> page_of_nobody(db::Transaction& tx, const AccountId& account, const PageRequest& request);
std::int64_t count_of(db::Transaction& tx, const AccountId& account, const MfaHolder& holder);
std::int64_t count_virtual(db::Transaction& tx, const AccountId& account);

void enable(db::Transaction& tx, const MfaDevice& device, const MfaHolder& holder, Seconds at);
/// Its clock is kept, and so is what it was last accepted with.
void deactivate(db::Transaction& tx, const MfaDevice& device);
/// Sets the clock by a pair of codes, the second of which is that of `step`.
void set_clock(db::Transaction& tx, const MfaDevice& device, std::int64_t offset, std::int64_t step);
/// Takes the tags and the used codes along.
void remove(db::Transaction& tx, const MfaDevice& device);

/// Notes that the code of a step was used; false if it was before. Forgets codes of steps before `oldest`.
bool use_code(db::Transaction& tx, const MfaDevice& device, std::int64_t step, std::int64_t oldest);
/// Counts a try within a span of time; false if there were `most` already. Counts belong to the serial number, so that
/// a new device of the same name begins with none of its own.
bool count_attempt(db::Transaction& tx, const MfaDevice& device, std::int64_t span, std::int64_t most);

}  // namespace mfa_devices
}  // namespace iamlocal::store
