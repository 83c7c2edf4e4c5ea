// What the sign-in asks of accounts while it answers one request.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "access/identity.hpp"
#include "http/message/request.hpp"
#include "policy/cache.hpp"
#include "signin/signin.hpp"

namespace iamlocal::signin {

struct Signin::Visit {
    explicit Visit(const Surroundings& surroundings);

    /// Who the claims are of by now; null: nobody any more.
    std::shared_ptr<const access::Identity> find_identity(const auth::SessionClaims& claims);
    /// Whether the identity may do this for a client of the sign-in; kept as a decision under the answer's id. Empty,
    /// or why not.
    std::string refusal(const std::shared_ptr<const access::Identity>& identity, const char* action, bool is_remote,
                        const http::Request& request, std::string_view request_id);

    const Surroundings& it;
    const Instant now;
    std::unique_ptr<db::Connection> connection;
    policy::Cache policies;
    access::OrganizationCache organizations;
};

}  // namespace iamlocal::signin
