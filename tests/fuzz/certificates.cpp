// Any text as certificates and as a private key. What PEM is made of it is the same when it is written and read again,
// and certificates can be compared with each other and with the key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/pem.hpp"
#include "base/x509.hpp"

using namespace iamlocal;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto blocks = parse_pem(text)) {
        std::string written;
        for (const PemBlock& block : *blocks) written += write_pem(block.label, block.bytes);
        require(parse_pem(written) == blocks);
    }
    // The text in PEM, and the text as what PEM holds: most inputs would not get past the base64 otherwise.
    const std::string as_certificate = size > 0 ? write_pem("CERTIFICATE", text) : std::string();
    const std::string as_key = size > 0 ? write_pem("PRIVATE KEY", text) : std::string();
    const auto key = PrivateKey::parse_pem(text);
    (void)PrivateKey::parse_pem(as_key);
    for (const std::string_view candidate : {text, std::string_view(as_certificate)}) {
        const auto certificates = Certificate::parse_pem_list(candidate);
        require(Certificate::parse_pem(candidate).has_value() == (certificates && certificates->size() == 1));
        if (!certificates) continue;
        for (std::size_t i = 0; i < certificates->size() && i < 4; ++i) {
            const Certificate& certificate = (*certificates)[i];
            (void)certificate.is_certified_by(certificates->back());
            if (key) (void)certificate.matches(*key);
        }
    }
    return 0;
}
