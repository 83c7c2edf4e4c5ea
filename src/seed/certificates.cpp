// Server certificates, and the signing certificates of users and of root. Seeds hold what a server holds, so
// certificates that have run out are taken, and server certificates without their private keys, which nobody keeps.
#include <algorithm>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/x509.hpp"
#include "iam/errors.hpp"
#include "iam/server_certificates.hpp"
#include "iam/shapes.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/server_certificates.hpp"
#include "store/signing_certificates.hpp"

namespace iamlocal::seed {
namespace {

namespace servers = store::server_certificates;
namespace signing = store::signing_certificates;

constexpr Api server_certificate_api{"ServerCertificate", "ServerCertificateName"};

Certificate parse_certificate(Work& work, const Text& body) {
    require_shape(work, iam::shape::pem_text, "certificateBody", body);
    std::optional<Certificate> certificate = Certificate::parse_pem(body.value);
    if (!certificate)
        work.refuse(iam::error_type::malformed_certificate.name,
                    "Unable to parse certificate. Please ensure the certificate is in PEM format.", body.at);
    return *std::move(certificate);
}

void require_private_key(Work& work, const Certificate& certificate, const Text& text) {
    if (!text) return;
    const std::optional<PrivateKey> key = PrivateKey::parse_pem(text.value);
    if (!key) work.refuse(iam::error_type::malformed_certificate.name, "Invalid Private Key.", text.at);
    if (!certificate.matches(*key))
        work.refuse(iam::error_type::key_pair_mismatch.name,
                    "The private key did not match the public key provided. Please verify the key material and try "
                    "again.",
                    text.at);
}

auto find_server_certificate(Work& work, const std::string& name) {
    return work.read([&](db::Transaction& tx) { return servers::find(tx, work.account(), name); });
}

bool is_same_certificate(const store::ServerCertificate& present, const ServerCertificateSeed& wanted) {
    if (present.body != wanted.certificate_body.value) return false;
    if (wanted.certificate_chain.removed != nullptr) return !present.chain;
    return !wanted.certificate_chain || present.chain == wanted.certificate_chain.value;
}

/// With the same name and path as one that it takes the place of.
void make_server_certificate(Work& work, const Named<ServerCertificateSeed>& named, const std::string& path) {
    const ServerCertificateSeed& wanted = named.value;
    require_shape(work, iam::shape::server_certificate_name, "serverCertificateName", named.name);
    require_shape(work, iam::shape::path, "path", wanted.path);
    require_shape(work, iam::shape::certificate_chain, "certificateChain", wanted.certificate_chain);
    const Certificate certificate = parse_certificate(work, wanted.certificate_body);
    require_private_key(work, certificate, wanted.private_key);
    std::optional<std::string> chain;
    if (wanted.certificate_chain) {
        chain = wanted.certificate_chain.value;
        try {
            iam::require_certificate_chain(certificate, *chain);
        } catch (const ApiError& error) {
            work.refuse(error.type().name, error.message().empty() ? "the chain cannot be read" : error.message(),
                        wanted.certificate_chain.at);
        }
    }
    work.write([&](db::Transaction& tx) {
        servers::insert(tx, {.account = work.account(),
                             .id = ids::unique_id(work.environment().entropy, ids::Kind::server_certificate),
                             .name = named.name.value,
                             .path = path,
                             .uploaded = work.now(),
                             .expires = certificate.not_after(),
                             .body = wanted.certificate_body.value,
                             .chain = chain,
                             .takes_tags = true,
                             .tags = {}});
    });
}

/// The owner as the store names him.
signing::Owner signer(const Owner& owner) {
    if (owner.user_id.empty()) return std::nullopt;
    return owner.user_id;
}

std::string id_of_certificate(Work& work, const SigningCertificateSeed& wanted) {
    return base32_encode(sha1(parse_certificate(work, wanted.certificate_body).bytes()));
}

void sync_signing_certificate(Work& work, const Owner& owner, const SigningCertificateSeed& wanted,
                              const std::string& id) {
    const bool is_active = wanted.status.value != "Inactive";
    const auto present = work.read([&](db::Transaction& tx) { return signing::find(tx, work.account(), id); });
    if (present && present->user_id.value_or("") != owner.user_id)
        work.refuse(iam::error_type::duplicate_certificate.name, "Duplicate certificate uploaded.",
                    wanted.certificate_body.at);
    if (present && (!wanted.status || present->active == is_active)) return;
    work.write([&](db::Transaction& tx) {
        if (present)
            signing::set_active(tx, work.account(), signer(owner), id, is_active);
        else
            signing::insert(tx, {.account = work.account(),
                                 .id = id,
                                 .user_id = owner.user_id.empty() ? std::nullopt : std::optional(owner.user_id),
                                 .body = wanted.certificate_body.value,
                                 .active = is_active,
                                 .uploaded = work.now()});
    });
}

}  // namespace

void sync_server_certificate(Work& work, const AccountId& account, const Named<ServerCertificateSeed>& named) {
    work.begin(account, &named, *named.name.at);
    const ServerCertificateSeed& wanted = named.value;
    auto present = find_server_certificate(work, named.name.value);
    if (present && !is_same_certificate(*present, wanted)) {
        work.write([&](db::Transaction& tx) { servers::remove(tx, account, present->id); });
        make_server_certificate(work, named, wanted.path ? wanted.path.value : present->path);
    } else if (!present) {
        make_server_certificate(work, named, wanted.path ? wanted.path.value : "/");
        work.note_created();
        const auto count = work.read([&](db::Transaction& tx) { return servers::count(tx, account); });
        require_room(work, aws::Quota::server_certificates, count, *named.name.at);
    } else if (wanted.path && wanted.path.value != present->path) {
        work.call("UpdateServerCertificate",
                  Arguments("ServerCertificateName", named.name).add("NewPath", wanted.path));
    }
    present = find_server_certificate(work, named.name.value);
    sync_tags(work, {server_certificate_api, present->name, present->id}, wanted.tags);
    if (!wanted.takes_tags || wanted.takes_tags.value == present->takes_tags) return;
    if (wanted.takes_tags.value)
        work.refuse({}, "no operation lets a certificate have tags again", wanted.takes_tags.at);
    work.write([&](db::Transaction& tx) { servers::stop_tags(tx, account, present->id); });
}

void sync_signing_certificates(Work& work, const Owner& owner, const List<SigningCertificateSeed>& wanted) {
    require_room(work, aws::Quota::signing_certificates_per_user, static_cast<std::int64_t>(wanted.items.size()),
                 *wanted.at);
    std::vector<std::string> ids;
    for (const SigningCertificateSeed& certificate : wanted.items) ids.push_back(id_of_certificate(work, certificate));
    const auto present = all_of(work, [&](db::Transaction& tx, const store::PageRequest& request) {
        return signing::page(tx, work.account(), signer(owner), request);
    });
    for (const store::SigningCertificate& certificate : present)
        if (std::find(ids.begin(), ids.end(), certificate.id) == ids.end())
            work.call("DeleteSigningCertificate", owner.named().add("CertificateId", std::string_view(certificate.id)));
    for (std::size_t i = 0; i < ids.size(); ++i) sync_signing_certificate(work, owner, wanted.items[i], ids[i]);
}

}  // namespace iamlocal::seed
