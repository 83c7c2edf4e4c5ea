#include "store/mfa_devices.hpp"

#include <stdexcept>

#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::mfa_devices {
namespace {

MfaDevice read_device(const db::Row& row) {
    MfaDevice device{.account = AccountId(row.view(0)),
                     .id = row.text(1),
                     .serial = row.text(2),
                     .kind = static_cast<MfaDeviceKind>(row.integer(3)),
                     .created = row.seconds(4),
                     .holder = {},
                     .enabled = {},
                     .clock_offset = row.integer(7),
                     .newest_pair = {},
                     .certifications = row.text(9)};
    if (!row.is_null(6)) {
        device.holder = row.text(5);  // empty for NULL: root
        device.enabled = row.seconds(6);
    }
    if (!row.is_null(8)) device.newest_pair = row.integer(8);
    return device;
}

std::string key_of(const MfaDevice& device) { return fold_case(device.serial); }

/// What a seed is sealed with, so that it opens for its own device alone.
std::string binding_of(const MfaDevice& device) { return "seed of MFA device " + device.id; }

constexpr int entity_kind = static_cast<int>(EntityKind::mfa_device);

/// As a column has it: NULL for root.
std::optional<std::string_view> user_of(const MfaHolder& holder) {
    if (holder.empty()) return std::nullopt;
    return holder;
}

}  // namespace

void insert(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const MfaDevice& device, const Secret& seed,
            const std::vector<Tag>& tags) {
    entities::insert(tx, EntityKind::mfa_device,
                     {device.account, device.id, device.serial, "/", device.created, std::nullopt});
    const std::string sealed = seal(keyring.access_key_secrets(), seed.reveal(), binding_of(device), entropy);
    tx.run(device.account,
           "INSERT INTO mfa_devices (account, id, kind, sealed_seed, clock_offset, certifications) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           device.account, device.id, static_cast<int>(device.kind), db::Blob{sealed}, device.clock_offset,
           device.certifications);
    if (device.holder) enable(tx, device, *device.holder, device.enabled);
    tags::set(tx, device.account, device.id, tags);
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view serial) {
    return entities::exists(tx, account, EntityKind::mfa_device, serial);
}

std::optional<MfaDevice> find(db::Transaction& tx, const AccountId& account, std::string_view serial) {
    std::optional<MfaDevice> device = tx.one(
        "SELECT e.account, e.id, e.name, d.kind, e.created, d.user_id, d.enabled, d.clock_offset, "
        "d.newest_pair, d.certifications "
        "FROM entities e JOIN mfa_devices d ON d.account = e.account AND d.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        read_device, account, entity_kind, fold_case(serial));
    if (device && device->serial != serial) return std::nullopt;
    return device;
}

Secret seed_of(db::Transaction& tx, const Keyring& keyring, const MfaDevice& device) {
    const std::optional<Secret> seed = tx.one(
        "SELECT sealed_seed FROM mfa_devices WHERE account = ?1 AND id = ?2",
        [&](const db::Row& row) {
            std::optional<std::string> opened =
                open_sealed(keyring.access_key_secrets(), row.blob(0), binding_of(device));
            if (!opened)
                throw std::runtime_error("the seed of MFA device " + device.serial +
                                         " was sealed with another master key");
            return Secret(*std::move(opened));
        },
        device.account, device.id);
    if (!seed) throw std::logic_error("MFA device " + device.serial + " is not there");
    return *seed;
}

Page<MfaDevice> page(db::Transaction& tx, const AccountId& account, Assignment assignment, const PageRequest& request) {
    // 0 and 1: whether devices without and with a holder are wanted.
    const int without = assignment == Assignment::assigned ? 0 : 1;
    const int with = assignment == Assignment::unassigned ? 0 : 1;
    return make_page(tx.list("SELECT e.account, e.id, e.name, d.kind, e.created, d.user_id, d.enabled, d.clock_offset, "
                             "d.newest_pair, d.certifications "
                             "FROM entities e JOIN mfa_devices d ON d.account = e.account AND d.id = e.id "
                             "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key > ?3 AND d.kind = ?4 "
                             "AND ((d.enabled IS NULL AND ?5 = 1) OR (d.enabled IS NOT NULL AND ?6 = 1)) "
                             "ORDER BY e.name_key LIMIT ?7",
                             read_device, account, entity_kind, request.after,
                             static_cast<int>(MfaDeviceKind::virtual_device), without, with, request.limit + 1),
                     request.limit, key_of);
}

Page<MfaDevice> page_of(db::Transaction& tx, const AccountId& account, const MfaHolder& holder,
                        const PageRequest& request) {
    // Two statements, so that a user's devices are found by the index.
    const db::Sql of_user =
        "SELECT e.account, e.id, e.name, d.kind, e.created, d.user_id, d.enabled, d.clock_offset, d.newest_pair, "
        "d.certifications FROM mfa_devices d JOIN entities e ON e.account = d.account AND e.id = d.id "
        "WHERE d.account = ?1 AND d.user_id = ?2 AND e.name_key > ?3 ORDER BY e.name_key LIMIT ?4";
    const db::Sql of_root =
        "SELECT e.account, e.id, e.name, d.kind, e.created, d.user_id, d.enabled, d.clock_offset, d.newest_pair, "
        "d.certifications FROM mfa_devices d JOIN entities e ON e.account = d.account AND e.id = d.id "
        "WHERE d.account = ?1 AND d.user_id IS NULL AND ?2 = '' AND d.enabled IS NOT NULL AND e.name_key > ?3 "
        "ORDER BY e.name_key LIMIT ?4";
    return make_page(
        tx.list(holder.empty() ? of_root : of_user, read_device, account, holder, request.after, request.limit + 1),
        request.limit, key_of);
}

Page<MfaDevice> page_of_nobody(db::Transaction& tx, const AccountId& account, const PageRequest& request) {
    return make_page(
        tx.list(
            "SELECT e.account, e.id, e.name, d.kind, e.created, d.user_id, d.enabled, d.clock_offset, d.newest_pair, "
            "d.certifications FROM mfa_devices d JOIN entities e ON e.account = d.account AND e.id = d.id "
            "WHERE d.account = ?1 AND d.enabled IS NULL AND e.name_key > ?2 ORDER BY e.name_key LIMIT ?3",
            read_device, account, request.after, request.limit + 1),
        request.limit, key_of);
}

std::int64_t count_of(db::Transaction& tx, const AccountId& account, const MfaHolder& holder) {
    const db::Sql of_user = "SELECT count(*) FROM mfa_devices WHERE account = ?1 AND user_id = ?2";
    const db::Sql of_root =
        "SELECT count(*) FROM mfa_devices WHERE account = ?1 AND user_id IS NULL AND ?2 = '' AND enabled IS NOT NULL";
    return tx.number(holder.empty() ? of_root : of_user, account, holder);
}

std::int64_t count_virtual(db::Transaction& tx, const AccountId& account) {
    return tx.number("SELECT count(*) FROM mfa_devices WHERE account = ?1 AND kind = ?2", account,
                     static_cast<int>(MfaDeviceKind::virtual_device));
}

void enable(db::Transaction& tx, const MfaDevice& device, const MfaHolder& holder, Seconds at) {
    tx.run(device.account, "UPDATE mfa_devices SET user_id = ?3, enabled = ?4 WHERE account = ?1 AND id = ?2",
           device.account, device.id, user_of(holder), at);
}

void deactivate(db::Transaction& tx, const MfaDevice& device) {
    tx.run(device.account, "UPDATE mfa_devices SET user_id = NULL, enabled = NULL WHERE account = ?1 AND id = ?2",
           device.account, device.id);
}

void set_clock(db::Transaction& tx, const MfaDevice& device, std::int64_t offset, std::int64_t step) {
    tx.run(device.account, "UPDATE mfa_devices SET clock_offset = ?3, newest_pair = ?4 WHERE account = ?1 AND id = ?2",
           device.account, device.id, offset, step);
}

void remove(db::Transaction& tx, const MfaDevice& device) { entities::remove(tx, device.account, device.id); }

bool use_code(db::Transaction& tx, const MfaDevice& device, std::int64_t step, std::int64_t oldest) {
    tx.execute_without_revision("DELETE FROM mfa_used_codes WHERE account = ?1 AND device_id = ?2 AND step < ?3",
                                device.account, device.id, oldest);
    return tx.execute_without_revision(
               "INSERT INTO mfa_used_codes (account, device_id, step) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
               device.account, device.id, step) > 0;
}

bool count_attempt(db::Transaction& tx, const MfaDevice& device, std::int64_t span, std::int64_t most) {
    tx.execute_without_revision("DELETE FROM mfa_attempts WHERE account = ?1 AND span <> ?2", device.account, span);
    return tx.execute_without_revision(
               "INSERT INTO mfa_attempts (account, serial_key, span, count) VALUES (?1, ?2, ?3, 1) "
               "ON CONFLICT (account, serial_key) DO UPDATE SET count = mfa_attempts.count + 1 "
               "WHERE mfa_attempts.count < ?4",
               device.account, fold_case(device.serial), span, most) > 0;
}

}  // namespace iamlocal::store::mfa_devices
