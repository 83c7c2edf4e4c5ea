// Any text as a JSON Web Token: it must be taken apart or refused, and none that is not one of the seeds' is verified
// by their issuer's keys.
#include "federation/jwt.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "federation/claim_keys.hpp"
#include "federation/jwks.hpp"
#include "federation/web_identity.hpp"
#include "unit/federation/tokens.hpp"

using namespace iamlocal::federation;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const KeySet& keys() {
    static const KeySet set = parse_jwks(fmt::format(R"({{"keys":[{},{},{},{}]}})", tokens::rsa_jwk, tokens::ec256_jwk,
                                                     tokens::ec384_jwk, tokens::ec512_jwk))
                                  .value();
    return set;
}

bool was_signed(std::string_view text) {
    for (const std::string_view token : {tokens::rs256, tokens::rs384, tokens::rs512, tokens::ps256, tokens::ps384,
                                         tokens::ps512, tokens::es256, tokens::es384, tokens::es512})
        if (token.substr(0, token.rfind('.')) == text) return true;
    return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto token = parse_jwt(text);
    if (!token) return 0;
    require(text.starts_with(token->signed_text) && !token->signature.empty());
    if (verify(*token, keys()) == Verified::yes) require(was_signed(token->signed_text));
    const std::vector<std::string> client_ids = {"client"};
    const auto checked = check_claims(token->claims, 1'700'000'000, client_ids);
    if (const auto* const identity = std::get_if<WebIdentity>(&checked)) {
        require(identity->audience == "client");
        for (const ClaimKey& key : claim_keys(token->claims, *identity, "token.actions.githubusercontent.com"))
            require(key.is_list || key.values.size() == 1);
    }
    static_cast<void>(
        check_roles(token->claims, "arn:", [](std::string_view role) { return role.starts_with("arn:"); }));
    return 0;
}
