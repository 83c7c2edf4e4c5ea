#include "seed/written_credentials.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/one_time_code.hpp"
#include "base/rsa_public_key.hpp"
#include "base/time_format.hpp"
#include "seed/stored_password.hpp"
#include "store/access_keys.hpp"
#include "store/issuer_keys.hpp"
#include "store/issuers.hpp"
#include "store/login_profiles.hpp"
#include "store/mfa_devices.hpp"
#include "store/saml_identity_providers.hpp"
#include "store/service_specific_credentials.hpp"
#include "store/signing_certificates.hpp"
#include "store/ssh_public_keys.hpp"

namespace iamlocal::seed {
namespace {

void put_list(SeedJson& thing, const char* name, std::vector<SeedJson> items, const char* sorted_by) {
    if (items.empty()) return;
    std::stable_sort(items.begin(), items.end(), [&](const SeedJson& a, const SeedJson& b) {
        return a.at(sorted_by).get_ref<const std::string&>() < b.at(sorted_by).get_ref<const std::string&>();
    });
    thing[name] = std::move(items);
}

void put_status(SeedJson& thing, bool is_active) {
    if (!is_active) thing["status"] = "Inactive";
}

/// Credentials of one owner being written.
class CredentialWriter {
  public:
    CredentialWriter(SeedJson& thing, db::Transaction& tx, const store::Keyring& keyring, const AccountId& account,
                     std::string_view owner_id)
        : thing_(thing), tx_(tx), keyring_(keyring), account_(account), owner_(owner_id) {}

    void write() {
        put_passwords();
        put_access_keys();
        put_signing_certificates();
    }

  private:
    void put_passwords() {
        // Root has no unique id.
        const std::string id = owner_.empty() ? account_.str() : owner_;
        const auto profile = store::login_profiles::find(tx_, account_, id);
        if (!profile) return;
        const auto passwords = store::login_profiles::passwords(tx_, account_, id);
        for (std::size_t i = 0; i < passwords.size(); ++i) {
            std::string hash = write_stored_password({profile->salt, passwords[i].hash});
            if (i == 0)
                thing_["password_hash"] = std::move(hash);
            else
                thing_["former_password_hashes"].push_back(std::move(hash));
        }
        if (profile->reset_required && !passwords.empty()) thing_["password_reset_required"] = true;
    }

    void put_access_keys() {
        std::vector<SeedJson> items;
        for (const auto& listed : everything(
                 [&](const auto& request) { return store::access_keys::page(tx_, account_, owner_, request); })) {
            const auto key = store::access_keys::find(tx_, keyring_, listed.id);
            if (!key) continue;
            SeedJson& one = items.emplace_back(SeedJson{{"access_key_id", key->id.str()}});
            one["secret_access_key"] = std::string(key->secret.reveal());
            put_status(one, key->active);
        }
        put_list(thing_, "access_keys", std::move(items), "access_key_id");
    }

    void put_signing_certificates() {
        store::signing_certificates::Owner owner;
        if (!owner_.empty()) owner = owner_;
        std::vector<SeedJson> items;
        for (const auto& certificate : everything(
                 [&](const auto& request) { return store::signing_certificates::page(tx_, account_, owner, request); }))
            put_status(items.emplace_back(SeedJson{{"certificate_body", certificate.body}}), certificate.active);
        put_list(thing_, "signing_certificates", std::move(items), "certificate_body");
    }

    SeedJson& thing_;
    db::Transaction& tx_;
    const store::Keyring& keyring_;
    const AccountId& account_;
    std::string owner_;
};

/// A virtual device is named by its path and name, hardware by its serial number.
SeedJson device_json(db::Transaction& tx, const store::Keyring& keyring, const store::MfaDevice& device) {
    SeedJson one;
    if (device.kind == store::MfaDeviceKind::virtual_device) {
        // `arn:aws:iam::ACCOUNT:mfa/path/name`
        const std::size_t begin = device.serial.find('/');
        const std::size_t end = device.serial.rfind('/');
        one["name"] = device.serial.substr(end + 1);
        if (end > begin) one["path"] = device.serial.substr(begin, end + 1 - begin);
    } else {
        one["serial_number"] = device.serial;
    }
    if (device.kind != store::MfaDeviceKind::security_key) {
        const Secret seed = store::mfa_devices::seed_of(tx, keyring, device);
        one["seed"] = one_time_code::base32_encode(seed.reveal());
    }
    if (device.clock_offset != 0) one["clock_offset"] = device.clock_offset;
    // Lines of name, '=' and level.
    for (std::size_t at = 0; at < device.certifications.size();) {
        const std::size_t end = std::min(device.certifications.find('\n', at), device.certifications.size());
        const std::size_t equals = std::min(device.certifications.find('=', at), end);
        one["certifications"][device.certifications.substr(at, equals - at)] =
            device.certifications.substr(std::min(equals + 1, end), end - std::min(equals + 1, end));
        at = end + 1;
    }
    for (const store::Tag& tag : store::tags::all(tx, device.account, device.id)) one["tags"][tag.key] = tag.value;
    return one;
}

}  // namespace

void put_credentials(SeedJson& thing, db::Transaction& tx, const store::Keyring& keyring, const AccountId& account,
                     std::string_view owner_id) {
    CredentialWriter(thing, tx, keyring, account, owner_id).write();
    const std::string holder(owner_id);
    for (const auto& device :
         everything([&](const auto& request) { return store::mfa_devices::page_of(tx, account, holder, request); }))
        thing["mfa_devices"].push_back(device_json(tx, keyring, device));
}

void put_service_credentials(SeedJson& thing, db::Transaction& tx, const AccountId& account, std::string_view user_id) {
    std::vector<SeedJson> keys;
    for (const auto& key :
         everything([&](const auto& request) { return store::ssh_public_keys::page(tx, account, user_id, request); })) {
        const auto numbers = RsaPublicKey::parse_ssh_bytes(key.ssh_bytes);
        if (!numbers) continue;
        put_status(keys.emplace_back(SeedJson{{"ssh_public_key_body", numbers->ssh_line()}}), key.active);
    }
    put_list(thing, "ssh_public_keys", std::move(keys), "ssh_public_key_body");
    std::vector<SeedJson> credentials;
    for (const auto& credential : everything([&](const auto& request) {
             return store::service_specific_credentials::page(tx, account, {.user_id = user_id, .service = {}},
                                                              request);
         })) {
        SeedJson& one = credentials.emplace_back(SeedJson{{"service_name", credential.service}});
        one["service_user_name"] = credential.name;
        put_status(one, credential.active);
        if (credential.expires) one["expires"] = format_iso8601(*credential.expires);
    }
    std::sort(credentials.begin(), credentials.end(),
              [](const SeedJson& a, const SeedJson& b) { return a.at("service_name") < b.at("service_name"); });
    put_list(thing, "service_specific_credentials", std::move(credentials), "service_user_name");
}

SeedJson unassigned_devices_json(db::Transaction& tx, const store::Keyring& keyring, const AccountId& account) {
    SeedJson list = SeedJson::array();
    for (const auto& device :
         everything([&](const auto& request) { return store::mfa_devices::page_of_nobody(tx, account, request); }))
        list.push_back(device_json(tx, keyring, device));
    return list;
}

SeedJson issuer_keys_json(db::Transaction& tx, const store::Keyring& keyring, std::string_view owner) {
    SeedJson list = SeedJson::array();
    for (const store::IssuerKey& key : store::issuer_keys::all(tx, owner)) {
        const auto pem = store::issuer_keys::find_private(tx, keyring, owner, key.id);
        if (pem)
            list.push_back(
                {{"key_id", key.id}, {"algorithm", key.algorithm}, {"private_key", std::string(pem->reveal())}});
    }
    return list;
}

void write_built_in_providers(SeedJson& seed, db::Transaction& tx, const store::Keyring& keyring) {
    for (const store::BuiltInIssuer& issuer : store::built_in_issuers::all(tx)) {
        SeedJson& thing = seed["issuers"][issuer.name] = SeedJson{{"issuer", issuer.url}};
        if (!issuer.preset.empty()) thing["preset"] = issuer.preset;
        thing["keys"] = issuer_keys_json(tx, keyring, store::issuer_keys::owner_of_issuer(issuer.name));
    }
    for (const store::SamlIdentityProvider& provider : store::saml_identity_providers::all(tx)) {
        const auto key = store::saml_identity_providers::find_private_key(tx, keyring, provider.name);
        if (!key) continue;
        SeedJson& thing = seed["saml_identity_providers"][provider.name] = SeedJson::object();
        thing["certificate"] = provider.certificate;
        thing["private_key"] = std::string(key->reveal());
    }
}

}  // namespace iamlocal::seed
