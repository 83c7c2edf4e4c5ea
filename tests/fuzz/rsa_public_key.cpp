// Any text as an RSA public key. A key that was read is the same in each of its forms when it is written and read
// again.
#include "base/rsa_public_key.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/pem.hpp"

using namespace iamlocal;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const std::optional<RsaPublicKey>& key) {
    if (!key) return;
    require(RsaPublicKey::parse(key->ssh_line()) == key);
    require(RsaPublicKey::parse(key->pem()) == key);
    require(RsaPublicKey::parse_ssh_bytes(key->ssh_bytes()) == key);
    require(key->modulus_bits() > 0);
    (void)key->is_plausible();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check(RsaPublicKey::parse(text));
    check(RsaPublicKey::parse_ssh_bytes(text));
    if (size > 0) check(RsaPublicKey::parse(write_pem("PUBLIC KEY", text)));
    return 0;
}
