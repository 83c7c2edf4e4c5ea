// The Principal element, read from the JSON each time. Part of the second evaluator (see combine.hpp).
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "policy/request.hpp"
#include "unit/policy/naive/condition.hpp"
#include "unit/policy/naive/text.hpp"

namespace iamlocal::naive {

/// How closely a statement names the caller, from weak to strong. `limited`: a role's session through the role, or a
/// federated user through the user behind it.
enum class Named { no, account, limited, direct };

inline Named named_by_arn(const std::string& value, const policy::Principal& who) {
    using policy::PrincipalKind;
    const std::vector<std::string> arn = parts_of_arn(value);
    if (arn.size() < 6 || arn[0] != "arn" || !arn[3].empty()) return Named::no;
    if (arn[2] == "iam" && arn[5] == "root") {
        if (who.account.empty() || arn[1] != parts_of_arn(who.arn)[1] || arn[4] != who.account) return Named::no;
        return who.kind == PrincipalKind::root ? Named::direct : Named::account;
    }
    if (value == who.arn) return Named::direct;
    if (value == who.user_arn) {
        return who.kind == PrincipalKind::federated_user ? Named::limited : Named::direct;
    }
    if (who.kind == PrincipalKind::role_session && arn[2] == "iam" && arn[5].rfind("role/", 0) == 0) {
        const std::vector<std::string> session = parts_of_arn(who.arn);  // …:assumed-role/NAME/SESSION
        std::string role = session[5].substr(0, session[5].rfind('/'));
        remove_prefix(role, "assumed-role/");
        const std::string name = arn[5].substr(arn[5].rfind('/') + 1);
        if (arn[1] == session[1] && arn[4] == session[4] && name == role) return Named::limited;
    }
    return Named::no;
}

inline Named named_by(const std::string& type, const std::string& value, const policy::Principal& who) {
    using policy::PrincipalKind;
    if (type == "Service") {
        return who.kind == PrincipalKind::service && value == who.arn ? Named::direct : Named::no;
    }
    if (type == "Federated") return !value.empty() && value == who.provider ? Named::direct : Named::no;
    if (type != "AWS") return Named::no;
    if (value == "*") return Named::direct;
    if (value.size() == 12 && all_digits(value)) {
        if (value != who.account) return Named::no;
        return who.kind == PrincipalKind::root ? Named::direct : Named::account;
    }
    if (!value.empty() && value == who.unique_id) {
        const bool itself = who.kind == PrincipalKind::user || who.kind == PrincipalKind::user_session;
        return itself ? Named::direct : Named::limited;
    }
    if (who.kind == PrincipalKind::service) return Named::no;
    return named_by_arn(value, who);
}

/// The best over all values of a Principal or NotPrincipal element.
inline Named named(const Json& element, const policy::Principal& who) {
    if (element.is_string()) return element == "*" ? Named::direct : Named::no;
    Named best = Named::no;
    for (const auto& [type, values] : element.items()) {
        for (const std::string& value : one_or_many(values)) best = std::max(best, named_by(type, value, who));
    }
    return best;
}

}  // namespace iamlocal::naive
