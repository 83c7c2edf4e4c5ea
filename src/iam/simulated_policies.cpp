#include "iam/simulated_policies.hpp"

#include <unordered_set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "iam/errors.hpp"
#include "iam/simulation_input.hpp"
#include "policy/parse.hpp"

namespace iamlocal::iam {
namespace {

using policy::DocumentKind;
using store::EntityKind;

// AWS's words, as quoted in newrelic/newrelic-lambda-cli#96 and amazon-ecs-exec-checker#10.
ApiError no_entity_arn(std::string_view arn) {
    return invalid_input(fmt::format("Invalid Entity Arn: {} does not clearly define entity type and name.", arn));
}

ApiError no_arn(std::string_view text) {
    return invalid_input(fmt::format("Invalid ARN provided in the request: {}", text));
}

ApiError other_account(const AccountId& own, std::string_view other) {
    return invalid_input(
        fmt::format("Invalid Policy Source Arn: caller's account {} does not have access to policies in account {}.",
                    own.view(), other));
}

ApiError no_source() { return {error_type::no_such_entity, "Unable to retrieve specified IAM entity."}; }

EntityKind kind_of(const LookedUp<UserKind>&) { return EntityKind::user; }
EntityKind kind_of(const LookedUp<GroupKind>&) { return EntityKind::group; }
EntityKind kind_of(const LookedUp<RoleKind>&) { return EntityKind::role; }

/// AWS calls a managed policy by its name and an inline one by its owner's type and name, too: `user_alice_reading`.
std::string source_id(const SourceEntity& entity, const store::GrantedPolicy& policy) {
    if (policy.origin != store::PolicyOrigin::inlined) return policy.name;
    if (!policy.group.empty()) return fmt::format("group_{}_{}", policy.group, policy.name);
    return fmt::format("{}_{}_{}", kind_name(entity.kind), entity.name, policy.name);
}

store::PrincipalPolicies load_all(Context& ctx, const SourceEntity& entity) {
    if (entity.kind == EntityKind::user) return store::load_user_policies(ctx.tx, ctx.account(), entity.id);
    if (entity.kind == EntityKind::group) return store::load_group_policies(ctx.tx, ctx.account(), entity.id);
    return store::load_role_policies(ctx.tx, ctx.account(), entity.id);
}

}  // namespace

std::string_view kind_name(EntityKind kind) {
    if (kind == EntityKind::user) return "user";
    return kind == EntityKind::group ? "group" : "role";
}

ApiError cannot_be_evaluated(std::string_view name) {
    return {error_type::policy_evaluation, fmt::format("Policy {} could not be evaluated.", name)};
}

ApiError invalid_list_item(std::string_view number) {
    return invalid_input(fmt::format("Policy input list item {} has invalid content", number));
}

void SimulatedPolicies::add(std::string name, policy::Policy compiled) {
    const std::string& kept = names_.emplace_back(std::move(name));
    list_.push_back({&compiled_.emplace_back(std::move(compiled)), kept, {}});
}

void SimulatedPolicies::add_input(std::string name, std::string_view document, DocumentKind kind) {
    std::variant<policy::Policy, policy::ParseError> parsed = policy::parse(document, kind);
    if (auto* error = std::get_if<policy::ParseError>(&parsed)) {
        if (kind == DocumentKind::resource) throw invalid_input(std::move(error->message));
        throw invalid_list_item(name.substr(name.rfind('.') + 1));
    }
    add(std::move(name), std::get<policy::Policy>(std::move(parsed)));
}

void SimulatedPolicies::add_inputs(std::string_view list, const std::vector<std::string>& documents,
                                   DocumentKind kind) {
    for (std::size_t i = 0; i < documents.size(); ++i) add_input(fmt::format("{}.{}", list, i + 1), documents[i], kind);
}

void SimulatedPolicies::add_stored(std::string name, std::string_view document, DocumentKind kind) {
    std::variant<policy::Policy, policy::ParseError> parsed =
        policy::parse(document, kind, policy::Strictness::lenient);
    if (std::holds_alternative<policy::ParseError>(parsed)) throw cannot_be_evaluated(name);
    add(std::move(name), std::get<policy::Policy>(std::move(parsed)));
}

PolicySource policy_source(Context& ctx, std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->partition != "aws" || arn->service != "iam" || arn->resource == "root") throw no_arn(text);
    const std::optional<EntityResource> entity = parse_entity_resource(arn->resource);
    if (!arn->region.empty() || !entity) throw no_entity_arn(text);
    const std::string_view type = entity->type;
    if (type != "user" && type != "group" && type != "role") throw no_entity_arn(text);
    // AWS's example leaves the account out.
    if (!arn->account.empty() && arn->account != ctx.account().view()) throw other_account(ctx.account(), arn->account);
    // The name says whom it is about; AWS does not look at the path.
    std::string name(entity->name);
    if (type == "user") return {look_up<UserKind>(ctx, std::move(name))};
    if (type == "group") return {look_up<GroupKind>(ctx, std::move(name))};
    return {look_up<RoleKind>(ctx, std::move(name))};
}

Target policy_source_target(Context& ctx, const PolicySource& source) {
    Target target =
        std::visit([&]<class Kind>(const LookedUp<Kind>& named) { return Kind::target(ctx, named.name, named.entity); },
                   source.named);
    target.shown.clear();
    return target;
}

SourceEntity PolicySource::require(Context& ctx) {
    return std::visit(
        [&]<class Kind>(LookedUp<Kind>& source) -> SourceEntity {
            if (!source.entity) throw no_source();
            const auto& entity = *source.entity;
            return {kind_of(source), entity.id, entity.name,
                    arn::iam(ctx.account(), Kind::type, entity.path, entity.name)};
        },
        named);
}

void StoredPolicies::add_identity_to(SimulatedPolicies& list) const {
    for (const store::GrantedPolicy& granted : policies.identity)
        list.add_stored(source_id(entity, granted), granted.text(), DocumentKind::identity);
}

void StoredPolicies::add_boundary_to(std::optional<SimulatedPolicies>& list) const {
    if (!policies.boundary) return;
    list.emplace();
    for (const store::GrantedPolicy& granted : *policies.boundary)
        list->add_stored(granted.name, granted.text(), DocumentKind::boundary);
}

StoredPolicies load_policies(Context& ctx, SourceEntity entity) {
    store::PrincipalPolicies stored = load_all(ctx, entity);
    std::unordered_set<std::string> seen;
    std::erase_if(stored.identity, [&](const store::GrantedPolicy& granted) {
        return granted.origin != store::PolicyOrigin::inlined && !seen.insert(granted.arn).second;
    });
    return {std::move(entity), std::move(stored)};
}

}  // namespace iamlocal::iam
