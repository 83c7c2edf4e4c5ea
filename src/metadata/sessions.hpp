// Sessions that programs get: who gives them out, and those that are still good.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "metadata/machine.hpp"

namespace iamlocal::metadata {

/// What a program gets.
struct Session {
    std::string access_key_id;
    Secret secret;
    std::string token;
    Seconds issued{};
    Seconds expires{};
};

struct Refused {
    std::string message;  ///< AWS's, of the refused sts:AssumeRole
};

/// A session that a service wants of a role.
struct Wish {
    std::string_view service;  ///< its principal, a literal: `ec2.amazonaws.com`
    NamedThing role;
    std::string session_name;
    std::vector<std::pair<std::string, std::string>> tags;     ///< all transitive
    std::string source_arn;                                    ///< aws:SourceArn; empty: none
    std::vector<std::pair<std::string, std::string>> context;  ///< condition keys of the session, in lower case
    std::chrono::seconds duration = std::chrono::hours(6);
};

struct Role {
    std::string id;
    std::string arn;
};

struct Profile {
    std::string arn;
    std::string id;
    std::optional<NamedThing> role;
};

/// What is asked of accounts. May throw where the database fails.
class Accounts {
  public:
    virtual ~Accounts() = default;
    virtual std::optional<Profile> find_profile(const NamedThing& profile) = 0;
    virtual std::optional<Role> find_role(const NamedThing& role) = 0;
    /// Lets the service assume the role.
    virtual std::variant<Session, Refused> assume(const Wish& wish) = 0;
};

/// Everybody who asks again gets the same credentials, until half an hour before they end. Safe for threads.
class Sessions {
  public:
    /// The session that there is, or a new one. `role_id`: of the role as it is now; empty: there is none.
    std::variant<Session, Refused> get(Accounts& accounts, const Wish& wish, std::string_view role_id, Seconds now);
    void clear();

  private:
    std::mutex mutex_;
    std::map<std::string, Session> sessions_;
};

}  // namespace iamlocal::metadata
