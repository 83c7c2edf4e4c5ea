#include "base/private_key.hpp"

#include <limits>
#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace iamlocal {
namespace {

struct FreeText {
    void operator()(BIO* text) const { BIO_free(text); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// OpenSSL would ask the terminal.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

bool is_private_key(std::string_view pem) {
    if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return false;
    const std::unique_ptr<BIO, FreeText> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (!text) return false;
    const std::unique_ptr<EVP_PKEY, FreeKey> key(PEM_read_bio_PrivateKey(text.get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    return key && (EVP_PKEY_is_a(key.get(), "RSA") == 1 || EVP_PKEY_is_a(key.get(), "EC") == 1);
}

}  // namespace iamlocal
