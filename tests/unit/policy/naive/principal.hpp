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

/// Whether the value has the form of some principal's name, whether or not there is one.
inline bool names_somebody(const std::string& type, const std::string& value) {
    if (type == "CanonicalUser" || (type == "AWS" && value == "*")) return true;
    const auto only = [](const std::string& text, const std::string& others) {
        return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" + others) ==
               std::string::npos;
    };
    const auto starts = [](const std::string& text, const std::string& with) { return text.rfind(with, 0) == 0; };
    if (type == "Service") {
        const bool of_aws = ends_with(value, ".amazonaws.com") || ends_with(value, ".amazonaws.com.cn") ||
                            ends_with(value, ".amazonaws.eu") || ends_with(value, ".aws.internal") ||
                            ends_with(value, ".amazon.com");
        return of_aws && only(value, ".-") && value[0] != '.' && value.find("..") == std::string::npos;
    }
    const std::vector<std::string> arn = parts_of_arn(value);
    if (type == "Federated") {
        if (arn.size() < 6) return only(value, ".-") && value.find('.') != std::string::npos;
        return arn[0] == "arn" && arn[2] == "iam" && arn[3].empty() &&
               (starts(arn[5], "saml-provider/") || starts(arn[5], "oidc-provider/"));
    }
    if (arn.size() < 6) {
        if (value.empty() || !only(value, "")) return false;
        return all_digits(value) ? value.size() == 12 : !all_digits(value.substr(0, 1));
    }
    if (arn[0] != "arn" || !arn[3].empty() || arn[5].find_first_of("*?") != std::string::npos) return false;
    if (arn[2] == "iam") return arn[5] == "root" || starts(arn[5], "user/") || starts(arn[5], "role/");
    return arn[2] == "sts" && (starts(arn[5], "assumed-role/") || starts(arn[5], "federated-user/"));
}

/// Whether the statement of a resource's policy means to stop somebody and, as its principals are written, stops nobody
/// or not all of them. A document with one must not be read: access would be the result of a mistake.
inline bool fails_to_stop(const Json& statement) {
    const bool deny = statement["Effect"] == "Deny";
    const char* const element = deny ? "Principal" : "NotPrincipal";
    if (!statement.contains(element)) return deny && !statement.contains("NotPrincipal");
    if (statement[element].is_string()) return false;
    bool somebody = false;
    for (const auto& [type, values] : statement[element].items()) {
        for (const std::string& value : one_or_many(values)) {
            if (!names_somebody(type, value)) return true;
            somebody = true;
        }
    }
    return !somebody;
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

/// For who comes by the word of an identity provider, where a role may trust him: by that provider's name alone.
inline Named named_by_provider(const Json& principal, const policy::Principal& who) {
    if (!principal.is_object() || !principal.contains("Federated")) return Named::no;
    Named best = Named::no;
    for (const std::string& value : one_or_many(principal["Federated"]))
        best = std::max(best, named_by("Federated", value, who));
    return best;
}

}  // namespace iamlocal::naive
