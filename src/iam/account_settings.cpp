// Switches of an account: outbound federation, and the version of the session tokens of STS's global endpoint.
#include "store/account_settings.hpp"

#include <memory>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/ids.hpp"
#include "base/signing_key.hpp"
#include "federation/jwt_writer.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/shapes.hpp"
#include "store/issuer_keys.hpp"
#include "store/issuers.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using protocol::Fields;
using store::AccountSettings;
using store::TokenVersion;

// EnableOutboundWebIdentityFederation, DisableOutboundWebIdentityFederation, GetOutboundWebIdentityFederationInfo

std::string issuer_of(const AccountSettings& settings) {
    return store::outbound_issuer_url(settings.outbound_issuer.value_or(""));
}

struct IssuerOutput {
    std::string issuer;
};

void write(AnswerWriter& out, const IssuerOutput& output) { out.text("IssuerIdentifier", output.issuer); }

/// A key that tokens are signed with, before it is stored.
struct NewKey {
    store::IssuerKey described;
    Secret pem;
};

NewKey make_outbound_key(KeyKind kind, std::string_view id, const char* algorithm) {
    const SigningKey key = SigningKey::generate(kind);
    return {{std::string(id), algorithm, federation::write_jwk(key, id, algorithm)}, key.pem()};
}

AccountSettings require_outbound_is_off(api::Context& ctx) {
    AccountSettings settings = store::account_settings::get(ctx.tx, ctx.account());
    if (settings.outbound_enabled)
        throw ApiError(
            error_type::feature_enabled,
            fmt::format("Outbound identity federation is already enabled for account {}", ctx.account().view()));
    return settings;
}

/// Issuer and keys are made once: they are the same after every time off.
api::SlowChange<IssuerOutput> enable_outbound_federation(api::Context& ctx, const api::NoInput&) {
    require_outbound_is_off(ctx);
    const bool has_keys = !store::issuer_keys::all(ctx.tx, store::issuer_keys::owner_of(ctx.account())).empty();
    const auto made = std::make_shared<std::vector<NewKey>>();
    return {.work =
                [made, has_keys] {
                    if (has_keys) return;
                    made->push_back(make_outbound_key(KeyKind::rsa, store::issuer_keys::outbound_rsa_key, "RS256"));
                    made->push_back(make_outbound_key(KeyKind::p384, store::issuer_keys::outbound_curve_key, "ES384"));
                },
            .finish =
                [made](api::Context& later) {
                    AccountSettings settings = require_outbound_is_off(later);
                    if (!settings.outbound_issuer) settings.outbound_issuer = ids::request_id(later.env.entropy);
                    settings.outbound_enabled = true;
                    store::account_settings::put(later.tx, later.account(), settings);
                    const std::string owner = store::issuer_keys::owner_of(later.account());
                    if (store::issuer_keys::all(later.tx, owner).empty()) {
                        // The keys that were there have gone with the account.
                        if (made->empty()) throw api::concurrent_modification();
                        for (const NewKey& key : *made)
                            store::issuer_keys::add(later.tx, later.env.keyring, later.env.entropy, owner,
                                                    key.described, key.pem);
                    }
                    return IssuerOutput{issuer_of(settings)};
                }};
}

void disable_outbound_federation(api::Context& ctx, const api::NoInput&) {
    AccountSettings settings = store::account_settings::get(ctx.tx, ctx.account());
    if (!settings.outbound_enabled)
        throw ApiError(
            error_type::feature_disabled,
            fmt::format("Outbound identity federation is already disabled for account {}", ctx.account().view()));
    settings.outbound_enabled = false;
    store::account_settings::put(ctx.tx, ctx.account(), settings);
}

struct FederationInfoOutput {
    std::string issuer;
};

void write(AnswerWriter& out, const FederationInfoOutput& output) {
    out.text("IssuerIdentifier", output.issuer);
    out.boolean("JwtVendingEnabled", true);  // while it is not, there is no answer
}

FederationInfoOutput get_outbound_federation_info(api::Context& ctx, const api::NoInput&) {
    const AccountSettings settings = store::account_settings::get(ctx.tx, ctx.account());
    if (!settings.outbound_enabled)
        throw ApiError(error_type::feature_disabled,
                       fmt::format("Outbound identity federation is disabled for account {}", ctx.account().view()));
    return {issuer_of(settings)};
}

// SetSecurityTokenServicePreferences

// In the order in which AWS's messages have them.
constexpr const char* token_versions[] = {"v2Token", "v1Token"};
constexpr protocol::TextRule token_version = {.values = token_versions};

struct TokenPreferencesInput {
    std::string global_endpoint_token_version;
    void describe(Fields& f) { f.required("GlobalEndpointTokenVersion", global_endpoint_token_version, token_version); }
};

void set_token_preferences(api::Context& ctx, const TokenPreferencesInput& in) {
    AccountSettings settings = store::account_settings::get(ctx.tx, ctx.account());
    settings.token_version = in.global_endpoint_token_version == "v2Token" ? TokenVersion::v2 : TokenVersion::v1;
    store::account_settings::put(ctx.tx, ctx.account(), settings);
}

using api::no_resource;
using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> account_setting_operations() {
    static constexpr api::Operation rows[] = {
        operation<enable_outbound_federation, no_resource<api::NoInput>>("iam:EnableOutboundWebIdentityFederation",
                                                                         writes),
        operation<disable_outbound_federation, no_resource<api::NoInput>>("iam:DisableOutboundWebIdentityFederation",
                                                                          writes),
        operation<get_outbound_federation_info, no_resource<api::NoInput>>("iam:GetOutboundWebIdentityFederationInfo",
                                                                           reads),
        operation<set_token_preferences, no_resource<TokenPreferencesInput>>("iam:SetSecurityTokenServicePreferences",
                                                                             writes),
    };
    return rows;
}

}  // namespace iamlocal::iam
