// Session tokens: everything a temporary credential means, sealed, so that verifying one needs no row in a database and
// nobody can change a word of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/entropy.hpp"
#include "base/named.hpp"

namespace iamlocal::auth {

/// Whose session it is. Stored as these numbers; never renumber.
enum class SessionKind {
    role = 1,
    user = 2,
    root = 3,
    federated_user = 4,  ///< of GetFederationToken
    root_task = 5,       ///< root of a member account, for one of the tasks of AssumeRoot
};

/// What an identity provider has said about somebody, as condition keys: `PREFIX:NAME`.
struct Federation {
    std::string provider;    ///< its ARN, or the host of one that needs none
    std::string key_prefix;  ///< in lower case: `idp.example.com/path`, `saml`
    struct Key {
        std::string name;  ///< in lower case
        std::vector<std::string> values;
        bool is_list = false;

        friend bool operator==(const Key&, const Key&) = default;
    };
    std::vector<Key> keys;

    friend bool operator==(const Federation&, const Federation&) = default;
};

/// What a session may do and whose it is. Nothing of it is secret.
struct SessionClaims {
    SessionKind kind = SessionKind::role;
    AccountId account;         ///< of the role or user
    std::string principal_id;  ///< AROA… or AIDA…: a recreated role of the same name is another role; empty for root
    std::string session_name;  ///< of roles and federated users
    Seconds issued{};
    Seconds expires{};
    std::optional<std::string> policy;     ///< inline session policy
    std::vector<std::string> policy_arns;  ///< managed session policies, or the policy of a root's task
    std::string delegated_policy;         ///< all that a delegation request has asked for; empty: it is no such session
    std::vector<std::string> scope_down;  ///< what GetScopedCredentials has narrowed the session by, layer by layer
    std::vector<std::pair<std::string, std::string>> tags;
    std::vector<std::string> transitive_tag_keys;
    std::string source_identity;
    /// Condition keys that stay with it: where a program runs (`ec2:sourceinstancearn`). Names in lower case.
    std::vector<std::pair<std::string, std::string>> context;
    std::optional<Seconds> mfa;            ///< when MFA was used to get a session of one's own
    std::optional<Federation> federation;  ///< of roles that were assumed by the word of an identity provider
    bool from_console = false;             ///< of the sign-in: good for IAM as the key of whoever signed in
    bool end_is_fixed = false;          ///< chained, or narrowed: the console's sign-in makes no longer session of it
    bool default_regions_only = false;  ///< of version 1: no good in Regions that an account has to turn on
};

/// What a token says. A token works only with its own key, ASIA….
struct SessionToken {
    AccessKeyId access_key_id;
    Secret secret;
    SessionClaims claims;
};

/// Base64 text for the wire. Inside, members have names, and those that are empty are left out: a new member needs no
/// new form, and tokens from before it stay good. `minimum_size`: in characters, which padding makes up for.
std::string seal_session_token(std::span<const unsigned char, 32> key, const SessionToken& token, Entropy& entropy,
                               std::size_t minimum_size = 0);

/// The token, whether expired or not; nullopt for a text that was forged, truncated, or sealed with another key.
std::optional<SessionToken> open_session_token(std::span<const unsigned char, 32> key, std::string_view text);

/// Claims alone, to be kept for a session that begins later. Nobody can sign with that.
std::string seal_session_claims(std::span<const unsigned char, 32> key, const SessionClaims& claims, Entropy& entropy);
std::optional<SessionClaims> open_session_claims(std::span<const unsigned char, 32> key, std::string_view text);

}  // namespace iamlocal::auth
