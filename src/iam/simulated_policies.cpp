#include "iam/simulated_policies.hpp"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "iam/simulation_input.hpp"
#include "policy/parse.hpp"

namespace iamlocal::iam {
namespace {

using policy::DocumentKind;
using store::EntityKind;

service::ApiError cannot_be_evaluated(std::string_view name) {
    return {service::ErrorCode::policy_evaluation, fmt::format("Policy {} could not be evaluated.", name)};
}

// AWS's words, as quoted in newrelic/newrelic-lambda-cli#96 and amazon-ecs-exec-checker#10.
service::ApiError no_entity_arn(std::string_view arn) {
    return invalid_input(fmt::format("Invalid Entity Arn: {} does not clearly define entity type and name.", arn));
}

service::ApiError no_arn(std::string_view text) {
    return invalid_input(fmt::format("Invalid ARN provided in the request: {}", text));
}

service::ApiError other_account(const AccountId& own, std::string_view other) {
    return invalid_input(
        fmt::format("Invalid Policy Source Arn: caller's account {} does not have access to policies in account {}",
                    own.view(), other));
}

std::string_view type_of(EntityKind kind) {
    if (kind == EntityKind::user) return "user";
    return kind == EntityKind::group ? "group" : "role";
}

template <class Entity>
SourceEntity source_entity(Context& ctx, const PolicySource& source, const Entity& entity) {
    const EntityKind kind = source.kind;
    if (entity.path != source.path) throw service::no_such_entity(type_of(kind), source.name);
    return {kind, entity.id, entity.name, arn::iam(ctx.account(), type_of(kind), entity.path, entity.name)};
}

/// AWS calls a managed policy by its name and an inline one by its owner's type and name, too: `user_alice_reading`.
std::string source_id(const SourceEntity& entity, const store::GrantedPolicy& policy) {
    if (policy.kind != store::PolicyKind::inlined) return policy.name;
    if (!policy.group.empty()) return fmt::format("group_{}_{}", policy.group, policy.name);
    return fmt::format("{}_{}_{}", type_of(entity.kind), entity.name, policy.name);
}

store::PrincipalPolicies stored_policies(Context& ctx, const SourceEntity& entity) {
    if (entity.kind == EntityKind::user) return store::load_user_policies(ctx.tx, ctx.account(), entity.id);
    if (entity.kind == EntityKind::group) return store::load_group_policies(ctx.tx, ctx.account(), entity.id);
    return store::load_role_policies(ctx.tx, ctx.account(), entity.id);
}

}  // namespace

void SimulatedPolicies::add(std::string name, std::shared_ptr<const policy::Policy> compiled) {
    const std::string& kept = names_.emplace_back(std::move(name));
    list_.push_back({compiled.get(), kept, {}});
    compiled_.push_back(std::move(compiled));
}

void SimulatedPolicies::add_input(std::string name, std::string_view document, DocumentKind kind) {
    std::variant<policy::Policy, policy::ParseError> parsed = policy::parse(document, kind);
    if (auto* error = std::get_if<policy::ParseError>(&parsed)) throw invalid_input(std::move(error->message));
    add(std::move(name), std::make_shared<const policy::Policy>(std::get<policy::Policy>(std::move(parsed))));
}

void SimulatedPolicies::add_inputs(std::string_view list, const std::vector<std::string>& documents,
                                   DocumentKind kind) {
    for (std::size_t i = 0; i < documents.size(); ++i) add_input(fmt::format("{}.{}", list, i + 1), documents[i], kind);
}

void SimulatedPolicies::add_stored(policy::Cache& cache, std::string name, const store::GrantedPolicy& source,
                                   DocumentKind kind) {
    const std::shared_ptr<const policy::CompiledDocument> document = cache.get(source.text(), kind);
    if (!document->compiled()) throw cannot_be_evaluated(name);
    add(std::move(name), {document, document->compiled()});
}

void SimulatedPolicies::list_context_keys(policy::ContextKeyList& keys) const {
    for (const policy::SourcedPolicy& source : list_) keys.add(*source.policy);
}

PolicySource policy_source(Context& ctx, std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->partition != "aws") throw no_arn(text);
    const std::optional<EntityResource> entity = parse_entity_resource(arn->resource);
    if (arn->service != "iam" || !arn->region.empty() || !entity) throw no_entity_arn(text);
    const std::string_view type = entity->type;
    if (type != "user" && type != "group" && type != "role") throw no_entity_arn(text);
    // AWS's example leaves the account out.
    if (!arn->account.empty() && arn->account != ctx.account().view()) throw other_account(ctx.account(), arn->account);
    const EntityKind kind = type == "user" ? EntityKind::user : type == "group" ? EntityKind::group : EntityKind::role;
    return {kind, std::string(entity->path), std::string(entity->name)};
}

Target policy_source_target(Context& ctx, std::string_view arn) {
    const PolicySource source = policy_source(ctx, arn);
    Target target = source.kind == EntityKind::user    ? user_target(ctx, source.name)
                    : source.kind == EntityKind::group ? group_target(ctx, source.name)
                                                       : role_target(ctx, source.name);
    target.shown.clear();
    return target;
}

SourceEntity get_source_entity(Context& ctx, const PolicySource& source) {
    if (source.kind == EntityKind::user) return source_entity(ctx, source, get_user(ctx, source.name));
    if (source.kind == EntityKind::group) return source_entity(ctx, source, get_group(ctx, source.name));
    return source_entity(ctx, source, get_role(ctx, source.name));
}

bool load_policies(Context& ctx, const SourceEntity& entity, SimulatedPolicies& identity, SimulatedPolicies& boundary) {
    const store::PrincipalPolicies stored = stored_policies(ctx, entity);
    for (const store::GrantedPolicy& granted : stored.identity)
        identity.add_stored(ctx.policies, source_id(entity, granted), granted, DocumentKind::identity);
    if (stored.boundary)
        boundary.add_stored(ctx.policies, stored.boundary->name, *stored.boundary, DocumentKind::boundary);
    return stored.has_boundary;
}

}  // namespace iamlocal::iam
