#include "policy/key_advice.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_text.hpp"

namespace iamlocal::policy {
namespace {

/// A key, or with a slash at the end what keys of the caller's choice begin with, and what is to be done.
struct Known {
    std::string_view key;  ///< in lower case
    std::string_view before;
    bool takes_value = true;
};

constexpr Known known[] = {
    {"sts:externalid", "send --external-id"},
    {"sts:rolesessionname", "send --role-session-name"},
    {"sts:sourceidentity", "send --source-identity"},
    {"sts:transitivetagkeys", "send --transitive-tag-keys"},
    {"aws:requesttag/", "send --tags"},
    {"aws:tagkeys", "send --tags with the keys that it wants", false},
    {"aws:principaltag/", "tag the caller"},
    {"aws:resourcetag/", "tag the resource"},
    {"iam:resourcetag/", "tag the resource"},
    {"aws:multifactorauthpresent", "sign in with --serial-number and --token-code", false},
    {"aws:multifactorauthage", "sign in with --serial-number and --token-code", false},
    {"aws:securetransport", "send it over HTTPS", false},
    {"aws:requestedregion", "send it to the Region"},
    {"aws:sourceidentity", "assume the role with --source-identity"},
    {"iam:permissionsboundary", "send --permissions-boundary"},
    {"iam:policyarn", "send --policy-arn"},
    {"iam:awsservicename", "send --aws-service-name"},
};

/// What else an action needs when it creates something with tags, or a session with them; names in lower case.
struct Tagging {
    std::string_view action;
    std::string_view permission;
};

constexpr Tagging taggings[] = {
    {"iam:createuser", "iam:TagUser"},
    {"iam:createrole", "iam:TagRole"},
    {"iam:createpolicy", "iam:TagPolicy"},
    {"iam:createinstanceprofile", "iam:TagInstanceProfile"},
    {"iam:createvirtualmfadevice", "iam:TagMFADevice"},
    {"iam:createopenidconnectprovider", "iam:TagOpenIDConnectProvider"},
    {"iam:createsamlprovider", "iam:TagSAMLProvider"},
    {"iam:uploadservercertificate", "iam:TagServerCertificate"},
    {"sts:assumerole", "sts:TagSession"},
    {"sts:getfederationtoken", "sts:TagSession"},
};

/// As an argument in a shell: quoted where it needs that.
std::string as_argument(const std::string& value) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./:=@+,").find(c) != std::string_view::npos;
    };
    if (!value.empty() && std::all_of(value.begin(), value.end(), plain)) return value;
    return json_text(nlohmann::json(value));
}

}  // namespace

std::string key_advice(std::string_view spelled, const std::optional<std::string>& value) {
    const std::string folded = fold_case(spelled);
    for (const Known& row : known) {
        if (row.key.ends_with('/')) {
            if (!folded.starts_with(row.key) || folded.size() == row.key.size()) continue;
            return fmt::format("{} Key={},Value={}", row.before,
                               as_argument(std::string(spelled.substr(row.key.size()))),
                               value ? as_argument(*value) : "…");
        }
        if (folded != row.key) continue;
        if (!row.takes_value || !value) return std::string(row.before);
        return fmt::format("{} {}", row.before, as_argument(*value));
    }
    return {};
}

bool is_about_who_where_or_what(std::string_view key) {
    constexpr std::string_view beginnings[] = {"aws:principaltag/", "aws:resourcetag/", "iam:resourcetag/"};
    constexpr std::string_view keys[] = {
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgmasteraccountid",
        "aws:principaltype",    "aws:userid",       "aws:username",       "aws:federatedprovider",
        "aws:sourceip",         "aws:sourcevpc",    "aws:sourcevpce",     "aws:sourcevpcarn",
        "aws:vpcsourceip",      "aws:vpceaccount",  "aws:vpceorgid",      "aws:resourceaccount",
        "aws:resourceorgid",
    };
    return std::ranges::find(keys, key) != std::end(keys) ||
           std::ranges::any_of(beginnings, [&](std::string_view beginning) { return key.starts_with(beginning); });
}

std::string_view permission_to_send(std::string_view spelled, std::string_view action) {
    const std::string key = fold_case(spelled);
    const std::string asked = fold_case(action);
    if (key == "sts:sourceidentity") return asked == "sts:assumerole" ? "sts:SetSourceIdentity" : "";
    if (!key.starts_with("aws:requesttag/") && key != "aws:tagkeys") return {};
    for (const Tagging& row : taggings)
        if (row.action == asked) return row.permission;
    return {};
}

}  // namespace iamlocal::policy
