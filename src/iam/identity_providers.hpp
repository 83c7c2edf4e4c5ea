// OpenID Connect and SAML providers as the things that operations act on. Requests name them by their ARN; a text that
// is no such ARN is not looked for, and InvalidInput comes when the caller is known to be allowed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/error.hpp"
#include "iam/existing.hpp"
#include "iam/families.hpp"
#include "iam/shapes.hpp"
#include "store/oidc_providers.hpp"
#include "store/saml_providers.hpp"

namespace iamlocal::iam {

namespace detail {

/// The tags as Get… shows them: sorted by key.
std::vector<store::Tag> sorted_tags(Context& ctx, std::string_view provider_id);
/// `Error occurred while validating input. `
ApiError no_tag_keys();

}  // namespace detail

struct OidcProviderKind {
    using Entity = store::OidcProvider;
    static constexpr const char* member = "OpenIDConnectProviderArn";
    static constexpr std::string_view type = "oidc-provider";
    static constexpr const protocol::TextRule& name_rule = shape::arn;

    static std::optional<Entity> find(Context& ctx, std::string_view arn);
    static Target target(Context& ctx, std::string_view arn, const std::optional<Entity>& provider);
    static Entity& require(std::optional<Entity>& provider, std::string_view arn);
};

/// GetOpenIDConnectProvider has words of its own for one that is not there.
struct ShownOidcProviderKind : OidcProviderKind {
    static Entity& require(std::optional<Entity>& provider, std::string_view arn);
};

struct SamlProviderKind {
    using Entity = store::SamlProvider;
    static constexpr const char* member = "SAMLProviderArn";
    static constexpr std::string_view type = "saml-provider";
    static constexpr const protocol::TextRule& name_rule = shape::arn;

    static std::optional<Entity> find(Context& ctx, std::string_view arn);
    static Target target(Context& ctx, std::string_view arn, const std::optional<Entity>& provider);
    static Entity& require(std::optional<Entity>& provider, std::string_view arn);
};

/// Unlike those of users, an empty list of keys is refused.
template <class Kind>
void untag_provider(Context& ctx, const family::UntagInput<Kind>& in, typename Kind::Entity& provider) {
    if (in.tag_keys.empty()) throw detail::no_tag_keys();
    family::untag<Kind>(ctx, in, provider);
}

template <class Kind>
constexpr api::Operation untag_provider_row(const char* action) {
    return on<Kind, &untag_provider<Kind>, family::with_tag_keys>(action, api::writes);
}

/// How an OpenID Connect provider of this address is called: without the scheme, and without the port that https has
/// anyway.
std::string oidc_provider_name(std::string_view url);

}  // namespace iamlocal::iam
