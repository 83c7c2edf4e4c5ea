#include "iam/identity_providers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "iam/errors.hpp"

namespace iamlocal::iam {
namespace {

/// What stands behind `arn:aws:iam::ACCOUNT:TYPE/`, and the account.
struct ProviderArn {
    std::string_view account;
    std::string_view name;
};

std::optional<ProviderArn> parse_arn(std::string_view type, std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->partition != "aws" || arn->service != "iam" || !arn->region.empty()) return std::nullopt;
    if (!arn->resource.starts_with(type) || arn->resource.size() <= type.size() + 1 ||
        arn->resource[type.size()] != '/')
        return std::nullopt;
    return ProviderArn{arn->account, arn->resource.substr(type.size() + 1)};
}

/// Whatever the caller's account has of that name.
template <class Find>
auto find_own(Context& ctx, std::string_view type, std::string_view text, Find find)
    -> decltype(find(ctx.tx, ctx.account(), text)) {
    const std::optional<ProviderArn> arn = parse_arn(type, text);
    if (!arn || arn->account != ctx.account().view()) return std::nullopt;
    return find(ctx.tx, ctx.account(), arn->name);
}

void require_arn(std::string_view type, std::string_view text) {
    if (!parse_arn(type, text)) throw ApiError(error_type::invalid_input, invalid_arn_words(text));
}

}  // namespace

namespace detail {

std::vector<store::Tag> sorted_tags(Context& ctx, std::string_view provider_id) {
    std::vector<store::Tag> tags = store::tags::all(ctx.tx, ctx.account(), provider_id);
    std::sort(tags.begin(), tags.end(), [](const store::Tag& a, const store::Tag& b) { return a.key < b.key; });
    return tags;
}

ApiError no_tag_keys() { return {error_type::invalid_input, "Error occurred while validating input. "}; }

}  // namespace detail

std::optional<store::OidcProvider> OidcProviderKind::find(Context& ctx, std::string_view arn) {
    return find_own(ctx, type, arn, store::oidc_providers::find);
}

Target OidcProviderKind::target(Context&, std::string_view arn, const std::optional<Entity>& provider) {
    Target target;
    target.resource = arn;
    if (provider) target.tags.id = provider->id;
    return target;
}

store::OidcProvider& OidcProviderKind::require(std::optional<Entity>& provider, std::string_view arn) {
    require_arn(type, arn);
    if (!provider)
        throw ApiError(error_type::no_such_entity, fmt::format("OpenId connect Provider {} cannot be found.", arn));
    return *provider;
}

store::OidcProvider& ShownOidcProviderKind::require(std::optional<Entity>& provider, std::string_view arn) {
    require_arn(type, arn);
    if (!provider)
        throw ApiError(error_type::no_such_entity, fmt::format("OpenIDConnect Provider not found for arn {}", arn));
    return *provider;
}

std::optional<store::SamlProvider> SamlProviderKind::find(Context& ctx, std::string_view arn) {
    return find_own(ctx, type, arn, store::saml_providers::find);
}

Target SamlProviderKind::target(Context& ctx, std::string_view arn, const std::optional<Entity>& provider) {
    Target target;
    target.resource = provider ? arn::iam(ctx.account(), type, "/", provider->name) : std::string(arn);
    if (provider) target.tags.id = provider->id;
    return target;
}

store::SamlProvider& SamlProviderKind::require(std::optional<Entity>& provider, std::string_view arn) {
    require_arn(type, arn);
    if (!provider) throw ApiError(error_type::no_such_entity, fmt::format("Manifest not found for arn {}", arn));
    return *provider;
}

}  // namespace iamlocal::iam
