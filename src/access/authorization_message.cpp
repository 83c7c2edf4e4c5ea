#include "access/authorization_message.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::access {
namespace {

/// Sealed with the key of session tokens; the purpose, which is authenticated with it, keeps the two apart, and the
/// account those of others.
std::string binding(const AccountId& account) {
    return std::string("iamlocal authorization message 2 ").append(account.view());
}

void replace(std::string& text, char what, char by) { std::replace(text.begin(), text.end(), what, by); }

}  // namespace

std::string seal_authorization_message(const store::Keyring& keyring, const AccountId& account,
                                       std::string_view message, Entropy& entropy) {
    std::string text = base64_encode(as_bytes(seal(keyring.session_tokens(), message, binding(account), entropy)));
    // AWS's messages go into logs and URLs as they are: no padding, and the alphabet of RFC 4648 section 5.
    text.erase(text.find_last_not_of('=') + 1);
    replace(text, '+', '-');
    replace(text, '/', '_');
    return text;
}

std::optional<std::string> open_authorization_message(const store::Keyring& keyring, const AccountId& account,
                                                      std::string_view encoded) {
    std::string text(encoded);
    replace(text, '-', '+');
    replace(text, '_', '/');
    text.append((4 - text.size() % 4) % 4, '=');
    const std::optional<std::string> sealed = base64_decode(text);
    if (!sealed) return std::nullopt;
    return open_sealed(keyring.session_tokens(), *sealed, binding(account));
}

}  // namespace iamlocal::access
