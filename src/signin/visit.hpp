// What the sign-in asks of accounts while it answers one request.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

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

    /// Puts what somebody did into the trail. `name`: of the event, a literal. `made`: members of its record, as JSON.
    /// `denied`: why it was refused; empty: it was not.
    void record(const access::Identity& identity, std::string_view name, const nlohmann::ordered_json& made,
                const http::Request& request, std::string_view request_id, std::string_view denied = {});

    const Surroundings& it;
    const Instant now;
    std::unique_ptr<db::Connection> connection;
    policy::Cache policies;
    access::OrganizationCache organizations;
};

}  // namespace iamlocal::signin
