// From what a request presents to who it is: root keys, access keys and session tokens, with a cache per worker. The
// ordinary request finds everything here (secret, derived signing key, compiled policies) and touches no database.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "access/identity.hpp"
#include "access/portrait.hpp"
#include "auth/errors.hpp"
#include "auth/presented_signature.hpp"
#include "auth/sigv4.hpp"
#include "base/count.hpp"
#include "db/database.hpp"
#include "policy/cache.hpp"
#include "store/access_keys.hpp"
#include "store/keyring.hpp"

namespace iamlocal::access {

/// The key that every account's root user has: under its own name in the default account, and under the account's
/// twelve digits in any.
struct RootKey {
    AccessKeyId id{"test"};
    Secret secret{std::string("test")};
    AccountId account{"000000000000"};
};

/// A credential that exists. The request's signature is still to be checked.
struct Credential {
    AccessKeyId access_key_id;
    std::shared_ptr<const Identity> identity;  ///< shared with the request that is running when the cache drops it
    std::shared_ptr<const Portrait> portrait;  ///< of the identity; made when somebody first wants it
    Secret secret;
    std::string session_token;          ///< the one it was loaded for; empty: long-term
    bool is_stored_key = false;         ///< an access key that somebody made, not the root key of the configuration
    std::uint64_t revision = 0;         ///< of the account, from before it was loaded
    store::KeyUse last_noted;           ///< its use as it was last recorded
    const char* last_action = nullptr;  ///< likewise
    std::size_t bytes = 0;              ///< what the cache has counted for it

    /// The signing key for a scope; the last two scopes are kept, since IAM and STS take turns.
    const auth::SigningKey& signing_key(const auth::Presented& presented);

  private:
    struct Derived {
        std::string scope;
        std::optional<auth::SigningKey> key;
    };
    std::array<Derived, 2> derived_;
    std::size_t next_ = 0;
};

/// What a cache of credentials counts; by its thread.
struct CredentialCounts {
    Count& found;   ///< in the cache, and fresh
    Count& loaded;  ///< or not there to be loaded
    Count& kept;    ///< entries
    Count& bytes;   ///< that they keep alive, about
};

class CredentialCache {
  public:
    /// A policy's text may have 128 KiB of white space, and an identity may have a hundred of them.
    static constexpr std::size_t usual_budget = std::size_t{64} << 20;

    /// From now on it counts. The numbers must outlive it.
    void count_into(const CredentialCounts& counts) { counts_.emplace(counts); }
    /// `max_bytes`: how much its entries may keep alive, about, unless one alone has more.
    CredentialCache(db::Connection& connection, const store::Keyring& keyring, const RootKey& root,
                    policy::Cache& policies, UnreadableLog& unreadable, std::size_t max_bytes = usual_budget)
        : connection_(connection),
          keyring_(keyring),
          root_(root),
          policies_(policies),
          unreadable_(unreadable),
          max_bytes_(max_bytes) {}

    /// The credential, fresh: a change that was committed before the call is seen. The reference lives until the next
    /// call. An error: InvalidClientTokenId for keys that are unknown, inactive or not of that token, ExpiredToken.
    std::variant<Credential*, auth::SignatureError> find(const auth::Presented& presented, Seconds now);

    std::size_t entries() const { return known_.size(); }
    std::size_t bytes() const { return bytes_; }

  private:
    std::unique_ptr<Credential> load(const auth::Presented& presented);
    std::unique_ptr<Credential> load_root(std::string_view access_key_id) const;
    std::unique_ptr<Credential> load_key(std::string_view access_key_id);
    std::unique_ptr<Credential> load_session(const auth::Presented& presented);
    bool is_fresh(const Credential& credential, const auth::Presented& presented) const;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };

    db::Connection& connection_;
    const store::Keyring& keyring_;
    const RootKey& root_;
    policy::Cache& policies_;
    UnreadableLog& unreadable_;
    using Known = std::unordered_map<std::string, std::unique_ptr<Credential>, Hash, std::equal_to<>>;
    void drop(Known::iterator entry);
    void note_fill();

    const std::size_t max_bytes_;
    std::size_t bytes_ = 0;  ///< what the entries keep alive, about
    Known known_;
    std::optional<CredentialCounts> counts_;
};

}  // namespace iamlocal::access
