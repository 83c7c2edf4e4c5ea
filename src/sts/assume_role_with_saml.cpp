// AssumeRoleWithSAML: who asks is whoever an identity provider's assertion names, and the role's trust policy alone
// decides. The assertion is verified off the worker's thread, before anything else.
#include <algorithm>
#include <memory>
#include <utility>

#include "access/identity.hpp"
#include "api/errors.hpp"
#include "api/operation.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "federation/saml_response.hpp"
#include "store/saml_providers.hpp"
#include "sts/asked_role.hpp"
#include "sts/errors.hpp"
#include "sts/operations.hpp"
#include "sts/role_session.hpp"
#include "sts/saml_login.hpp"
#include "sts/session_policies.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using access::Target;
using api::Context;
using federation::SamlAssertion;
using federation::SamlFault;
using protocol::AnswerWriter;
using protocol::Fields;

struct SamlInput {
    std::string role_arn;
    std::string principal_arn;
    std::string saml_assertion;
    SessionPolicies policies;
    std::int64_t duration_seconds = 3600;
    std::optional<std::int64_t> minimum_session_token_size;
    SamlLogin login;          ///< what the assertion says, once it was verified
    std::string provider_id;  ///< SAMLSP…, of the provider that it was held against

    void describe(Fields& f) {
        f.required("RoleArn", role_arn, shape::arn);
        f.required("PrincipalArn", principal_arn, shape::arn);
        f.required("SAMLAssertion", saml_assertion, shape::saml_assertion);
        policies.describe_arns(f);
        policies.describe_policy(f, shape::short_session_policy);
        f.optional("DurationSeconds", duration_seconds, shape::role_duration);
        f.optional("MinimumSessionTokenSize", minimum_session_token_size, shape::minimum_token_size);
    }
};

ApiError refused_by_saml() { return api::access_denied("Not authorized to perform sts:AssumeRoleWithSAML"); }

[[noreturn]] void refuse_assertion(const SamlFault& fault, std::string_view request_id) {
    throw ApiError(fault.error == SamlFault::Error::expired_token ? error_type::expired_token_exception
                                                                  : error_type::invalid_identity_token,
                   federation::saml_message(fault, request_id));
}

/// The ARN of a thing of IAM's, whose resource begins so.
Arn require_arn_of(std::string_view text, std::string_view type) {
    require_role_arn(text);
    const std::optional<Arn> arn = Arn::parse(text);
    if (arn->service != "iam" || !arn->resource.starts_with(type)) throw validation_error("Request ARN is invalid");
    return *arn;
}

/// Everything that verifying takes; it owns what it needs.
struct SamlVerification {
    federation::SamlTrust trust;
    AccountId account;
    std::string provider_name;
    std::string request_id;  ///< for the messages of faults

    std::shared_ptr<const access::Identity> verify(SamlInput& in) const {
        if (!federation::has_what_saml_needs())
            throw ApiError(error_type::not_implemented, "AssumeRoleWithSAML needs xmlsec1, which is not installed.");
        const auto read = federation::verify_saml_response(in.saml_assertion, trust);
        if (const auto* const fault = std::get_if<SamlFault>(&read)) refuse_assertion(*fault, request_id);
        const auto& assertion = std::get<SamlAssertion>(read);
        if (assertion.subject.empty()) throw refused_by_saml();
        in.login = read_saml_login(assertion, {.role_arn = in.role_arn,
                                               .provider_arn = in.principal_arn,
                                               .account = account,
                                               .provider_name = provider_name});
        return access::federating(policy::PrincipalKind::saml, in.login.keys,
                                  {.assertion_id = in.login.assertion_id,
                                   .tags = in.login.tags,
                                   .transitive_tag_keys = in.login.transitive_tag_keys,
                                   .source_identity = in.login.source_identity});
    }
};

/// Reads the provider; the assertion is held against it as it is now.
api::SlowPreparation<SamlInput> verify_assertion(Context& ctx, SamlInput& in) {
    const Arn role = require_arn_of(in.role_arn, "role/");
    const Arn arn = require_arn_of(in.principal_arn, "saml-provider/");
    if (!federation::verifies_saml())
        throw ApiError(error_type::not_implemented,
                       "AssumeRoleWithSAML needs xmlsec1, which this server was built without.");
    std::optional<store::SamlProvider> provider;
    const std::string_view name = arn.resource.substr(arn.resource.find('/') + 1);
    if (ids::is_account_id(arn.account)) provider = store::saml_providers::find(ctx.tx, AccountId(arn.account), name);
    std::string request_id = ids::request_id(ctx.env.entropy);
    if (!provider || arn::iam(provider->account, "saml-provider", "/", provider->name) != in.principal_arn)
        refuse_assertion(federation::no_saml_provider(), request_id);
    // A role trusts the providers of its own account.
    if (role.account != arn.account) throw refused_by_saml();
    in.provider_id = provider->id;
    auto verification = std::make_shared<SamlVerification>();
    verification->trust = {
        .metadata = std::move(provider->metadata),
        .private_keys = store::saml_providers::private_keys(ctx.tx, ctx.env.keyring, provider->account, provider->id),
        .requires_encryption = provider->requires_encryption,
        .checks = ctx.env.strict_federation ? federation::SamlChecks::strict : federation::SamlChecks::as_aws,
        .now = ctx.now};
    verification->account = provider->account;
    verification->provider_name = std::move(provider->name);
    verification->request_id = std::move(request_id);
    return {[verification](SamlInput& verified) { return verification->verify(verified); }};
}

std::optional<store::Role> role_for_saml(Context& ctx, const SamlInput& in) { return find_role(ctx, in.role_arn); }

Target saml_target(Context& ctx, const SamlInput& in, const std::optional<store::Role>& role) {
    return role_target(ctx,
                       {.arn = in.role_arn,
                        .session_name = in.login.session_name,
                        .tags = in.login.tags,
                        .transitive_tag_keys = in.login.transitive_tag_keys,
                        .source_identity = in.login.source_identity},
                       role);
}

struct SamlOutput {
    RoleSession session;
    SamlLogin login;
};

void write(AnswerWriter& out, const SamlOutput& output) {
    write_role_session(out, output.session);
    out.text("Subject", output.login.subject);
    out.text("SubjectType", output.login.subject_type);
    out.text("Issuer", output.login.issuer);
    out.text("Audience", output.login.audience);
    out.text("NameQualifier", output.login.name_qualifier);
}

/// The attribute SessionDuration only shortens, and the session of the identity provider ends all that began with it.
std::chrono::seconds duration_for(const Context& ctx, const SamlInput& in) {
    std::chrono::seconds duration(in.duration_seconds);
    if (in.login.most_seconds) duration = std::min(duration, *in.login.most_seconds);
    if (in.login.session_end)
        duration = std::min(duration, std::chrono::floor<std::chrono::seconds>(*in.login.session_end - ctx.now));
    return duration;
}

SamlOutput assume_role_with_saml(Context& ctx, const SamlInput& in, std::optional<store::Role>& role) {
    // Only without enforcement does a request for an absent role come this far.
    if (!role) throw refused_by_saml();
    require_role_duration(ctx, *role, std::chrono::seconds(in.duration_seconds));
    if (ctx.env.strict_federation && !store::saml_providers::use_assertion(
                                         ctx.tx, role->account, in.provider_id, in.login.assertion_id, ctx.second(),
                                         std::chrono::ceil<std::chrono::seconds>(in.login.usable_until)))
        throw ApiError(error_type::invalid_identity_token, "The assertion has been used already");
    auth::SessionClaims claims;
    claims.federation = in.login.session_keys;
    return {start_role_session(ctx, *role,
                               {.name = in.login.session_name,
                                .policies = in.policies,
                                .tags = in.login.tags,
                                .transitive_tag_keys = in.login.transitive_tag_keys,
                                .source_identity = in.login.source_identity,
                                .duration = duration_for(ctx, in),
                                .minimum_token_size = in.minimum_session_token_size},
                               std::move(claims)),
            in.login};
}

using api::operation;
using api::writes;

}  // namespace

std::span<const api::Operation> saml_operations() {
    static constexpr api::Operation rows[] = {
        operation<assume_role_with_saml, saml_target, role_for_saml, verify_assertion>("sts:AssumeRoleWithSAML", writes)
            .callable_with(api::Credentials::none),
    };
    return rows;
}

}  // namespace iamlocal::sts
