// What AWS and its partners keep ready for accounts: templates of roles, and of the permissions that a delegation
// request asks for. A text of theirs may have placeholders, `@{Name}`, for the values of parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/named.hpp"

namespace iamlocal::templates {

struct Parameter {
    enum class Kind { string, number, arn };

    std::string name;
    Kind kind = Kind::string;
    bool is_list = false;
    std::string sub_type = {};  ///< empty: there is none, and so with the next two
    std::string description = {};
    std::string default_value = {};
    bool is_required = true;
    bool is_immutable = false;
};

/// A minor version. All but ids, numbers and ARNs may have placeholders.
struct RoleVersion {
    std::int64_t minor = 0;
    std::string id;  ///< AVTA…
    bool enabled = true;
    std::string role_name;
    std::string role_path = {};         ///< empty: the root path
    std::string role_description = {};  ///< empty: there is none
    std::string trust_policy;
    std::vector<std::pair<std::string, std::string>> inline_policies = {};  ///< names and documents
    std::vector<std::string> managed_policies = {};                         ///< ARNs
    std::string permissions_boundary = {};                                  ///< an ARN; empty: there is none
    std::vector<Parameter> parameters = {};
    std::vector<std::pair<std::string, std::string>> tags = {};
    std::int64_t max_session_duration = 3600;

    [[nodiscard]] const Parameter* find_parameter(std::string_view name) const;
};

struct RoleTemplate {
    std::string arn;      ///< `arn:aws:iam::aws:role-template/{service}/{name}:{major}`
    std::string service;  ///< of the ARN, as the next two are
    std::string name;
    std::int64_t major = 1;
    std::string description = {};
    bool enabled = true;
    std::int64_t default_minor = 0;
    std::vector<RoleVersion> versions;

    /// Without a number the default one. Null when there is none.
    [[nodiscard]] const RoleVersion* find_version(std::optional<std::int64_t> minor) const;
};

/// The permissions that a partner may ask for.
struct DelegationTemplate {
    std::string arn;
    AccountId partner;         ///< the account that may make requests with it
    std::string partner_name;  ///< as requests show it
    std::string policy;
    std::vector<Parameter> parameters = {};

    [[nodiscard]] const Parameter* find_parameter(std::string_view name) const;
};

struct Templates {
    std::vector<RoleTemplate> roles;
    std::vector<DelegationTemplate> delegations;

    [[nodiscard]] const RoleTemplate* find_role(std::string_view arn) const;
    [[nodiscard]] const DelegationTemplate* find_delegation(std::string_view arn) const;
};

}  // namespace iamlocal::templates
