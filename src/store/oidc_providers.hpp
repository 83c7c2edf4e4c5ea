// OpenID Connect providers: who issues the tokens of web identities, to which clients, and the thumbprints of the
// issuer's certificates.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/tags.hpp"

namespace iamlocal::store {

struct OidcProvider {
    AccountId account;
    std::string id;   ///< ours; AWS shows none
    std::string url;  ///< without the scheme; its case counts
    Milliseconds created{};
    std::vector<std::string> client_ids;   ///< in the order in which they were added, each once
    std::vector<std::string> thumbprints;  ///< as given, repeats too
    std::vector<Tag> tags;                 ///< insert() stores them; finding leaves them out (tags::all)
    /// The key set that its tokens are verified with, whoever may publish another one; insert() ignores it.
    std::optional<std::string> jwks = std::nullopt;
};

namespace oidc_providers {

/// `url` without the scheme.
std::optional<OidcProvider> find(db::Transaction& tx, const AccountId& account, std::string_view url);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view url);
/// The addresses of all of them, in order.
std::vector<std::string> urls(db::Transaction& tx, const AccountId& account);
std::int64_t count(db::Transaction& tx, const AccountId& account);

/// Throws db::ConstraintViolation for an address or id that is taken, and a client id that is given twice.
void insert(db::Transaction& tx, const OidcProvider& provider);
/// Throws db::ConstraintViolation for one that is there.
void add_client_id(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view client_id);
/// One that is not there is ignored.
void remove_client_id(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view client_id);
void replace_thumbprints(db::Transaction& tx, const AccountId& account, std::string_view id,
                         std::span<const std::string> thumbprints);
/// A JSON Web Key Set; nothing: the issuer is asked for its keys.
void set_jwks(db::Transaction& tx, const AccountId& account, std::string_view id, std::optional<std::string_view> jwks);
/// Takes everything along that belongs to it.
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace oidc_providers
}  // namespace iamlocal::store
