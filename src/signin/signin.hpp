// The sign-in: how people and their tools get sessions without a key of their own. Console federation turns a role's
// session into a browser's, and the flow of `aws login` a browser's into a session of fifteen minutes for a program.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "access/authorize.hpp"
#include "access/decisions.hpp"
#include "access/unreadable.hpp"
#include "admin/router.hpp"
#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/signing_key.hpp"
#include "db/database.hpp"
#include "signin/grants.hpp"
#include "signin/requests.hpp"
#include "store/keyring.hpp"
#include "trail/trail.hpp"

namespace iamlocal::signin {

/// All of it outlives the sign-in, and is safe for threads.
struct Surroundings {
    access::Enforcement enforcement = access::Enforcement::enforce;
    db::Database& database;
    const store::Keyring& keyring;
    AdjustableClock& clock;
    Entropy& entropy;
    access::DecisionLog& decisions;
    access::UnreadableLog& unreadable;
    trail::Trail& trail;
};

/// Safe for threads.
class Signin {
  public:
    explicit Signin(const Surroundings& surroundings) : it_(surroundings) {}

    /// `/federation`, `/v1/authorize`, `/v1/sessions/confirmation`, `/v1/token`; and the test bench's, which says who
    /// sits in front of the browser.
    std::vector<admin::Route> routes();
    /// Forgets who is signed in, and all that was given out but sessions.
    void clear();

  private:
    /// One answer's access to the database.
    struct Visit;

    void federate(const http::Request& request, http::Response& response);
    void give_login_token(const Fields& fields, const http::Request& request, http::Response& response);
    void log_in(const Fields& fields, const http::Request& request, http::Response& response);
    std::variant<auth::SessionClaims, std::string> read_session(Visit& visit, const Fields& fields) const;

    void authorize_client(const http::Request& request, http::Response& response);
    std::optional<auth::SessionClaims> find_signed_in(const http::Request& request, Seconds now);
    static void show_code(const http::Request& request, http::Response& response);
    void exchange(const http::Request& request, http::Response& response);
    std::optional<Grant> redeem(const Fields& fields, const std::string& thumbprint, Seconds now,
                                http::Response& response);
    void give_session(Visit& visit, Grant grant, const Fields& fields, http::Response& response);
    std::string id_token(const std::string& arn, std::string_view client_id, Seconds now, Seconds expires);

    void sit_down(const http::Request& request, http::Response& response);

    const Surroundings it_;
    Grants grants_;
    std::mutex mutex_;
    std::optional<auth::SessionClaims> declared_;  ///< who sits in front of the browser, as the test bench says
    std::optional<SigningKey> key_;                ///< of id tokens; made when it is first needed
};

}  // namespace iamlocal::signin
