// Any text as a JSON Web Key Set: it must be read or refused, and its keys verify nothing but what their owner has
// signed: a token of somebody else only where the set has that key.
#include "federation/jwks.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "unit/federation/tokens.hpp"

using namespace iamlocal;
using namespace iamlocal::federation;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const Jwt rsa_token = parse_jwt(tokens::rs256).value();
    static const Jwt ec_token = parse_jwt(tokens::es256).value();
    static const Jwt nameless = parse_jwt(tokens::without_key_id).value();
    const auto keys = parse_jwks(text);
    if (!keys) return 0;
    for (const Jwk& jwk : *keys)
        if (jwk.key) require(jwk.key->kind() != KeyKind::other && jwk.key->is_same(*jwk.key));
    for (const Jwt* token : {&rsa_token, &ec_token, &nameless}) {
        if (verify(*token, *keys) == Verified::yes) {
            Jwt changed = *token;
            changed.signed_text += 'x';
            require(verify(changed, *keys) == Verified::no);
        }
    }
    return 0;
}
