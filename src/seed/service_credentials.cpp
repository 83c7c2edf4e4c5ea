// What users have for single services: SSH public keys and service-specific credentials. Passwords of the latter are
// not kept by a server, so seeds have none.
#include <algorithm>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/rsa_public_key.hpp"
#include "base/time_format.hpp"
#include "iam/service_specific_credentials.hpp"
#include "iam/shapes.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/service_specific_credentials.hpp"
#include "store/ssh_public_keys.hpp"

namespace iamlocal::seed {
namespace {

namespace ssh = store::ssh_public_keys;
namespace credentials = store::service_specific_credentials;

std::vector<store::SshPublicKey> ssh_keys_of(Work& work, const Owner& owner) {
    return all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return ssh::page(tx, work.account(), owner.user_id, request);
    });
}

/// Empty for what is no key: uploading it says why.
std::string ssh_bytes_of(const SshPublicKeySeed& key) {
    const auto parsed = RsaPublicKey::parse(key.ssh_public_key_body.value);
    return parsed ? parsed->ssh_bytes() : std::string();
}

const store::SshPublicKey* find_ssh_key(const std::vector<store::SshPublicKey>& present, const std::string& bytes) {
    const auto found = std::find_if(present.begin(), present.end(),
                                    [&](const store::SshPublicKey& key) { return key.ssh_bytes == bytes; });
    return found == present.end() ? nullptr : &*found;
}

/// A credential of a seed under the names that it is to have.
struct WantedCredential {
    const ServiceCredentialSeed* seed;
    std::string service;
    std::string name;
    std::optional<Seconds> expires;
};

std::string service_of(Work& work, const Text& service) {
    const auto known = iam::find_credential_service(service.value);
    if (!known)
        work.refuse("NoSuchEntity",
                    fmt::format("No such service {} is supported for Service Specific Credentials", service.value),
                    service.at);
    return std::string(*known);
}

std::optional<Seconds> expiry_of(Work& work, const Text& expires) {
    if (!expires) return std::nullopt;
    const auto at = parse_iso8601(expires.value);
    if (!at) work.refuse({}, "expires is a time such as 2030-01-31T12:00:00Z", expires.at);
    return whole_seconds(*at);
}

/// As IAM names them: `bob-at-111122223333`, and the next one of a service `bob+1-at-111122223333`.
std::vector<WantedCredential> wanted_credentials(Work& work, const Owner& owner,
                                                 const List<ServiceCredentialSeed>& list) {
    std::vector<WantedCredential> wanted;
    for (const ServiceCredentialSeed& credential : list.items) {
        const std::string service = service_of(work, credential.service_name);
        const auto before = std::count_if(wanted.begin(), wanted.end(),
                                          [&](const WantedCredential& one) { return one.service == service; });
        const std::string number = before == 0 ? "" : fmt::format("+{}", before);
        std::string name = fmt::format("{}{}-at-{}", owner.user_name.value, number, work.account().view());
        if (credential.service_user_name) {
            name = credential.service_user_name.value;
            require_shape(work, iam::shape::existing_user_name, "serviceUserName", credential.service_user_name);
        }
        wanted.push_back({&credential, service, std::move(name), expiry_of(work, credential.expires)});
    }
    return wanted;
}

bool is_named(const WantedCredential& wanted, const store::ServiceSpecificCredential& credential) {
    return wanted.service == credential.service && equals_ignoring_case(wanted.name, credential.name);
}

void sync_credential(Work& work, const Owner& owner, const WantedCredential& wanted,
                     const store::ServiceSpecificCredential* present) {
    const ServiceCredentialSeed& said = *wanted.seed;
    const bool is_active = said.status.value != "Inactive";
    const bool is_same = present != nullptr && (!said.expires || present->expires == wanted.expires);
    if (is_same && (!said.status || present->active == is_active)) return;
    const auto is_taken = [&](db::Transaction& tx) {
        return credentials::has_name(tx, work.account(), wanted.service, wanted.name);
    };
    if (present == nullptr && work.read(is_taken))
        work.refuse(error_type::entity_already_exists.name,
                    fmt::format("another user is known to {} as {}", wanted.service, wanted.name),
                    said.service_name.at);
    work.write([&](db::Transaction& tx) {
        if (is_same) return credentials::set_active(tx, work.account(), present->id, is_active);
        if (present != nullptr) credentials::remove(tx, work.account(), present->id);
        credentials::insert(tx,
                            {.account = work.account(),
                             .id = ids::unique_id(work.environment().entropy, ids::Kind::service_specific_credential),
                             .user_id = owner.user_id,
                             .service = wanted.service,
                             .name = wanted.name,
                             .active = is_active,
                             .created = work.now(),
                             .expires = wanted.expires});
    });
}

}  // namespace

void sync_ssh_public_keys(Work& work, const Owner& owner, const List<SshPublicKeySeed>& wanted) {
    std::vector<std::string> bytes;
    for (const SshPublicKeySeed& key : wanted.items) bytes.push_back(ssh_bytes_of(key));
    for (const store::SshPublicKey& key : ssh_keys_of(work, owner))
        if (std::find(bytes.begin(), bytes.end(), key.ssh_bytes) == bytes.end())
            work.call("DeleteSSHPublicKey", owner.named().add("SSHPublicKeyId", std::string_view(key.id)));
    const std::vector<store::SshPublicKey> present = ssh_keys_of(work, owner);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (find_ssh_key(present, bytes[i]) == nullptr)
            work.call("UploadSSHPublicKey", owner.named().add("SSHPublicKeyBody", wanted.items[i].ssh_public_key_body));
    const std::vector<store::SshPublicKey> all = ssh_keys_of(work, owner);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const Text& status = wanted.items[i].status;
        const store::SshPublicKey* const key = find_ssh_key(all, bytes[i]);
        if (status && key->active != (status.value == "Active"))
            work.call("UpdateSSHPublicKey",
                      owner.named().add("SSHPublicKeyId", std::string_view(key->id)).add("Status", status));
    }
}

void sync_service_credentials(Work& work, const Owner& owner, const List<ServiceCredentialSeed>& list) {
    const std::vector<WantedCredential> wanted = wanted_credentials(work, owner, list);
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return credentials::page(tx, work.account(), {.user_id = owner.user_id, .service = {}}, request);
    });
    for (const auto& credential : present) {
        const bool stays = std::any_of(wanted.begin(), wanted.end(),
                                       [&](const WantedCredential& one) { return is_named(one, credential); });
        if (!stays)
            work.call("DeleteServiceSpecificCredential",
                      owner.named().add("ServiceSpecificCredentialId", std::string_view(credential.id)));
    }
    for (const WantedCredential& one : wanted) {
        const auto found = std::find_if(present.begin(), present.end(),
                                        [&](const auto& credential) { return is_named(one, credential); });
        sync_credential(work, owner, one, found == present.end() ? nullptr : &*found);
        const auto count = work.read(
            [&](db::Transaction& tx) { return credentials::count(tx, work.account(), owner.user_id, one.service); });
        require_room(work, aws::Quota::service_specific_credentials, count, *one.seed->service_name.at);
    }
}

}  // namespace iamlocal::seed
