// SAML providers: create, read, update, delete and list them, and their tags. Metadata and private keys are read off
// the worker's thread.
#include "store/saml_providers.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/shape_text.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/private_key.hpp"
#include "federation/saml_metadata.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/identity_providers.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {
namespace {

using api::SlowChange;
using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::SamlPrivateKey;
using store::SamlProvider;

constexpr std::size_t most_private_keys = 2;
constexpr std::chrono::years valid_for{100};

bool is_provider_name(std::string_view text) {
    return !text.empty() && shape::every(text, [](char c) { return shape::is_word(c) || c == '.' || c == '-'; });
}

bool is_key_id(std::string_view text) {
    return !text.empty() && shape::every(text, [](char c) { return (c >= 'A' && c <= 'Z') || shape::is_digit(c); });
}

/// Narrower than the model's pattern, as AWS's messages about other members of that pattern say.
bool is_key_text(std::string_view text) {
    return !text.empty() && shape::every_code_point(text, [](std::int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7e) || (c >= 0xa1 && c <= 0xff);
    });
}

constexpr const char* encryption_modes[] = {"Required", "Allowed"};
const protocol::TextRule metadata_rule = {.min = 1000, .max = 10'000'000};
const protocol::TextRule name_rule = {.min = 1, .max = 128, .pattern = R"([\w._-]+)", .matches = is_provider_name};
const protocol::TextRule encryption_rule = {.values = encryption_modes};
const protocol::TextRule key_rule = {.min = 1,
                                     .max = 16384,
                                     .pattern = shape::document_pattern,
                                     .matches = is_key_text,
                                     .printed_pattern = R"([\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+)",
                                     .secret = true};
const protocol::TextRule key_id_rule = {.min = 22, .max = 64, .pattern = "[A-Z0-9]+", .matches = is_key_id};

/// The metadata's own validUntil plays no part.
Seconds valid_until(const SamlProvider& provider) {
    const auto day = std::chrono::floor<std::chrono::days>(provider.metadata_changed);
    std::chrono::year_month_day date = std::chrono::year_month_day(day) + valid_for;
    if (!date.ok()) date = date.year() / date.month() / std::chrono::last;  // the 29th of February
    return std::chrono::sys_days(date) + (provider.metadata_changed - day);
}

std::string arn_of(Context& ctx, const SamlProvider& provider) {
    return arn::iam(ctx.account(), SamlProviderKind::type, "/", provider.name);
}

ApiError no_key_for_required() {
    return invalid_input("Failed to set assertion encryption mode to Required because no private key is present.");
}

/// What takes a while, with all that it needs: on any thread.
struct Documents {
    std::optional<std::string> metadata;
    std::optional<Secret> private_key;
    std::int64_t most_keys = 0;

    void check() const {
        if (metadata) check_metadata();
        if (private_key && !is_private_key(private_key->reveal())) throw invalid_input("Could not parse private key");
    }

  private:
    void check_metadata() const {
        const auto parsed = federation::parse_saml_metadata(*metadata);
        if (const auto* const fault = std::get_if<federation::MetadataFault>(&parsed))
            throw invalid_input(*fault == federation::MetadataFault::no_issuer
                                    ? "SAML Providers must reference at least one SAML assertion issuer."
                                    : "Could not parse metadata");
        if (static_cast<std::int64_t>(std::get<federation::SamlMetadata>(parsed).keys) > most_keys)
            throw quota_exceeded(aws::name_of(Quota::keys_per_saml_provider), most_keys);
    }
};

std::shared_ptr<const Documents> documents(Context& ctx, const std::optional<std::string>& metadata,
                                           const std::optional<std::string>& private_key) {
    Documents given{metadata, std::nullopt, quota(ctx, Quota::keys_per_saml_provider)};
    if (private_key) given.private_key.emplace(*private_key);
    return std::make_shared<const Documents>(std::move(given));
}

void add_private_key(Context& ctx, const SamlProvider& provider, const Secret& pem) {
    const SamlPrivateKey key{ids::saml_id(ctx.env.entropy, ids::SamlIdOf::private_key), ctx.second()};
    store::saml_providers::add_private_key(ctx.tx, ctx.env.keyring, ctx.env.entropy, ctx.account(), provider.id, key,
                                           pem);
}

// CreateSAMLProvider

struct CreateSamlProviderInput {
    std::string saml_metadata_document;
    std::string provider_name;
    TagsInput tags;
    std::optional<std::string> assertion_encryption_mode;
    std::optional<std::string> add_private_key;
    void describe(Fields& f) {
        f.required("SAMLMetadataDocument", saml_metadata_document, metadata_rule);
        f.required("Name", provider_name, name_rule);
        tags.describe(f, Presence::optional);
        f.optional("AssertionEncryptionMode", assertion_encryption_mode, encryption_rule);
        f.optional("AddPrivateKey", add_private_key, key_rule);
    }
};

Target create_saml_provider_target(Context& ctx, const CreateSamlProviderInput& in) {
    return creation_target(ctx, {SamlProviderKind::type, "/", in.provider_name, "iam:TagSAMLProvider"}, in.tags.list());
}

struct CreateSamlProviderOutput {
    std::string arn;
    std::vector<store::Tag> tags;
};

void write(AnswerWriter& out, const CreateSamlProviderOutput& output) {
    out.text("SAMLProviderArn", output.arn);
    api::write_tags(out, output.tags, api::WhenEmpty::leave_out);
}

void require_room(Context& ctx, std::string_view name) {
    if (store::saml_providers::exists(ctx.tx, ctx.account(), name))
        throw ApiError(error_type::entity_already_exists, fmt::format("Provider with name {} already exists.", name));
    require_quota(ctx, Quota::saml_providers_per_account, store::saml_providers::count(ctx.tx, ctx.account()));
}

SlowChange<CreateSamlProviderOutput> create_saml_provider(Context& ctx, const CreateSamlProviderInput& in) {
    SamlProvider provider{.account = ctx.account(),
                          .id = ids::saml_id(ctx.env.entropy, ids::SamlIdOf::provider),
                          .name = in.provider_name,
                          .created = ctx.second(),
                          .metadata_changed = ctx.second(),
                          .metadata = in.saml_metadata_document,
                          .requires_encryption = in.assertion_encryption_mode == "Required",
                          .private_keys = {},
                          .tags = in.tags.list()};
    api::require_valid_tags(ctx, provider.tags, store::tags::KeyCase::kept);
    if (provider.requires_encryption && !in.add_private_key) throw no_key_for_required();
    require_room(ctx, provider.name);
    const auto given = documents(ctx, in.saml_metadata_document, in.add_private_key);
    return {[given] { given->check(); },
            [given, provider = std::move(provider)](Context& later) -> CreateSamlProviderOutput {
                require_room(later, provider.name);
                store::saml_providers::insert(later.tx, provider);
                if (given->private_key) add_private_key(later, provider, *given->private_key);
                return {arn_of(later, provider), provider.tags};
            }};
}

// GetSAMLProvider

struct GetSamlProviderOutput {
    SamlProvider provider;
};

void write(AnswerWriter& out, const GetSamlProviderOutput& output) {
    const SamlProvider& provider = output.provider;
    out.text("SAMLProviderUUID", provider.id);
    out.text("SAMLMetadataDocument", provider.metadata);
    out.time("CreateDate", provider.created);
    out.time("ValidUntil", valid_until(provider));
    api::write_tags(out, provider.tags, api::WhenEmpty::write);
    out.text("AssertionEncryptionMode", provider.requires_encryption ? "Required" : "Allowed");
    out.begin_list("PrivateKeyList");
    for (const SamlPrivateKey& key : provider.private_keys) {
        out.begin_member();
        out.text("KeyId", key.id);
        out.time("Timestamp", key.added);
        out.end_member();
    }
    out.end_list("PrivateKeyList");
}

GetSamlProviderOutput get_saml_provider(Context& ctx, const NameInput<SamlProviderKind>&, SamlProvider& provider) {
    provider.tags = detail::sorted_tags(ctx, provider.id);
    return {std::move(provider)};
}

// UpdateSAMLProvider

struct UpdateSamlProviderInput {
    std::optional<std::string> saml_metadata_document;
    std::string name;  ///< the provider's ARN
    std::optional<std::string> assertion_encryption_mode;
    std::optional<std::string> add_private_key;
    std::optional<std::string> remove_private_key;
    void describe(Fields& f) {
        f.optional("SAMLMetadataDocument", saml_metadata_document, metadata_rule);
        f.required("SAMLProviderArn", name, shape::arn);
        f.optional("AssertionEncryptionMode", assertion_encryption_mode, encryption_rule);
        f.optional("AddPrivateKey", add_private_key, key_rule);
        f.optional("RemovePrivateKey", remove_private_key, key_id_rule);
    }
};

struct UpdateSamlProviderOutput {
    std::string arn;
};

void write(AnswerWriter& out, const UpdateSamlProviderOutput& output) { out.text("SAMLProviderArn", output.arn); }

/// What an update does to the settings of a provider, beside its metadata.
struct SamlProviderChange {
    std::optional<bool> requires_encryption;
    std::optional<std::string> removed_key;
    bool adds_key = false;

    /// Throws unless the provider, as it is now, can be changed so.
    void require_possible(const SamlProvider& provider) const {
        std::size_t keys = provider.private_keys.size();
        if (adds_key && keys >= most_private_keys)
            throw ApiError(error_type::limit_exceeded,
                           fmt::format("Private key limit of {} is reached.", most_private_keys));
        if (adds_key) ++keys;
        if (removed_key) {
            const bool is_there = std::any_of(provider.private_keys.begin(), provider.private_keys.end(),
                                              [&](const SamlPrivateKey& key) { return key.id == *removed_key; });
            if (!is_there) throw invalid_input("Failed to remove private key.");
            --keys;
        }
        if (keys > 0 || !requires_encryption.value_or(provider.requires_encryption)) return;
        throw removed_key ? invalid_input("Failed to remove private key.") : no_key_for_required();
    }
};

SamlProviderChange change_of(const UpdateSamlProviderInput& in) {
    if (in.add_private_key && in.remove_private_key)
        throw validation_error(
            "Unable to add and remove private keys in the same request. Set a value for only one of the two "
            "parameters.");
    if (!in.saml_metadata_document && !in.assertion_encryption_mode && !in.add_private_key && !in.remove_private_key)
        throw validation_error(
            "Unable to update identity provider. No updates are defined for metadata or encryption assertion.");
    SamlProviderChange change;
    if (in.assertion_encryption_mode) change.requires_encryption = in.assertion_encryption_mode == "Required";
    change.removed_key = in.remove_private_key;
    change.adds_key = in.add_private_key.has_value();
    return change;
}

void apply(Context& ctx, const SamlProviderChange& change, const Documents& given, const SamlProvider& provider) {
    namespace providers = store::saml_providers;
    if (given.metadata) providers::set_metadata(ctx.tx, ctx.account(), provider.id, *given.metadata, ctx.second());
    if (change.requires_encryption)
        providers::set_encryption(ctx.tx, ctx.account(), provider.id, *change.requires_encryption);
    if (given.private_key) add_private_key(ctx, provider, *given.private_key);
    if (change.removed_key) providers::remove_private_key(ctx.tx, ctx.account(), provider.id, *change.removed_key);
}

using NamedProvider = LookedUp<SamlProviderKind>;

SlowChange<UpdateSamlProviderOutput, NamedProvider> update(Context& ctx, const UpdateSamlProviderInput& in,
                                                           SamlProvider& provider) {
    const SamlProviderChange change = change_of(in);
    change.require_possible(provider);
    const auto given = documents(ctx, in.saml_metadata_document, in.add_private_key);
    return {[given] { given->check(); },
            [given, change](Context& later, NamedProvider& named) -> UpdateSamlProviderOutput {
                const SamlProvider& now = SamlProviderKind::require(named.entity, named.name);
                change.require_possible(now);
                apply(later, change, *given, now);
                return {arn_of(later, now)};
            }};
}

// DeleteSAMLProvider

void delete_saml_provider(Context& ctx, const NameInput<SamlProviderKind>&, SamlProvider& provider) {
    store::saml_providers::remove(ctx.tx, ctx.account(), provider.id);
}

// ListSAMLProviders

struct ListSamlProviderOutput {
    AccountId account;
    std::vector<SamlProvider> providers;
};

void write(AnswerWriter& out, const ListSamlProviderOutput& output) {
    out.begin_list("SAMLProviderList");
    for (const SamlProvider& provider : output.providers) {
        out.begin_member();
        out.text("Arn", arn::iam(output.account, SamlProviderKind::type, "/", provider.name));
        out.time("ValidUntil", valid_until(provider));
        out.time("CreateDate", provider.created);
        out.end_member();
    }
    out.end_list("SAMLProviderList");
}

ListSamlProviderOutput list_saml_providers(Context& ctx, const api::NoInput&) {
    return {ctx.account(), store::saml_providers::all(ctx.tx, ctx.account())};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> saml_provider_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_saml_provider, create_saml_provider_target>("iam:CreateSAMLProvider", writes),
        on<SamlProviderKind, get_saml_provider>("iam:GetSAMLProvider", reads),
        on<SamlProviderKind, update>("iam:UpdateSAMLProvider", writes),
        on<SamlProviderKind, delete_saml_provider>("iam:DeleteSAMLProvider", writes),
        operation<list_saml_providers, api::no_resource<api::NoInput>>("iam:ListSAMLProviders", reads),
        tag_row<SamlProviderKind>("iam:TagSAMLProvider"),
        untag_provider_row<SamlProviderKind>("iam:UntagSAMLProvider"),
        list_tags_row<SamlProviderKind>("iam:ListSAMLProviderTags"),
    };
    return rows;
}

}  // namespace iamlocal::iam
