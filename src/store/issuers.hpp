// Issuers of web identity tokens that this server is itself: built-in ones, which the test bench declares, and one for
// each account with outbound federation. Nobody needs a network to verify what they sign.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

/// An identity provider for tests. Its keys are issuer_keys::owner_of_issuer(name)'s.
struct BuiltInIssuer {
    std::string name;    ///< in its paths
    std::string url;     ///< `iss` of its tokens
    std::string preset;  ///< whose tokens its own look like; empty: nobody's
    Seconds created{};

    friend bool operator==(const BuiltInIssuer&, const BuiltInIssuer&) = default;
};

namespace built_in_issuers {

std::optional<BuiltInIssuer> find(db::Transaction& tx, std::string_view name);
std::optional<BuiltInIssuer> find_by_url(db::Transaction& tx, std::string_view url);
/// In order of their names.
std::vector<BuiltInIssuer> all(db::Transaction& tx);
std::int64_t count(db::Transaction& tx);
/// Adds it, or replaces the one of that name; `created` stays then. Throws db::ConstraintViolation for a URL that
/// another one has.
void put(db::Transaction& tx, const BuiltInIssuer& issuer);
/// With its keys. Whether there was one.
bool remove(db::Transaction& tx, std::string_view name);

}  // namespace built_in_issuers

/// `https://{id}.tokens.sts.global.api.aws`, the issuer of an account's outbound tokens by the part of it that is the
/// account's own (AccountSettings::outbound_issuer).
std::string outbound_issuer_url(std::string_view id);
/// The account whose outbound issuer has this part, be it on or off: its keys stay public.
std::optional<AccountId> find_outbound_account(db::Transaction& tx, std::string_view id);

/// The JSON Web Key Set of an issuer that this server is itself, built-in or of an account's outbound tokens, by the
/// URL in `iss`, letter for letter. Nothing for issuers that are somewhere else.
std::optional<std::string> find_own_jwks(db::Transaction& tx, std::string_view issuer_url);

}  // namespace iamlocal::store
