#include "base/key_transport.hpp"

#include <climits>
#include <memory>
#include <stdexcept>
#include <vector>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/encoding.hpp"
#include "base/openssl_owned.hpp"

namespace iamlocal {
namespace {

constexpr std::size_t aes_block = 16;
constexpr std::size_t gcm_vector = 12;
constexpr std::size_t gcm_tag = 16;

using TransportKey = OpensslOwned<EVP_PKEY, EVP_PKEY_free>;
using TransportContext = OpensslOwned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using TransportText = OpensslOwned<BIO, BIO_free_all>;
using TransportCertificate = OpensslOwned<X509, X509_free>;
using CipherContext = OpensslOwned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

int no_transport_password(char*, int, int, void*) { return -1; }

const EVP_MD* oaep_digest(OaepHash hash) {
    switch (hash) {
        case OaepHash::sha1:
            return EVP_sha1();
        case OaepHash::sha224:
            return EVP_sha224();
        case OaepHash::sha256:
            return EVP_sha256();
        case OaepHash::sha384:
            return EVP_sha384();
        case OaepHash::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

bool is_rsa(const TransportKey& key) { return key && EVP_PKEY_is_a(key.get(), "RSA") == 1; }

bool set_oaep(EVP_PKEY_CTX* context, const Oaep& oaep) {
    if (EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context, oaep_digest(oaep.digest)) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, oaep_digest(oaep.mask)) != 1)
        return false;
    if (oaep.label.empty()) return true;
    if (oaep.label.size() > INT_MAX) return false;
    // The context takes the copy over.
    void* const copy = OPENSSL_memdup(oaep.label.data(), oaep.label.size());
    if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(oaep.label.size())) == 1) return true;
    OPENSSL_free(copy);
    return false;
}

const EVP_CIPHER* cipher_of(AesMode mode, std::size_t key_size) {
    if (key_size == 16) return mode == AesMode::cbc ? EVP_aes_128_cbc() : EVP_aes_128_gcm();
    if (key_size == 32) return mode == AesMode::cbc ? EVP_aes_256_cbc() : EVP_aes_256_gcm();
    return nullptr;
}

unsigned char* writable(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// Without its padding: the last byte says how many are to go, and the others may be anything.
std::optional<std::string> unpadded(const std::string& plain) {
    if (plain.empty()) return std::nullopt;
    const auto padding = static_cast<std::size_t>(static_cast<unsigned char>(plain.back()));
    if (padding == 0 || padding > aes_block || padding > plain.size()) return std::nullopt;
    return plain.substr(0, plain.size() - padding);
}

}  // namespace

std::optional<Secret> open_oaep(const Secret& pem, const Oaep& oaep, std::string_view sealed) {
    const OpensslErrorsForgotten errors;
    const std::string& text = pem.reveal();
    if (text.size() > INT_MAX) return std::nullopt;
    const TransportText in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    const TransportKey key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_transport_password, nullptr) : nullptr);
    if (!is_rsa(key)) return std::nullopt;
    const TransportContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 || !set_oaep(context.get(), oaep)) return std::nullopt;
    std::size_t size = 0;
    if (EVP_PKEY_decrypt(context.get(), nullptr, &size, as_bytes(sealed).data(), sealed.size()) != 1)
        return std::nullopt;
    std::string plain(size, '\0');
    if (EVP_PKEY_decrypt(context.get(), writable(plain), &size, as_bytes(sealed).data(), sealed.size()) != 1)
        return std::nullopt;
    plain.resize(size);
    return Secret(std::move(plain));
}

std::optional<std::string> seal_oaep(std::string_view certificate, const Oaep& oaep, const Secret& plain) {
    const OpensslErrorsForgotten errors;
    if (certificate.size() > INT_MAX) return std::nullopt;
    const unsigned char* at = as_bytes(certificate).data();
    const TransportCertificate parsed(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
    const TransportKey key(parsed ? X509_get_pubkey(parsed.get()) : nullptr);
    if (!is_rsa(key)) return std::nullopt;
    const TransportContext context(EVP_PKEY_CTX_new(key.get(), nullptr));
    if (!context || EVP_PKEY_encrypt_init(context.get()) != 1 || !set_oaep(context.get(), oaep)) return std::nullopt;
    const std::string& text = plain.reveal();
    std::size_t size = 0;
    if (EVP_PKEY_encrypt(context.get(), nullptr, &size, as_bytes(text).data(), text.size()) != 1) return std::nullopt;
    std::string sealed(size, '\0');
    if (EVP_PKEY_encrypt(context.get(), writable(sealed), &size, as_bytes(text).data(), text.size()) != 1)
        return std::nullopt;
    sealed.resize(size);
    return sealed;
}

std::optional<std::string> open_aes(AesMode mode, const Secret& key, std::string_view sealed) {
    const OpensslErrorsForgotten errors;
    const std::size_t vector = mode == AesMode::cbc ? aes_block : gcm_vector;
    const std::size_t tag = mode == AesMode::cbc ? 0 : gcm_tag;
    const EVP_CIPHER* const cipher = cipher_of(mode, key.reveal().size());
    if (cipher == nullptr || sealed.size() < vector + tag || sealed.size() > INT_MAX) return std::nullopt;
    const std::string_view body = sealed.substr(vector, sealed.size() - vector - tag);
    const CipherContext context(EVP_CIPHER_CTX_new());
    if (!context ||
        EVP_DecryptInit_ex(context.get(), cipher, nullptr, as_bytes(key.reveal()).data(), as_bytes(sealed).data()) != 1)
        return std::nullopt;
    if (EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1) return std::nullopt;
    std::string plain(body.size() + aes_block, '\0');
    int size = 0;
    if (EVP_DecryptUpdate(context.get(), writable(plain), &size, as_bytes(body).data(),
                          static_cast<int>(body.size())) != 1)
        return std::nullopt;
    if (mode == AesMode::gcm) {
        std::string expected(sealed.substr(sealed.size() - gcm_tag));
        if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(gcm_tag), expected.data()) != 1)
            return std::nullopt;
    }
    int rest = 0;
    if (EVP_DecryptFinal_ex(context.get(), writable(plain) + size, &rest) != 1) return std::nullopt;
    plain.resize(static_cast<std::size_t>(size) + static_cast<std::size_t>(rest));
    if (mode == AesMode::gcm) return plain;
    return unpadded(plain);
}

std::string seal_aes(AesMode mode, const Secret& key, std::string_view plain, Entropy& entropy) {
    const EVP_CIPHER* const cipher = cipher_of(mode, key.reveal().size());
    if (cipher == nullptr || plain.size() > INT_MAX / 2) throw std::logic_error("no key or text for AES");
    std::string padded(plain);
    if (mode == AesMode::cbc) {
        const std::size_t padding = aes_block - padded.size() % aes_block;
        padded.append(padding, static_cast<char>(padding));
    }
    std::vector<unsigned char> vector(mode == AesMode::cbc ? aes_block : gcm_vector);
    entropy.fill(vector);
    const CipherContext context(EVP_CIPHER_CTX_new());
    std::string body(padded.size(), '\0');
    int size = 0;
    if (!context ||
        EVP_EncryptInit_ex(context.get(), cipher, nullptr, as_bytes(key.reveal()).data(), vector.data()) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_EncryptUpdate(context.get(), writable(body), &size, as_bytes(padded).data(),
                          static_cast<int>(padded.size())) != 1 ||
        EVP_EncryptFinal_ex(context.get(), writable(body) + size, &size) != 1)
        throw std::runtime_error("AES cannot be used");
    std::string sealed(vector.begin(), vector.end());
    sealed.append(body);
    if (mode == AesMode::cbc) return sealed;
    std::string tag(gcm_tag, '\0');
    if (EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(gcm_tag), tag.data()) != 1)
        throw std::runtime_error("AES cannot be used");
    return sealed.append(tag);
}

}  // namespace iamlocal
