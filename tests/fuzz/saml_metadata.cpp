// Any text as the metadata of SAML providers: reading it must end in issuers with a name and certificates that can be
// read, or in a fault; and it must end the same way twice.
#include "federation/saml_metadata.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "base/public_key.hpp"

using namespace iamlocal;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void require_readable(const std::vector<std::string>& certificates) {
    for (const std::string& der : certificates) require(PublicKey::from_certificate(der).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto parsed = federation::parse_saml_metadata(text);
    const auto again = federation::parse_saml_metadata(text);
    require(parsed.index() == again.index());
    const auto* const metadata = std::get_if<federation::SamlMetadata>(&parsed);
    if (metadata == nullptr) return 0;
    require(!metadata->issuers.empty());
    require(metadata->issuers == std::get<federation::SamlMetadata>(again).issuers);
    for (const federation::SamlIssuer& issuer : metadata->issuers) {
        require(!issuer.entity_id.empty());
        require_readable(issuer.signing_certificates);
        require_readable(issuer.encryption_certificates);
    }
    return 0;
}
