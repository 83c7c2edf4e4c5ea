#include "federation/claim_keys.hpp"

#include <algorithm>

namespace iamlocal::federation {
namespace {

/// Claims of GitHub Actions that have a key of the same name.
constexpr std::string_view github_claims[] = {"actor", "actor_id",   "enterprise_id", "environment", "job_workflow_ref",
                                              "ref",   "repository", "repository_id", "workflow"};

/// Enterprises may have a path of their own.
bool is_github(std::string_view provider) {
    constexpr std::string_view host = "token.actions.githubusercontent.com";
    return provider.starts_with(host) && (provider.size() == host.size() || provider[host.size()] == '/');
}

const Claims::Values* find(const Claims& claims, std::string_view name) {
    const auto found = std::find_if(claims.values.begin(), claims.values.end(),
                                    [&](const Claims::Values& claim) { return claim.name == name; });
    return found == claims.values.end() ? nullptr : &*found;
}

}  // namespace

std::vector<ClaimKey> claim_keys(const Claims& claims, const WebIdentity& identity, std::string_view provider) {
    std::vector<ClaimKey> keys = {{"aud", {identity.audience}, false, true}, {"sub", {identity.subject}, false, true}};
    if (const auto* const methods = find(claims, "amr")) keys.push_back({"amr", methods->values, true, true});
    // Where the authorized party stands for the audience, the original one has a key of its own.
    if (claims.authorized_party && claims.audience)
        keys.push_back({"oaud", *claims.audience, claims.audience->size() > 1, false});
    const auto add_same = [&](std::string_view name) {
        const auto* const claim = find(claims, name);
        if (claim != nullptr) keys.push_back({name, claim->values, claim->is_list, false});
    };
    add_same("email");
    if (is_github(provider))
        for (const std::string_view name : github_claims) add_same(name);
    return keys;
}

}  // namespace iamlocal::federation
