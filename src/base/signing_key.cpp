#include "base/signing_key.hpp"

#include <limits>
#include <stdexcept>
#include <utility>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/encoding.hpp"
#include "base/openssl_key.hpp"
#include "base/openssl_owned.hpp"

namespace iamlocal {
namespace {

constexpr std::size_t rsa_bits = 2048;

using OwnNumber = OpensslOwned<BIGNUM, BN_clear_free>;
using OwnText = OpensslOwned<BIO, BIO_free_all>;
using SigningContext = OpensslOwned<EVP_MD_CTX, EVP_MD_CTX_free>;
using OwnSignature = OpensslOwned<ECDSA_SIG, ECDSA_SIG_free>;

[[noreturn]] void cannot(const char* what) {
    ERR_clear_error();
    throw std::runtime_error(what);
}

void require_kind(bool is_right) {
    if (!is_right) throw std::logic_error("a key of another kind is needed");
}

EVP_PKEY* own_key(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

/// OpenSSL would ask the terminal.
int never_a_password(char*, int, int, void*) { return -1; }

OwnNumber number_in(EVP_PKEY* key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &number) != 1) cannot("a key has no public numbers");
    return OwnNumber(number);
}

/// Big-endian, `size` bytes, or as few as possible for 0.
std::string bytes_of(const BIGNUM* number, std::size_t size) {
    if (size == 0) size = static_cast<std::size_t>(BN_num_bytes(number));
    std::string bytes(size, '\0');
    if (BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) < 0)
        cannot("a number does not fit");
    return bytes;
}

std::string sign_with(EVP_PKEY* key, HashSize hash, std::string_view data, bool is_pss) {
    const SigningContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    if (!context || EVP_DigestSignInit(context.get(), &options, digest_of(hash), nullptr, key) != 1)
        cannot("a signature cannot be begun");
    if (is_pss && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
                   EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        cannot("a signature cannot be padded");
    std::size_t size = 0;
    if (EVP_DigestSign(context.get(), nullptr, &size, as_bytes(data).data(), data.size()) != 1)
        cannot("a signature cannot be made");
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, as_bytes(data).data(),
                       data.size()) != 1)
        cannot("a signature cannot be made");
    signature.resize(size);
    return signature;
}

}  // namespace

/// Takes the key over; null gives nullopt.
std::optional<SigningKey> SigningKey::of(void* key) {
    if (key == nullptr) return std::nullopt;
    std::shared_ptr<void> owned(key, [](void* last) { EVP_PKEY_free(static_cast<EVP_PKEY*>(last)); });
    const KeyKind kind = kind_of_key(own_key(owned));
    if (kind == KeyKind::other) return std::nullopt;
    return SigningKey(kind, std::move(owned));
}

SigningKey SigningKey::generate(KeyKind kind) {
    require_kind(kind != KeyKind::other);
    EVP_PKEY* const key = kind == KeyKind::rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", rsa_bits)
                                               : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve_name(kind));
    std::optional<SigningKey> made = of(key);
    if (!made) cannot("a key cannot be made");
    return *std::move(made);
}

std::optional<SigningKey> SigningKey::parse_pem(std::string_view pem) {
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return std::nullopt;
    const OwnText text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!text) return std::nullopt;
    std::optional<SigningKey> key = of(PEM_read_bio_PrivateKey(text.get(), nullptr, never_a_password, nullptr));
    ERR_clear_error();
    return key;
}

Secret SigningKey::pem() const {
    const OwnText text(BIO_new(BIO_s_secmem()));
    if (!text || PEM_write_bio_PKCS8PrivateKey(text.get(), own_key(key_), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        cannot("a key cannot be written");
    const char* bytes = nullptr;
    const long size = BIO_get_mem_data(text.get(), &bytes);
    return Secret(std::string_view(bytes, static_cast<std::size_t>(size)));
}

RsaNumbers SigningKey::rsa_numbers() const {
    require_kind(kind_ == KeyKind::rsa);
    return {bytes_of(number_in(own_key(key_), OSSL_PKEY_PARAM_RSA_N).get(), 0),
            bytes_of(number_in(own_key(key_), OSSL_PKEY_PARAM_RSA_E).get(), 0)};
}

PointNumbers SigningKey::point() const {
    const std::size_t size = coordinate_size(kind_);
    require_kind(size != 0);
    return {bytes_of(number_in(own_key(key_), OSSL_PKEY_PARAM_EC_PUB_X).get(), size),
            bytes_of(number_in(own_key(key_), OSSL_PKEY_PARAM_EC_PUB_Y).get(), size)};
}

std::string SigningKey::sign_rsa(RsaPadding padding, HashSize hash, std::string_view data) const {
    require_kind(kind_ == KeyKind::rsa);
    return sign_with(own_key(key_), hash, data, padding == RsaPadding::pss);
}

std::string SigningKey::sign_ecdsa(HashSize hash, std::string_view data) const {
    const std::size_t size = coordinate_size(kind_);
    require_kind(size != 0);
    const std::string der = sign_with(own_key(key_), hash, data, false);
    const unsigned char* at = as_bytes(der).data();
    const OwnSignature pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    if (!pair) cannot("a signature cannot be read");
    return bytes_of(ECDSA_SIG_get0_r(pair.get()), size) + bytes_of(ECDSA_SIG_get0_s(pair.get()), size);
}

}  // namespace iamlocal
