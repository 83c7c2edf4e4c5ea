#include "base/public_key.hpp"

#include <string>
#include <utility>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encoding.hpp"
#include "base/openssl_key.hpp"
#include "base/openssl_owned.hpp"

namespace iamlocal {
namespace {

constexpr int least_rsa_bits = 1024;
constexpr int most_rsa_bits = 16384;
constexpr int most_exponent_bits = 64;

using Number = OpensslOwned<BIGNUM, BN_free>;
using ParameterBuilder = OpensslOwned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = OpensslOwned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = OpensslOwned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Certificate = OpensslOwned<X509, X509_free>;
using EcdsaSignature = OpensslOwned<ECDSA_SIG, ECDSA_SIG_free>;

Number number_of(std::string_view big_endian) {
    return Number(BN_bin2bn(as_bytes(big_endian).data(), static_cast<int>(big_endian.size()), nullptr));
}

EVP_PKEY* key_of(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

EVP_PKEY* make_key(const char* type, OSSL_PARAM* parameters) {
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        return nullptr;
    return key;
}

/// Whether the numbers of the key fit each other; a point is on its curve.
bool is_sound(EVP_PKEY* key) {
    const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    return context && EVP_PKEY_public_check_quick(context.get()) == 1;
}

/// From two numbers side by side to the DER that OpenSSL wants; empty if that cannot be.
std::string ecdsa_der(std::string_view signature, std::size_t size) {
    const EcdsaSignature pair(ECDSA_SIG_new());
    Number r = number_of(signature.substr(0, size));
    Number s = number_of(signature.substr(size));
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    (void)r.release();  // they belong to the pair now
    (void)s.release();
    unsigned char* bytes = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &bytes);
    if (length <= 0) return {};
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    OPENSSL_free(bytes);
    return der;
}

bool repeats_an_extension(const X509* certificate) {
    for (int i = X509_get_ext_count(certificate); i-- > 0;) {
        const ASN1_OBJECT* const name = X509_EXTENSION_get_object(X509_get_ext(certificate, i));
        if (X509_get_ext_by_OBJ(certificate, name, i) >= 0) return true;
    }
    return false;
}

}  // namespace

KeyKind kind_of_key(const evp_pkey_st* key) {
    if (EVP_PKEY_is_a(key, "RSA") == 1) return KeyKind::rsa;
    if (EVP_PKEY_is_a(key, "EC") != 1) return KeyKind::other;
    char group[64] = {};
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, group, sizeof group, &size) != 1) return KeyKind::other;
    const std::string_view name(group, size);
    if (name == SN_X9_62_prime256v1) return KeyKind::p256;
    if (name == SN_secp384r1) return KeyKind::p384;
    if (name == SN_secp521r1) return KeyKind::p521;
    return KeyKind::other;
}

const char* curve_name(KeyKind curve) {
    switch (curve) {
        case KeyKind::p256:
            return SN_X9_62_prime256v1;
        case KeyKind::p384:
            return SN_secp384r1;
        case KeyKind::p521:
            return SN_secp521r1;
        case KeyKind::rsa:
        case KeyKind::other:
            break;
    }
    return nullptr;
}

const evp_md_st* digest_of(HashSize hash) {
    switch (hash) {
        case HashSize::sha256:
            return EVP_sha256();
        case HashSize::sha384:
            return EVP_sha384();
        case HashSize::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

std::size_t coordinate_size(KeyKind kind) {
    switch (kind) {
        case KeyKind::p256:
            return 32;
        case KeyKind::p384:
            return 48;
        case KeyKind::p521:
            return 66;
        case KeyKind::rsa:
        case KeyKind::other:
            break;
    }
    return 0;
}

/// Takes the key over; null gives nullopt.
std::optional<PublicKey> PublicKey::of(void* key) {
    if (key == nullptr) return std::nullopt;
    std::shared_ptr<void> owned(key, [](void* last) { EVP_PKEY_free(static_cast<EVP_PKEY*>(last)); });
    const KeyKind kind = kind_of_key(key_of(owned));
    return PublicKey(kind, std::move(owned));
}

std::optional<PublicKey> PublicKey::from_rsa(std::string_view modulus, std::string_view exponent) {
    const OpensslErrorsForgotten errors;
    if (modulus.size() > most_rsa_bits / 8 + 1 || exponent.size() > most_exponent_bits / 8 + 1) return std::nullopt;
    const Number n = number_of(modulus);
    const Number e = number_of(exponent);
    if (!n || !e) return std::nullopt;
    const int bits = BN_num_bits(n.get());
    if (bits < least_rsa_bits || bits > most_rsa_bits || BN_is_odd(n.get()) == 0) return std::nullopt;
    if (BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1 || BN_num_bits(e.get()) > most_exponent_bits)
        return std::nullopt;

    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
        return std::nullopt;
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    return parameters ? of(make_key("RSA", parameters.get())) : std::nullopt;
}

std::optional<PublicKey> PublicKey::from_point(KeyKind curve, std::string_view x, std::string_view y) {
    const OpensslErrorsForgotten errors;
    const std::size_t size = coordinate_size(curve);
    if (size == 0 || x.size() != size || y.size() != size) return std::nullopt;
    constexpr char uncompressed = 4;
    std::string point(1, uncompressed);
    point.append(x).append(y);

    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    if (!builder ||
        OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve_name(curve), 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
        return std::nullopt;
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
    if (!parameters) return std::nullopt;
    std::optional<PublicKey> key = of(make_key("EC", parameters.get()));
    if (!key || key->kind_ != curve || !is_sound(key_of(key->key_))) return std::nullopt;
    return key;
}

std::optional<PublicKey> PublicKey::from_certificate(std::string_view der) {
    const OpensslErrorsForgotten errors;
    const unsigned char* at = as_bytes(der).data();
    const unsigned char* const end = at + der.size();
    const Certificate certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
    if (!certificate || at != end || repeats_an_extension(certificate.get())) return std::nullopt;
    return of(X509_get_pubkey(certificate.get()));
}

int PublicKey::bits() const { return EVP_PKEY_get_bits(key_of(key_)); }

bool PublicKey::is_same(const PublicKey& other) const {
    const OpensslErrorsForgotten errors;
    return EVP_PKEY_eq(key_of(key_), key_of(other.key_)) == 1;
}

bool PublicKey::verifies_rsa(RsaPadding padding, HashSize hash, std::string_view data,
                             std::string_view signature) const {
    if (kind_ != KeyKind::rsa) return false;
    const OpensslErrorsForgotten errors;
    const DigestContext context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* options = nullptr;
    if (!context || EVP_DigestVerifyInit(context.get(), &options, digest_of(hash), nullptr, key_of(key_)) != 1)
        return false;
    if (padding == RsaPadding::pss && (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
                                       EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
        return false;
    return EVP_DigestVerify(context.get(), as_bytes(signature).data(), signature.size(), as_bytes(data).data(),
                            data.size()) == 1;
}

bool PublicKey::verifies_ecdsa(HashSize hash, std::string_view data, std::string_view signature) const {
    const std::size_t size = coordinate_size(kind_);
    if (size == 0 || signature.size() != 2 * size) return false;
    const OpensslErrorsForgotten errors;
    const std::string der = ecdsa_der(signature, size);
    const DigestContext context(EVP_MD_CTX_new());
    if (der.empty() || !context ||
        EVP_DigestVerifyInit(context.get(), nullptr, digest_of(hash), nullptr, key_of(key_)) != 1)
        return false;
    return EVP_DigestVerify(context.get(), as_bytes(der).data(), der.size(), as_bytes(data).data(), data.size()) == 1;
}

}  // namespace iamlocal
