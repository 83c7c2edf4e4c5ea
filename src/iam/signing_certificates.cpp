// Signing certificates of users and of root, who is meant where root calls without UserName.
#include "store/signing_certificates.hpp"

#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/x509.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/user_or_root.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using store::SigningCertificate;
using store::signing_certificates::Owner;

ApiError no_such_certificate(std::string_view id) {
    return {error_type::no_such_entity, fmt::format("The Certificate with id {} cannot be found.", id)};
}

/// Throws NoSuchEntity for a user who is not there. Views `whose`.
Owner owner_of(UserOrRoot& whose) {
    const store::User* const user = whose.find_user();
    if (!user) return std::nullopt;
    return user->id;
}

std::string name_of(const UserOrRoot& whose) { return whose.user ? whose.user->name : ""; }

/// Root has no name, and AWS's answers about root none either.
void write_certificate(AnswerWriter& out, const std::string& user_name, const SigningCertificate& certificate) {
    if (!user_name.empty()) out.text("UserName", user_name);
    out.text("CertificateId", certificate.id);
    out.text("CertificateBody", certificate.body);
    out.text("Status", certificate.active ? "Active" : "Inactive");
    out.time("UploadDate", certificate.uploaded);
}

// UploadSigningCertificate

struct UploadSigningCertificateInput {
    std::optional<std::string> user_name;
    std::string certificate_body;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("CertificateBody", certificate_body, shape::pem_text);
    }
};

struct UploadSigningCertificateOutput {
    std::string user_name;
    SigningCertificate certificate;
};

void write(AnswerWriter& out, const UploadSigningCertificateOutput& output) {
    out.begin("Certificate");
    write_certificate(out, output.user_name, output.certificate);
    out.end("Certificate");
}

/// Base32 of the SHA-1 of the certificate itself. Throws MalformedCertificate, for one that is not valid now, too.
std::string checked_id(const std::string& body, Instant now) {
    const std::optional<Certificate> certificate = Certificate::parse_pem(body);
    if (!certificate || now < certificate->not_before() || now > certificate->not_after())
        throw ApiError(error_type::malformed_certificate, fmt::format("Certificate {} is malformed.", body));
    return base32_encode(sha1(certificate->bytes()));
}

UploadSigningCertificateOutput upload_signing_certificate(Context& ctx, const UploadSigningCertificateInput& in,
                                                          UserOrRoot& whose) {
    const Owner owner = owner_of(whose);
    SigningCertificate certificate{.account = ctx.account(),
                                   .id = checked_id(in.certificate_body, ctx.now),
                                   .user_id = owner ? std::optional<std::string>(*owner) : std::nullopt,
                                   .body = in.certificate_body,
                                   .active = true,
                                   .uploaded = ctx.second()};
    if (const auto known = store::signing_certificates::find(ctx.tx, ctx.account(), certificate.id)) {
        if (known->user_id != certificate.user_id)
            throw ApiError(error_type::duplicate_certificate, "Duplicate certificate uploaded.");
        // AWS changes nothing then, and says Active whatever the status is.
        certificate.uploaded = known->uploaded;
        return {name_of(whose), std::move(certificate)};
    }
    require_quota(ctx, Quota::signing_certificates_per_user,
                  store::signing_certificates::count(ctx.tx, ctx.account(), owner));
    store::signing_certificates::insert(ctx.tx, certificate);
    return {name_of(whose), std::move(certificate)};
}

// UpdateSigningCertificate

struct UpdateSigningCertificateInput {
    std::optional<std::string> user_name;
    std::string certificate_id;
    std::string status;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("CertificateId", certificate_id, shape::certificate_id);
        f.required("Status", status, shape::credential_status);
    }
};

void update_signing_certificate(Context& ctx, const UpdateSigningCertificateInput& in, UserOrRoot& whose) {
    const Owner owner = owner_of(whose);
    if (in.status == "Expired") throw unsupported_status(in.status);
    if (!store::signing_certificates::set_active(ctx.tx, ctx.account(), owner, in.certificate_id,
                                                 in.status == "Active"))
        throw no_such_certificate(in.certificate_id);
}

// DeleteSigningCertificate

struct DeleteSigningCertificateInput {
    std::optional<std::string> user_name;
    std::string certificate_id;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("CertificateId", certificate_id, shape::certificate_id);
    }
};

void delete_signing_certificate(Context& ctx, const DeleteSigningCertificateInput& in, UserOrRoot& whose) {
    if (!store::signing_certificates::remove(ctx.tx, ctx.account(), owner_of(whose), in.certificate_id))
        throw no_such_certificate(in.certificate_id);
}

// ListSigningCertificates

struct ListSigningCertificatesInput {
    std::optional<std::string> user_name;
    api::PageInput page;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        page.describe(f);
    }
};

struct ListSigningCertificatesOutput {
    std::string user_name;
    store::Page<SigningCertificate> page;
};

void write(AnswerWriter& out, const ListSigningCertificatesOutput& output) {
    api::write_page(out, "Certificates", output.page, [&](AnswerWriter& w, const SigningCertificate& certificate) {
        write_certificate(w, output.user_name, certificate);
    });
}

ListSigningCertificatesOutput list_signing_certificates(Context& ctx, const ListSigningCertificatesInput& in,
                                                        UserOrRoot& whose) {
    const Owner owner = owner_of(whose);
    return {name_of(whose), store::signing_certificates::page(ctx.tx, ctx.account(), owner, in.page.request())};
}

using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> signing_certificate_operations() {
    static constexpr api::Operation rows[] = {
        on_user_or_caller<upload_signing_certificate>("iam:UploadSigningCertificate", writes),
        on_user_or_caller<update_signing_certificate>("iam:UpdateSigningCertificate", writes),
        on_user_or_caller<delete_signing_certificate>("iam:DeleteSigningCertificate", writes),
        on_user_or_caller<list_signing_certificates>("iam:ListSigningCertificates", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
