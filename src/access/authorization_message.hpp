// Authorization messages: the details of a refusal, sealed, so that a refused caller may hand them on without being
// able to read them. STS opens them again for those who are allowed to (DecodeAuthorizationMessage).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/entropy.hpp"
#include "base/named.hpp"
#include "store/keyring.hpp"

namespace iamlocal::access {

/// What STS accepts, in characters.
inline constexpr std::size_t max_encoded_message = 10240;

/// `message`, JSON, as text of letters, digits, `-` and `_`. Four characters for three bytes, and 38 more.
/// `account`: that of the refused caller.
[[nodiscard]] std::string seal_authorization_message(const store::Keyring& keyring, const AccountId& account,
                                                     std::string_view message, Entropy& entropy);
/// The message; nullopt for a text that was sealed for another account, with another master key, or not at all.
[[nodiscard]] std::optional<std::string> open_authorization_message(const store::Keyring& keyring,
                                                                    const AccountId& account, std::string_view encoded);

}  // namespace iamlocal::access
