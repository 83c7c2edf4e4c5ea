// Any document as a SAML response. The seeds have responses of one assertion, signed by the key of the certificate
// below, and forgeries of them: whatever comes of it, nobody but the one whom that key has named is accepted.
#include "federation/saml_response.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "base/encoding.hpp"
#include "federation/saml_issue.hpp"
#include "fuzz/saml_certificate.hpp"

using namespace iamlocal;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

federation::SamlTrust trust() {
    // Within the five minutes for which the seeds are good.
    constexpr Instant signed_at{std::chrono::seconds(1'800'000'000)};
    return {.metadata = federation::write_saml_metadata("https://idp.example.com/saml", "https://idp.example.com/sso",
                                                        *base64_decode(fuzz::saml_certificate)),
            .private_keys = {Secret(fuzz::saml_private_key)},
            .requires_encryption = false,
            .checks = federation::SamlChecks::as_aws,
            .now = signed_at};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const federation::SamlTrust held_against = trust();
    const std::string base64 = base64_encode({data, size});
    const auto read = federation::verify_saml_response(base64, held_against);
    const auto again = federation::verify_saml_response(base64, held_against);
    require(read.index() == again.index());
    if (const auto* const fault = std::get_if<federation::SamlFault>(&read)) {
        require(*fault == std::get<federation::SamlFault>(again));
        require(!fault->message.empty());
        return 0;
    }
    const auto& assertion = std::get<federation::SamlAssertion>(read);
    require(assertion.subject == "alice@example.com" && assertion.id == "_a1");
    require(assertion.attributes == std::get<federation::SamlAssertion>(again).attributes);
    return 0;
}
