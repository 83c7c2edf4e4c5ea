// Server certificates: upload, read, rename, delete and list them, and their tags. A private key is only looked at: it
// must be the certificate's. It is not kept, since no operation gives it back and nothing here serves TLS with it.
#include "iam/server_certificates.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/x509.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"
#include "store/server_certificates.hpp"

namespace iamlocal::iam {
namespace {

using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::ServerCertificate;

ApiError certificate_exists(std::string_view name) {
    return {error_type::entity_already_exists,
            fmt::format("The Server Certificate with name {} already exists.", name)};
}

ApiError malformed(std::string message) { return {error_type::malformed_certificate, std::move(message)}; }

ApiError no_certificate() {
    return malformed("Unable to parse certificate. Please ensure the certificate is in PEM format.");
}

/// Ends of lines at the end are not shown.
std::string_view without_last_newline(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

void write_metadata(AnswerWriter& out, const ServerCertificate& certificate) {
    out.text("Path", certificate.path);
    out.text("ServerCertificateName", certificate.name);
    out.text("ServerCertificateId", certificate.id);
    out.text("Arn", arn::iam(certificate.account, ServerCertificateKind::type, certificate.path, certificate.name));
    out.time("UploadDate", certificate.uploaded);
    out.time("Expiration", certificate.expires);
}

// UploadServerCertificate

struct UploadServerCertificateInput {
    std::string path = "/";
    std::string server_certificate_name;
    std::string certificate_body;
    std::string private_key;
    std::optional<std::string> certificate_chain;
    TagsInput tags;
    void describe(Fields& f) {
        f.optional("Path", path, shape::path);
        f.required("ServerCertificateName", server_certificate_name, shape::server_certificate_name);
        f.required("CertificateBody", certificate_body, shape::pem_text);
        f.required("PrivateKey", private_key, shape::private_key);
        f.optional("CertificateChain", certificate_chain, shape::certificate_chain);
        tags.describe(f, Presence::optional);
    }
};

Target upload_server_certificate_target(Context& ctx, const UploadServerCertificateInput& in) {
    return creation_target(
        ctx, {ServerCertificateKind::type, in.path, in.server_certificate_name, "iam:TagServerCertificate"},
        in.tags.list());
}

struct UploadServerCertificateOutput {
    ServerCertificate certificate;
};

void write(AnswerWriter& out, const UploadServerCertificateOutput& output) {
    out.begin("ServerCertificateMetadata");
    write_metadata(out, output.certificate);
    out.end("ServerCertificateMetadata");
    api::write_tags(out, output.certificate.tags, api::WhenEmpty::leave_out);
}

/// The certificate, when it can be used now. One that is not valid yet is said to be no PEM, as AWS says it.
Certificate parse_current_certificate(std::string_view body, Instant now) {
    std::optional<Certificate> certificate = Certificate::parse_pem(body);
    if (!certificate || now < certificate->not_before()) throw no_certificate();
    if (now > certificate->not_after())
        throw malformed(
            "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed.");
    return *std::move(certificate);
}

/// When the certificate expires; throws for what cannot be used.
Seconds checked_expiration(const ServerCertificate& upload, const Secret& private_key, Instant now) {
    const Certificate certificate = parse_current_certificate(upload.body, now);
    const std::optional<PrivateKey> key = PrivateKey::parse_pem(private_key.reveal());
    if (!key) throw malformed("Invalid Private Key.");
    if (!certificate.matches(*key))
        throw ApiError(error_type::key_pair_mismatch,
                       "The private key did not match the public key provided. Please verify the key material and try "
                       "again.");
    if (upload.chain) require_certificate_chain(certificate, *upload.chain);
    return certificate.not_after();
}

UploadServerCertificateOutput store_certificate(Context& ctx, const ServerCertificate& certificate) {
    if (store::server_certificates::exists(ctx.tx, ctx.account(), certificate.name))
        throw certificate_exists(certificate.name);
    require_quota(ctx, Quota::server_certificates, store::server_certificates::count(ctx.tx, ctx.account()));
    store::server_certificates::insert(ctx.tx, certificate);
    return {certificate};
}

/// Signatures of a long chain take their time.
api::SlowChange<UploadServerCertificateOutput> upload_server_certificate(Context& ctx,
                                                                         const UploadServerCertificateInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    api::require_valid_tags(ctx, tags, store::tags::KeyCase::kept);
    const auto upload = std::make_shared<ServerCertificate>(
        ServerCertificate{.account = ctx.account(),
                          .id = ids::unique_id(ctx.env.entropy, ids::Kind::server_certificate),
                          .name = in.server_certificate_name,
                          .path = in.path,
                          .uploaded = ctx.second(),
                          .expires = {},
                          .body = in.certificate_body,
                          .chain = in.certificate_chain,
                          .takes_tags = true,
                          .tags = std::move(tags)});
    return {.work = [upload, key = Secret(in.private_key),
                     now = ctx.now] { upload->expires = checked_expiration(*upload, key, now); },
            .finish = [upload](Context& later) { return store_certificate(later, *upload); }};
}

// GetServerCertificate

struct GetServerCertificateOutput {
    ServerCertificate certificate;
};

void write(AnswerWriter& out, const GetServerCertificateOutput& output) {
    const ServerCertificate& certificate = output.certificate;
    out.begin("ServerCertificate");
    out.begin("ServerCertificateMetadata");
    write_metadata(out, certificate);
    out.end("ServerCertificateMetadata");
    out.text("CertificateBody", without_last_newline(certificate.body));
    if (certificate.chain) out.text("CertificateChain", without_last_newline(*certificate.chain));
    api::write_tags(out, certificate.tags, api::WhenEmpty::write);
    out.end("ServerCertificate");
}

GetServerCertificateOutput get_server_certificate(Context& ctx, const NameInput<ServerCertificateKind>&,
                                                  ServerCertificate& certificate) {
    certificate.tags = store::tags::all(ctx.tx, ctx.account(), certificate.id);
    return {std::move(certificate)};
}

// UpdateServerCertificate

using UpdateInput = family::RenameInput<ServerCertificateKind>;

/// A rename needs the permission for both names.
constexpr auto with_new_name = [](Context& ctx, const auto& in, const auto& certificate, Target& target) {
    family::add_new_name<ServerCertificateKind>("iam:UpdateServerCertificate", ctx, in, certificate, target);
};

/// Without a new name or path AWS takes the tags away, and the certificate takes none from then on.
void update_server_certificate(Context& ctx, const UpdateInput& in, ServerCertificate& certificate) {
    const std::string name = in.new_name.value_or(certificate.name);
    if (in.new_name) {
        const auto taken = ServerCertificateKind::find(ctx, name);
        if (taken && (taken->id != certificate.id || name != certificate.name)) throw certificate_exists(name);
    }
    if (in.new_name || in.new_path)
        store::server_certificates::rename(ctx.tx, ctx.account(), certificate.id, name,
                                           in.new_path.value_or(certificate.path));
    else
        store::server_certificates::stop_tags(ctx.tx, ctx.account(), certificate.id);
}

// DeleteServerCertificate

void delete_server_certificate(Context& ctx, const NameInput<ServerCertificateKind>&, ServerCertificate& certificate) {
    store::server_certificates::remove(ctx.tx, ctx.account(), certificate.id);
}

// ListServerCertificates

struct ListServerCertificatesOutput {
    store::Page<ServerCertificate> page;
};

void write(AnswerWriter& out, const ListServerCertificatesOutput& output) {
    api::write_page(out, "ServerCertificateMetadataList", output.page, write_metadata);
}

ListServerCertificatesOutput list_server_certificates(Context& ctx, const family::PathInput& in) {
    return {store::server_certificates::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request())};
}

// Tags

void require_tags_taken(const ServerCertificate& certificate) {
    if (!certificate.takes_tags)
        throw ApiError(
            error_type::invalid_input,
            "Input tag parameters does not meet the acceptance criteria. For example, the provided tag "
            "keys/values must be unicode letters, digits, white space, and any of the following symbols: _ . "
            ": / = + - @.");
}

void tag_server_certificate(Context& ctx, const family::TagInput<ServerCertificateKind>& in,
                            ServerCertificate& certificate) {
    if (in.tags.view().empty())
        throw ApiError(error_type::invalid_input, "The provided tag map must not be null/empty.");
    require_tags_taken(certificate);
    api::tag_entity(ctx, certificate.id, in.tags.list());
}

void untag_server_certificate(Context& ctx, const family::UntagInput<ServerCertificateKind>& in,
                              ServerCertificate& certificate) {
    if (in.tag_keys.empty()) throw ApiError(error_type::invalid_input, "The provided tag keys must not be null/empty.");
    require_tags_taken(certificate);
    store::tags::remove(ctx.tx, ctx.account(), certificate.id, in.tag_keys);
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

/// Each certificate of the chain must certify the one before it. The last one is looked at first; where it is the wrong
/// one, AWS's message gives -1, elsewhere the place of the certificate that the next one does not certify, counted
/// from the server's.
void require_certificate_chain(const Certificate& certificate, std::string_view text) {
    const std::optional<std::vector<Certificate>> chain = Certificate::parse_pem_list(text);
    if (!chain) throw malformed("");  // AWS's answer has no message
    for (std::size_t i = chain->size(); i-- > 0;) {
        const Certificate& certified = i == 0 ? certificate : (*chain)[i - 1];
        if (certified.is_certified_by((*chain)[i])) continue;
        const std::int64_t index = i + 1 == chain->size() ? -1 : static_cast<std::int64_t>(i);
        throw malformed(
            fmt::format("Unable to validate certificate chain. The certificate chain must start with the "
                        "immediate signing certificate, followed by any intermediaries in order. The index "
                        "within the chain of the invalid certificate is: {}",
                        index));
    }
}

std::span<const api::Operation> server_certificate_operations() {
    static constexpr api::Operation rows[] = {
        operation<upload_server_certificate, upload_server_certificate_target>("iam:UploadServerCertificate", writes),
        on<ServerCertificateKind, get_server_certificate>("iam:GetServerCertificate", reads),
        on<ServerCertificateKind, update_server_certificate, with_new_name>("iam:UpdateServerCertificate", writes),
        on<ServerCertificateKind, delete_server_certificate>("iam:DeleteServerCertificate", writes),
        list_row<ServerCertificateKind, list_server_certificates>("iam:ListServerCertificates"),
        on<ServerCertificateKind, tag_server_certificate, family::with_request_tags>("iam:TagServerCertificate",
                                                                                     writes),
        on<ServerCertificateKind, untag_server_certificate, family::with_tag_keys>("iam:UntagServerCertificate",
                                                                                   writes),
        list_tags_row<ServerCertificateKind>("iam:ListServerCertificateTags"),
    };
    return rows;
}

}  // namespace iamlocal::iam
