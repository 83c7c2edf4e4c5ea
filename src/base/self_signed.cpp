#include "base/self_signed.hpp"

#include <array>
#include <memory>
#include <stdexcept>

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/encoding.hpp"
#include "base/openssl_owned.hpp"
#include "base/pem.hpp"

namespace iamlocal {
namespace {

constexpr long version_3 = 2;
constexpr std::size_t serial_bytes = 16;

using DraftCertificate = OpensslOwned<X509, X509_free>;
using DraftExtension = OpensslOwned<X509_EXTENSION, X509_EXTENSION_free>;
using SerialNumber = OpensslOwned<BIGNUM, BN_free>;

void require_done(bool is_done) {
    if (is_done) return;
    ERR_clear_error();
    throw std::runtime_error("a certificate cannot be made");
}

void set_serial(X509* draft, Entropy& entropy) {
    std::array<unsigned char, serial_bytes> bytes{};
    entropy.fill(bytes);
    bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);  // positive, and always as long
    const SerialNumber number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
    require_done(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(draft)) != nullptr);
}

void set_name(X509* draft, std::string_view common_name) {
    X509_NAME* const name = X509_get_subject_name(draft);
    require_done(!common_name.empty() && common_name.size() <= 64 && is_utf8(common_name) &&
                 X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, as_bytes(common_name).data(),
                                            static_cast<int>(common_name.size()), -1, 0) == 1 &&
                 X509_set_issuer_name(draft, name) == 1);
}

void add_extension(X509* draft, int kind, const char* value) {
    const DraftExtension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
    require_done(extension && X509_add_ext(draft, extension.get(), -1) == 1);
}

}  // namespace

/// The one who may have a key's handle.
class CertificateMaker {
  public:
    static EVP_PKEY* handle(const SigningKey& key) { return static_cast<EVP_PKEY*>(key.key_.get()); }
};

std::string self_signed_certificate(const SigningKey& key, const CertificateSubject& subject, Entropy& entropy) {
    const DraftCertificate draft(X509_new());
    require_done(draft && X509_set_version(draft.get(), version_3) == 1);
    set_serial(draft.get(), entropy);
    set_name(draft.get(), subject.common_name);
    require_done(
        ASN1_TIME_set(X509_getm_notBefore(draft.get()), subject.not_before.time_since_epoch().count()) != nullptr &&
        ASN1_TIME_set(X509_getm_notAfter(draft.get()), subject.not_after.time_since_epoch().count()) != nullptr);
    EVP_PKEY* const handle = CertificateMaker::handle(key);
    require_done(X509_set_pubkey(draft.get(), handle) == 1);
    add_extension(draft.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(draft.get(), NID_key_usage, "critical,digitalSignature");
    require_done(X509_sign(draft.get(), handle, EVP_sha256()) > 0);
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(draft.get(), &bytes);
    require_done(size > 0);
    const std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return write_pem("CERTIFICATE", der);
}

}  // namespace iamlocal
