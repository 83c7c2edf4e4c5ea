#include "base/x509.hpp"

#include <ctime>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/pem.hpp"

namespace iamlocal {
namespace {

constexpr std::string_view certificate_label = "CERTIFICATE";

/// Takes away what OpenSSL notes about bad input: the next one who asks the thread's list of errors, such as a TLS
/// connection, must not find it.
class ErrorMark {
  public:
    ErrorMark() { ERR_set_mark(); }
    ErrorMark(const ErrorMark&) = delete;
    ErrorMark& operator=(const ErrorMark&) = delete;
    ~ErrorMark() { ERR_pop_to_mark(); }
};

const unsigned char* begin_of(const std::string& bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

bool is_end_of(const std::string& bytes, const unsigned char* at) { return at == begin_of(bytes) + bytes.size(); }

/// Nothing for years that times of AWS's have no form for.
std::optional<Seconds> read_time(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    const std::chrono::year_month_day day{std::chrono::year(parts.tm_year + 1900),
                                          std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                          std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
    if (!day.ok() || day.year() < std::chrono::year(1) || day.year() > std::chrono::year(9999)) return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) + std::chrono::minutes(parts.tm_min) +
           std::chrono::seconds(parts.tm_sec);
}

bool is_key_label(std::string_view label) {
    return label == "PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY";
}

}  // namespace

void PrivateKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

std::optional<PrivateKey> PrivateKey::parse_pem(std::string_view text) {
    const ErrorMark mark;
    std::optional<std::vector<PemBlock>> blocks = iamlocal::parse_pem(text);
    if (!blocks) return std::nullopt;
    if (blocks->size() == 2 && blocks->front().label == "EC PARAMETERS") blocks->erase(blocks->begin());
    if (blocks->size() != 1 || !is_key_label(blocks->front().label)) return std::nullopt;
    const std::string& bytes = blocks->front().bytes;
    const unsigned char* at = begin_of(bytes);
    PrivateKey key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(bytes.size())));
    if (!key.key_ || !is_end_of(bytes, at)) return std::nullopt;
    return key;
}

void Certificate::Free::operator()(x509_st* certificate) const { X509_free(certificate); }

std::optional<Certificate> Certificate::parse_bytes(std::string bytes) {
    const ErrorMark mark;
    const unsigned char* at = begin_of(bytes);
    Handle handle(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
    if (!handle || !is_end_of(bytes, at) || X509_get0_pubkey(handle.get()) == nullptr) return std::nullopt;
    const std::optional<Seconds> not_before = read_time(X509_get0_notBefore(handle.get()));
    const std::optional<Seconds> not_after = read_time(X509_get0_notAfter(handle.get()));
    if (!not_before || !not_after) return std::nullopt;
    return Certificate(std::move(bytes), std::move(handle), *not_before, *not_after);
}

std::optional<Certificate> Certificate::parse_pem(std::string_view text) {
    std::optional<std::vector<PemBlock>> blocks = iamlocal::parse_pem(text);
    if (!blocks || blocks->size() != 1 || blocks->front().label != certificate_label) return std::nullopt;
    return parse_bytes(std::move(blocks->front().bytes));
}

std::optional<std::vector<Certificate>> Certificate::parse_pem_list(std::string_view text) {
    std::optional<std::vector<PemBlock>> blocks = iamlocal::parse_pem(text);
    if (!blocks) return std::nullopt;
    std::vector<Certificate> certificates;
    for (PemBlock& block : *blocks) {
        if (block.label != certificate_label) return std::nullopt;
        std::optional<Certificate> certificate = parse_bytes(std::move(block.bytes));
        if (!certificate) return std::nullopt;
        certificates.push_back(*std::move(certificate));
    }
    return certificates;
}

bool Certificate::matches(const PrivateKey& key) const {
    const ErrorMark mark;
    return EVP_PKEY_eq(X509_get0_pubkey(handle_.get()), key.key_.get()) == 1;
}

bool Certificate::is_certified_by(const Certificate& issuer) const {
    const ErrorMark mark;
    return X509_check_issued(issuer.handle_.get(), handle_.get()) == X509_V_OK &&
           X509_verify(handle_.get(), X509_get0_pubkey(issuer.handle_.get())) == 1;
}

}  // namespace iamlocal
