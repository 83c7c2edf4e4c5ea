// OpenID Connect providers: create, read, delete and list them, their client ids, thumbprints and tags.
#include "store/oidc_providers.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/shape_text.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/identity_providers.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {
namespace {

using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::OidcProvider;

constexpr std::size_t most_thumbprints = 5;
constexpr std::string_view scheme = "https://";

const protocol::TextRule url_rule = {.min = 1, .max = 255};
const protocol::TextRule client_id_rule = {.min = 1, .max = 255};
const protocol::TextRule thumbprint_rule = {.min = 40, .max = 40};
const protocol::ListRule any_list = {};

// Addresses

bool is_host(std::string_view text) {
    return !text.empty() && shape::every(text, [](char c) { return shape::is_word(c) || c == '.' || c == '-'; });
}

bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 || !shape::every(text, shape::is_digit)) return false;
    const int number = std::stoi(std::string(text));
    return number >= 1 && number <= 65535;
}

/// RFC 3986's characters of paths.
bool is_path(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '%' && !shape::is_word(text[at]) && !shape::is_one_of(text[at], "-.~!$&'()*+,;=:@/"))
            return false;
        if (!take_encoded_byte(text, at, PlusIs::space)) return false;
    }
    return true;
}

std::string_view without_scheme(std::string_view url) {
    return url.starts_with(scheme) ? url.substr(scheme.size()) : url;
}

void require_url(std::string_view url) {
    // AWS says no word about an address with a query.
    if (url.starts_with(scheme) && url.find('?') != std::string_view::npos)
        throw ApiError(error_type::invalid_input, "");
    const std::string_view rest = without_scheme(url);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view authority = rest.substr(0, slash);
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    const bool is_good = url.starts_with(scheme) && is_host(authority.substr(0, colon)) &&
                         (colon == authority.size() || is_port(authority.substr(colon + 1))) &&
                         is_path(rest.substr(slash));
    if (!is_good) throw validation_error("Invalid Open ID Connect Provider URL");
}

// Lists

/// Lower-cased, repeats kept. AWS takes any forty characters.
std::vector<std::string> checked_thumbprints(const std::vector<std::string>& given) {
    if (given.size() > most_thumbprints)
        throw ApiError(error_type::invalid_input, "Thumbprint list must contain fewer than 5 entries.");
    std::vector<std::string> thumbprints;
    for (const std::string& thumbprint : given) thumbprints.push_back(fold_case(thumbprint));
    return thumbprints;
}

std::vector<std::string> each_once(const std::vector<std::string>& client_ids) {
    std::vector<std::string> once;
    for (const std::string& id : client_ids)
        if (std::find(once.begin(), once.end(), id) == once.end()) once.push_back(id);
    return once;
}

void write_texts(AnswerWriter& out, const char* name, const std::vector<std::string>& texts) {
    out.begin_list(name);
    for (const std::string& text : texts) out.member(text);
    out.end_list(name);
}

// CreateOpenIDConnectProvider

struct CreateOidcProviderInput {
    std::string url;
    std::vector<std::string> client_id_list;
    std::vector<std::string> thumbprint_list;
    TagsInput tags;
    void describe(Fields& f) {
        // Not in the model's order: AWS's messages have them so.
        f.list("ClientIDList", Presence::optional, client_id_list, any_list, client_id_rule);
        f.list("ThumbprintList", Presence::optional, thumbprint_list, any_list, thumbprint_rule);
        f.required("Url", url, url_rule);
        tags.describe(f, Presence::optional);
    }
};

Target create_oidc_provider_target(Context& ctx, const CreateOidcProviderInput& in) {
    return creation_target(
        ctx, {OidcProviderKind::type, "/", oidc_provider_name(in.url), "iam:TagOpenIDConnectProvider"}, in.tags.list());
}

struct CreateOidcProviderOutput {
    std::string arn;
    std::vector<store::Tag> tags;
};

void write(AnswerWriter& out, const CreateOidcProviderOutput& output) {
    out.text("OpenIDConnectProviderArn", output.arn);
    api::write_tags(out, output.tags, api::WhenEmpty::leave_out);
}

/// Without thumbprints AWS asks the issuer for its certificate. This server asks nobody for one, and takes the provider
/// without.
CreateOidcProviderOutput create_oidc_provider(Context& ctx, const CreateOidcProviderInput& in) {
    require_url(in.url);
    std::vector<std::string> thumbprints = checked_thumbprints(in.thumbprint_list);
    std::vector<store::Tag> tags = in.tags.list();
    api::require_valid_tags(ctx, tags, store::tags::KeyCase::kept);
    std::vector<std::string> client_ids = each_once(in.client_id_list);
    if (static_cast<std::int64_t>(client_ids.size()) > quota(ctx, Quota::client_ids_per_oidc_provider))
        throw quota_exceeded(ctx, Quota::client_ids_per_oidc_provider);
    std::string name = oidc_provider_name(in.url);
    if (store::oidc_providers::exists(ctx.tx, ctx.account(), name))
        throw ApiError(error_type::entity_already_exists, fmt::format("Provider with url {} already exists.", in.url));
    require_quota(ctx, Quota::oidc_providers_per_account, store::oidc_providers::count(ctx.tx, ctx.account()));

    const OidcProvider provider{.account = ctx.account(),
                                .id = ids::unique_id(ctx.env.entropy, ids::Kind::oidc_provider),
                                .url = std::move(name),
                                .created = std::chrono::floor<std::chrono::milliseconds>(ctx.now),
                                .client_ids = std::move(client_ids),
                                .thumbprints = std::move(thumbprints),
                                .tags = std::move(tags)};
    store::oidc_providers::insert(ctx.tx, provider);
    return {arn::iam(ctx.account(), OidcProviderKind::type, "/", provider.url), provider.tags};
}

// GetOpenIDConnectProvider

struct GetOidcProviderOutput {
    OidcProvider provider;
};

void write(AnswerWriter& out, const GetOidcProviderOutput& output) {
    out.text("Url", output.provider.url);
    write_texts(out, "ClientIDList", output.provider.client_ids);
    write_texts(out, "ThumbprintList", output.provider.thumbprints);
    out.time("CreateDate", output.provider.created);
    api::write_tags(out, output.provider.tags, api::WhenEmpty::write);
}

GetOidcProviderOutput get_oidc_provider(Context& ctx, const NameInput<ShownOidcProviderKind>&, OidcProvider& provider) {
    provider.tags = detail::sorted_tags(ctx, provider.id);
    return {std::move(provider)};
}

// DeleteOpenIDConnectProvider

void delete_oidc_provider(Context& ctx, const NameInput<OidcProviderKind>&, OidcProvider& provider) {
    store::oidc_providers::remove(ctx.tx, ctx.account(), provider.id);
}

// ListOpenIDConnectProviders

struct ListOidcProviderOutput {
    std::vector<std::string> arns;
};

void write(AnswerWriter& out, const ListOidcProviderOutput& output) {
    out.begin_list("OpenIDConnectProviderList");
    for (const std::string& arn : output.arns) {
        out.begin_member();
        out.text("Arn", arn);
        out.end_member();
    }
    out.end_list("OpenIDConnectProviderList");
}

ListOidcProviderOutput list_oidc_providers(Context& ctx, const api::NoInput&) {
    std::vector<std::string> arns = store::oidc_providers::urls(ctx.tx, ctx.account());
    for (std::string& url : arns) url = arn::iam(ctx.account(), OidcProviderKind::type, "/", url);
    return {std::move(arns)};
}

// AddClientIDToOpenIDConnectProvider, RemoveClientIDFromOpenIDConnectProvider

struct ClientIdInput {
    std::string name;  ///< the provider's ARN
    std::string client_id;
    void describe(Fields& f) {
        f.required("OpenIDConnectProviderArn", name, shape::arn);
        f.required("ClientID", client_id, client_id_rule);
    }
};

void add_client_id(Context& ctx, const ClientIdInput& in, OidcProvider& provider) {
    const std::vector<std::string>& present = provider.client_ids;
    if (std::find(present.begin(), present.end(), in.client_id) != present.end()) return;
    require_quota(ctx, Quota::client_ids_per_oidc_provider, static_cast<std::int64_t>(present.size()));
    store::oidc_providers::add_client_id(ctx.tx, ctx.account(), provider.id, in.client_id);
}

void remove_client_id(Context& ctx, const ClientIdInput& in, OidcProvider& provider) {
    store::oidc_providers::remove_client_id(ctx.tx, ctx.account(), provider.id, in.client_id);
}

// UpdateOpenIDConnectProviderThumbprint

struct ThumbprintInput {
    std::string name;  ///< the provider's ARN
    std::vector<std::string> thumbprint_list;
    void describe(Fields& f) {
        f.required("OpenIDConnectProviderArn", name, shape::arn);
        f.list("ThumbprintList", Presence::required, thumbprint_list, any_list, thumbprint_rule);
    }
};

void update_thumbprints(Context& ctx, const ThumbprintInput& in, OidcProvider& provider) {
    if (in.thumbprint_list.empty())
        throw ApiError(error_type::invalid_input, "Thumbprint list must contain at least one entry.");
    store::oidc_providers::replace_thumbprints(ctx.tx, ctx.account(), provider.id,
                                               checked_thumbprints(in.thumbprint_list));
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::string oidc_provider_name(std::string_view url) {
    const std::string_view rest = without_scheme(url);
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view authority = rest.substr(0, slash);
    constexpr std::string_view usual_port = ":443";
    if (authority.ends_with(usual_port)) authority.remove_suffix(usual_port.size());
    return std::string(authority).append(rest.substr(slash));
}

std::span<const api::Operation> oidc_provider_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_oidc_provider, create_oidc_provider_target>("iam:CreateOpenIDConnectProvider", writes),
        on<ShownOidcProviderKind, get_oidc_provider>("iam:GetOpenIDConnectProvider", reads),
        on<OidcProviderKind, delete_oidc_provider>("iam:DeleteOpenIDConnectProvider", writes),
        operation<list_oidc_providers, api::no_resource<api::NoInput>>("iam:ListOpenIDConnectProviders", reads),
        on<OidcProviderKind, add_client_id>("iam:AddClientIDToOpenIDConnectProvider", writes),
        on<OidcProviderKind, remove_client_id>("iam:RemoveClientIDFromOpenIDConnectProvider", writes),
        on<OidcProviderKind, update_thumbprints>("iam:UpdateOpenIDConnectProviderThumbprint", writes),
        tag_row<OidcProviderKind>("iam:TagOpenIDConnectProvider"),
        untag_provider_row<OidcProviderKind>("iam:UntagOpenIDConnectProvider"),
        list_tags_row<OidcProviderKind>("iam:ListOpenIDConnectProviderTags"),
    };
    return rows;
}

}  // namespace iamlocal::iam
