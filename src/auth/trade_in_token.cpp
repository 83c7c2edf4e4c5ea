#include "auth/trade_in_token.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::auth {
namespace {

constexpr std::string_view purpose_of_trade_in = "iamlocal trade-in token 1";

}  // namespace

std::string seal_trade_in_token(std::span<const unsigned char, 32> key, std::string_view request_id, Entropy& entropy) {
    return base64_encode(as_bytes(seal(key, request_id, purpose_of_trade_in, entropy)));
}

std::optional<std::string> open_trade_in_token(std::span<const unsigned char, 32> key, std::string_view text) {
    const std::optional<std::string> sealed = base64_decode(text);
    if (!sealed) return std::nullopt;
    return open_sealed(key, *sealed, purpose_of_trade_in);
}

}  // namespace iamlocal::auth
