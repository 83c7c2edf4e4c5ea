// The identifiers AWS makes, from an Entropy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/named.hpp"

namespace iamlocal::ids {

/// What a unique id names; its text is the prefix of the id.
enum class Kind {
    user,
    role,
    group,
    managed_policy,
    instance_profile,
    server_certificate,
    service_specific_credential,
    oidc_provider,
};

/// `AIDA…`, `AROA…`, `AGPA…`, `ANPA…`, `AIPA…`, `ASCA…`, `ACCA…`: prefix and 17 characters of A-Z and 2-7, 21 in all.
/// AWS shows none of OpenID Connect providers; ours begin with `OIDC`.
std::string unique_id(Entropy& entropy, Kind kind);

/// `APKA…`, 20 characters.
std::string ssh_public_key_id(Entropy& entropy);

enum class SamlIdOf { provider, private_key };
/// `SAMLSP…` or `SAMLPK…`, and 16 characters of 0-9 and A-Z.
std::string saml_id(Entropy& entropy, SamlIdOf of);

enum class KeyLife { long_term, temporary };
/// `AKIA…` or `ASIA…`, 20 characters. The account stands in the base32 text after the prefix, at the bits where AWS
/// puts it, so that tools which decode the account from a key id work.
AccessKeyId access_key_id(Entropy& entropy, const AccountId& account, KeyLife life);
/// The account inside such a key id; nullopt for a text of another form.
std::optional<AccountId> account_of(std::string_view access_key_id);

/// 40 characters of base64's alphabet.
Secret secret_access_key(Entropy& entropy);

/// A random UUID, version 4.
std::string request_id(Entropy& entropy);

/// What answers of STS carry beside the request's id: Region, time and the last eight characters of that id.
/// `region`: empty: us-east-1.
std::string extended_request_id(std::string_view region, Instant at, std::string_view request_id);

/// Whether `text` has the form of a unique id, as policies have it in place of a principal's ARN: letters and digits, a
/// letter first.
bool is_unique_id(std::string_view text);

/// Whether a signature can name this access key id: printable ASCII without blanks, commas and slashes, which end it.
bool can_sign(std::string_view text);

/// Whether `text` is twelve digits.
bool is_account_id(std::string_view text);

}  // namespace iamlocal::ids
