// IAM's features for the root users of an organization's members: sessions (AssumeRoot) and the management of root's
// credentials. The management account and delegated administrators see and disable them; enabling is the management
// account's alone.
#include "store/root_features.hpp"

#include <fmt/format.h>

#include "api/operation.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"

namespace iamlocal::iam {
namespace {

using protocol::AnswerWriter;
using store::RootFeature;
using store::root_features::Standing;

std::string_view name_of(RootFeature feature) {
    return feature == RootFeature::sessions ? "RootSessions" : "RootCredentialsManagement";
}

/// The caller's account as one that may ask about the features.
Standing require_administrator(api::Context& ctx) {
    std::optional<Standing> standing = store::root_features::find_standing(ctx.tx, ctx.account());
    if (!standing)
        throw ApiError(error_type::organization_not_found,
                       "The request was rejected because no organization is associated with your account.");
    if (!standing->all_features)
        throw ApiError(error_type::not_in_all_features_mode,
                       "The request was rejected because your organization does not have All features enabled.");
    if (!standing->is_trusted)
        throw ApiError(error_type::service_access_not_enabled,
                       fmt::format("Trusted Access for IAM not enabled by organization of input account {}.",
                                   ctx.account().view()));
    if (!standing->is_management && !standing->is_delegate)
        throw ApiError(
            error_type::not_management_or_delegate,
            fmt::format("Input account {} is neither management account nor delegated admin.", ctx.account().view()));
    return *std::move(standing);
}

Standing require_management(api::Context& ctx) {
    Standing standing = require_administrator(ctx);
    if (!standing.is_management)
        throw ApiError(error_type::not_management,
                       fmt::format("Caller account {} is not management account of the organization and cannot enable "
                                   "IAM features.",
                                   ctx.account().view()));
    return standing;
}

struct FeaturesOutput {
    std::string organization_id;
    std::set<RootFeature> features;
};

void write(AnswerWriter& out, const FeaturesOutput& output) {
    out.text("OrganizationId", output.organization_id);
    out.begin_list("EnabledFeatures");
    for (const RootFeature feature : output.features) out.member(name_of(feature));
    out.end_list("EnabledFeatures");
}

FeaturesOutput features_of(api::Context& ctx, Standing standing) {
    auto enabled = store::root_features::enabled(ctx.tx, standing.organization_id);
    return {std::move(standing.organization_id), std::move(enabled)};
}

template <RootFeature feature>
FeaturesOutput enable(api::Context& ctx, const api::NoInput&) {
    Standing standing = require_management(ctx);
    store::root_features::enable(ctx.tx, standing.organization_id, feature);
    return features_of(ctx, std::move(standing));
}

template <RootFeature feature>
FeaturesOutput disable(api::Context& ctx, const api::NoInput&) {
    Standing standing = require_administrator(ctx);
    store::root_features::disable(ctx.tx, standing.organization_id, feature);
    return features_of(ctx, std::move(standing));
}

FeaturesOutput list_features(api::Context& ctx, const api::NoInput&) {
    return features_of(ctx, require_administrator(ctx));
}

template <auto handler>
constexpr api::Operation row(const char* action, db::Access access) {
    return api::operation<handler, api::no_resource<api::NoInput>>(action, access);
}

using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> root_feature_operations() {
    static constexpr api::Operation rows[] = {
        row<&enable<RootFeature::credentials_management>>("iam:EnableOrganizationsRootCredentialsManagement", writes),
        row<&disable<RootFeature::credentials_management>>("iam:DisableOrganizationsRootCredentialsManagement", writes),
        row<&enable<RootFeature::sessions>>("iam:EnableOrganizationsRootSessions", writes),
        row<&disable<RootFeature::sessions>>("iam:DisableOrganizationsRootSessions", writes),
        row<list_features>("iam:ListOrganizationsFeatures", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
