#include "seed/stored_password.hpp"

#include <span>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::seed {
namespace {

constexpr std::string_view scheme = "scrypt:";
constexpr std::size_t salt_bytes = 16;

std::string base64_of(std::string_view bytes) {
    return base64_encode({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

}  // namespace

std::string write_stored_password(const HashedPassword& password) {
    return std::string(scheme).append(base64_of(password.salt)).append(":").append(base64_of(password.hash));
}

std::optional<HashedPassword> parse_stored_password(std::string_view text) {
    if (!text.starts_with(scheme)) return std::nullopt;
    text.remove_prefix(scheme.size());
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::optional<std::string> salt = base64_decode(text.substr(0, colon));
    std::optional<std::string> hash = base64_decode(text.substr(colon + 1));
    if (!salt || !hash || salt->size() != salt_bytes || hash->size() != sizeof(Digest)) return std::nullopt;
    return HashedPassword{*std::move(salt), *std::move(hash)};
}

}  // namespace iamlocal::seed
