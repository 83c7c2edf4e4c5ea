// What somebody was given on his way to credentials: tokens for a login, a browser's session, codes, refresh tokens.
// Each is a random text, kept by its hash, in memory; and so are proofs that were used.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "auth/session_token.hpp"
#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/entropy.hpp"

namespace iamlocal::signin {

struct Grant {
    enum class Kind {
        login,    ///< SigninToken of console federation
        browser,  ///< a cookie
        code,     ///< of the authorization code flow
        refresh,
    };
    Kind kind = Kind::login;
    auth::SessionClaims who;  ///< what sessions are made of; they end at `who.expires` at the latest
    Seconds expires{};
    // Of codes and refresh tokens:
    std::string client_id;
    std::string redirect_uri;
    std::string challenge;   ///< of PKCE
    std::string thumbprint;  ///< of the client's key
};

/// Safe for threads.
class Grants {
  public:
    /// The text by which it is found.
    std::string keep(Grant grant, Seconds now, Entropy& entropy);
    /// Nothing for what was never given, is of another kind, or has ended.
    std::optional<Grant> find(Grant::Kind kind, std::string_view text, Seconds now);
    /// The same, and nobody finds it again.
    std::optional<Grant> take(Grant::Kind kind, std::string_view text, Seconds now);
    /// Notes that a text was used, for as long as it would be good; false: it was used before.
    bool use_once(std::string_view text, Seconds good_until, Seconds now);
    void clear();

  private:
    std::mutex mutex_;
    std::map<Digest, Grant> grants_;
    std::map<Digest, Seconds> used_;  ///< with the end of what each was
};

}  // namespace iamlocal::signin
