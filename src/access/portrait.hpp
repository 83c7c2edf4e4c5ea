// Who asked, as records of a call show it: a few texts, without the policies that an identity keeps alive.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/identity.hpp"
#include "base/clock.hpp"
#include "base/named.hpp"

namespace iamlocal::access {

struct Portrait {
    enum class Kind {
        root,
        user,  ///< with long-term keys, or in a session of its own
        role_session,
        federated_user,  ///< of GetFederationToken
        service,         ///< of AWS's
        saml,            ///< who shows an assertion of an identity provider
        web_identity,    ///< who shows a token of one
    };
    Kind kind = Kind::root;
    std::string principal_id;  ///< AIDA…, AROA…:session, the account for root, provider:aud:sub
    std::string arn;
    std::string account;        ///< empty: who comes from an identity provider has none yet
    std::string access_key_id;  ///< what the request was signed with
    std::string user_name;      ///< of users; of root its account's alias; the subject that a provider names
    std::string provider;       ///< that identity provider; the service's principal of a service

    /// Whose permissions a session has: a role, or the user or root that vouches for a federated user.
    struct Issuer {
        std::string_view type;  ///< "Role", "IAMUser", "Root"
        std::string principal_id;
        std::string arn;
        std::string account;
        std::string user_name;
    };
    struct Session {
        std::optional<Issuer> issuer;
        Seconds created{};
        bool has_mfa = false;
        bool is_root_task = false;    ///< of AssumeRoot
        bool from_console = false;    ///< of the sign-in
        std::string source_identity;  ///< empty: none
        std::string role_delivery;    ///< how an EC2 instance was given it, "2.0"; empty: it was not
        std::string web_provider;     ///< the provider whose tokens began it; empty: none did
        std::vector<std::pair<std::string, std::string>> transitive_tags;
    };
    std::optional<Session> session;
    std::optional<StatedSession> stated;  ///< what the identity provider says of the session that is asked for

    /// What it takes in memory, about.
    [[nodiscard]] std::size_t bytes() const;
};

/// `access_key_id`: empty where nobody has signed.
std::shared_ptr<const Portrait> portrait_of(const Identity& identity, std::string_view access_key_id);

}  // namespace iamlocal::access
