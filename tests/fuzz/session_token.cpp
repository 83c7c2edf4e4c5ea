// Any bytes as what is inside a session token, sealed with the right key, and as the text of one. They are read or
// refused; what was read means the same when it is sealed again, and no other kind of text is a token.
#include "auth/session_token.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/trade_in_token.hpp"
#include "base/encoding.hpp"

using namespace iamlocal;
using namespace iamlocal::auth;

namespace {

constexpr std::array<unsigned char, 32> key{7, 7, 7};
constexpr std::string_view token_binding = "iamlocal session token 2";

void require(bool holds) {
    if (!holds) std::abort();
}

std::string sealed(std::string_view plain, Entropy& entropy) {
    return base64_encode(as_bytes(seal(key, plain, token_binding, entropy)));
}

/// What is inside a token of ours.
std::string plain_of(std::string_view text) {
    const auto bytes = base64_decode(text);
    require(bytes.has_value());
    const auto plain = open_sealed(key, *bytes, token_binding);
    require(plain.has_value());
    return *plain;
}

void is_no_other_kind(std::string_view text) {
    require(!open_session_claims(key, text));
    require(!open_trade_in_token(key, text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    SeededEntropy entropy(1);
    require(!open_session_token(key, bytes));
    is_no_other_kind(bytes);

    const std::string text = sealed(bytes, entropy);
    is_no_other_kind(text);
    const auto token = open_session_token(key, text);
    if (!token) return 0;
    const std::string again = seal_session_token(key, *token, entropy);
    const auto reread = open_session_token(key, again);
    require(reread.has_value());
    require(plain_of(again) == plain_of(seal_session_token(key, *reread, entropy)));
    return 0;
}
