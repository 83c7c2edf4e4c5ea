// SimulateCustomPolicy and SimulatePrincipalPolicy: what policies would decide, asked without doing anything.
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "aws/arn.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/resource_type.hpp"
#include "iam/shapes.hpp"
#include "iam/simulated_policies.hpp"
#include "iam/simulation_exclusions.hpp"
#include "iam/simulation_input.hpp"
#include "policy/document.hpp"
#include "policy/effort.hpp"
#include "policy/simulator.hpp"

namespace iamlocal::iam {
namespace {

using api::Slow;
using policy::DocumentKind;
using policy::PolicyType;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

/// What one answer and one action may cost (policy::effort_of_an_action): tens of megabytes at most, and a fraction of
/// a second. A page ends early rather than cost more, as AWS's may ("IAM might return fewer than the MaxItems number of
/// results").
constexpr std::size_t effort_per_answer = 25'000'000;
constexpr std::size_t effort_per_action = 50'000'000;

ApiError too_much() {
    return invalid_input(
        "Invalid Input: the policies, resources and context values are too large to be simulated in one request.");
}

ApiError one_boundary_only() {
    return invalid_input("The list of Permissions Boundary policies cannot exceed 1 items.");
}

ApiError bad_marker() { return invalid_input("Invalid marker for pagination."); }

/// Everything that a simulation and its results point to.
struct Stage {
    SimulatedPolicies identity;
    std::optional<SimulatedPolicies> boundary;
    SimulatedPolicies resource;
    std::deque<SimulatedPolicies> service_control;  ///< documents of the request, level by level
    std::vector<policy::Policies> service_control_levels;
    std::shared_ptr<const access::Organization> organization;  ///< whose SCPs `simulation` refers to
    policy::Principal principal;
    AccountId owner;
    bool has_resource_policy = false;
    policy::MapContext context;
    std::vector<std::string> resources;
    policy::Simulation simulation;
};

struct SimulationOutput {
    std::unique_ptr<const Stage> stage;
    std::vector<policy::ActionResult> actions;
    std::string next;
};

// The answer

std::string resource_name(const SimulationOutput& output, std::string_view action) {
    if (output.stage->resources.size() == 1) return output.stage->resources[0];
    return resource_template(action, output.stage->resources);
}

/// As AWS calls the types in fact, not as its model does.
std::string_view type_name(PolicyType type, bool boundary_is_attached = false) {
    if (type == PolicyType::resource) return "Resource Policy";
    if (boundary_is_attached) return "IAM Policy";
    return type == PolicyType::boundary ? "Permissions Boundary Policy" : "IAM Policy";
}

std::string_view decision_name(policy::Outcome outcome) {
    if (outcome == policy::Outcome::allowed) return "allowed";
    return outcome == policy::Outcome::explicit_deny ? "explicitDeny" : "implicitDeny";
}

void write_position(AnswerWriter& out, const char* name, policy::Position position) {
    out.begin(name);
    out.number("Line", static_cast<std::int64_t>(position.line));
    out.number("Column", static_cast<std::int64_t>(position.column));
    out.end(name);
}

void write_matched(AnswerWriter& out, const std::vector<policy::MatchedStatement>& matched,
                   const SimulationOutput& output) {
    out.begin_list("MatchedStatements");
    for (const policy::MatchedStatement& match : matched) {
        const policy::Statement& statement = match.source->policy->statements[match.statement];
        out.begin_member();
        out.text("SourcePolicyId", match.source->name);
        out.text("SourcePolicyType", type_name(match.type, output.stage->simulation.boundary_is_attached));
        write_position(out, "StartPosition", statement.start);
        write_position(out, "EndPosition", statement.end);
        out.end_member();
    }
    out.end_list("MatchedStatements");
}

void write_missing(AnswerWriter& out, const std::vector<std::string>& keys) {
    out.begin_list("MissingContextValues");
    for (const std::string& key : keys) out.member(key);
    out.end_list("MissingContextValues");
}

void write_boundary(AnswerWriter& out, std::optional<bool> allowed) {
    if (!allowed) return;
    out.begin("PermissionsBoundaryDecisionDetail");
    out.boolean("AllowedByPermissionsBoundary", *allowed);
    out.end("PermissionsBoundaryDecisionDetail");
}

void write_details(AnswerWriter& out, const policy::DecisionDetails& details) {
    out.begin("EvalDecisionDetails");
    for (const auto& [type, outcome] : details) out.map_entry(type_name(type), decision_name(outcome));
    out.end("EvalDecisionDetails");
}

void write_resource(AnswerWriter& out, const policy::ResourceResult& result, const SimulationOutput& output) {
    out.begin_member();
    out.text("EvalResourceName", result.resource);
    out.text("EvalResourceDecision", decision_name(result.outcome));
    if (!result.matched.empty()) write_matched(out, result.matched, output);
    if (!result.missing_keys.empty()) write_missing(out, result.missing_keys);
    if (!result.details.empty()) write_details(out, result.details);
    write_boundary(out, result.allowed_by_boundary);
    out.end_member();
}

void write_action(AnswerWriter& out, const policy::ActionResult& result, const SimulationOutput& output) {
    out.begin_member();
    out.text("EvalActionName", result.action);
    out.text("EvalResourceName", resource_name(output, result.action));
    out.text("EvalDecision", decision_name(result.outcome));
    write_matched(out, result.matched, output);
    write_missing(out, result.missing_keys);
    if (result.allowed_by_organizations) {
        out.begin("OrganizationsDecisionDetail");
        out.boolean("AllowedByOrganizations", *result.allowed_by_organizations);
        out.end("OrganizationsDecisionDetail");
    }
    write_boundary(out, result.allowed_by_boundary);
    if (result.details) write_details(out, *result.details);
    if (!result.resources.empty()) {
        out.begin_list("ResourceSpecificResults");
        for (const policy::ResourceResult& resource : result.resources) write_resource(out, resource, output);
        out.end_list("ResourceSpecificResults");
    }
    out.end_member();
}

void write(AnswerWriter& out, const SimulationOutput& output) {
    out.begin_list("EvaluationResults");
    for (const policy::ActionResult& result : output.actions) write_action(out, result, output);
    out.end_list("EvaluationResults");
    api::write_page_end(out, output.next);
}

// What both operations do

/// Who nobody said is a stub, whose id counts but is missing.
void assume_user_id(Stage& stage) {
    constexpr std::string_view user_id = "aws:userid";
    if (stage.context.find(user_id)) return;
    const bool is_known = !stage.principal.arn.empty();
    stage.context.set(user_id, is_known ? stage.principal.arn : "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR");
    stage.simulation.assumed_key = user_id;
}

/// What does not depend on whose policies are simulated. Identity-based policies and boundary are there already.
void set_stage(Stage& stage, const SimulationMembers& in) {
    require_action_names(in.action_names);
    stage.resources = resources_of(in.resource_arns);
    if (!in.resource_arns.empty()) require_same_knowledge(in.action_names);
    require_scenario(in.resource_handling_option, stage.resources);
    stage.context = context_of(in.context_entries);
    stage.context.compare_as_simulator();
    assume_user_id(stage);
    stage.owner = AccountId(stage.principal.account);
    if (in.resource_owner) stage.owner = account_of_owner(*in.resource_owner);
    if (in.resource_policy) {
        if (stage.principal.arn.empty()) throw caller_is_no_user();
        // A role's trust policy has no resource. AWS's simulator reads it and leaves it out.
        stage.has_resource_policy = !is_trust_policy(*in.resource_policy);
        if (!stage.has_resource_policy) return;
        stage.resource.add_input("ResourcePolicy", *in.resource_policy, DocumentKind::resource);
        require_applicable(*in.resource_policy, stage.resources);
    }
}

void add_boundary_input(Stage& stage, const std::vector<std::string>& documents) {
    if (documents.empty()) return;
    if (documents.size() > 1) throw one_boundary_only();
    stage.boundary.emplace().add_inputs("PermissionsBoundaryPolicyInputList", documents, DocumentKind::boundary);
}

/// The caller of a simulation is a user, a role, or nobody in particular, who then belongs to `account`.
policy::Principal principal_of(std::string_view arn, const AccountId& account) {
    policy::Principal principal;
    principal.kind = policy::PrincipalKind::user;
    principal.arn = arn;
    principal.account = account.str();
    if (is_role(arn)) {
        principal.kind = policy::PrincipalKind::role_session;
        principal.role_arn = arn;
    }
    return principal;
}

/// Simulates as many actions as fit into an answer.
SimulationOutput run(std::unique_ptr<Stage> stage, const SimulationMembers& in) {
    policy::Simulation& simulation = stage->simulation;
    simulation.policies.identity = stage->identity.view();
    if (stage->boundary) simulation.policies.boundary = stage->boundary->view();
    if (stage->has_resource_policy) simulation.policies.resource = stage->resource.view();
    simulation.principal = &stage->principal;
    simulation.context = &stage->context;
    simulation.resources = stage->resources;
    // The simulator does not look up a resource's policy: unless one is given, or an owner other than the caller's
    // account, which is the default, only the caller's side counts.
    if (stage->has_resource_policy || stage->owner.view() != stage->principal.account)
        simulation.owner = stage->owner.view();

    std::size_t longest_action = 0;
    for (const std::string& action : in.action_names) longest_action = std::max(longest_action, action.size());
    const std::size_t effort = policy::effort_of_an_action(simulation, longest_action);
    if (effort > effort_per_action) throw too_much();
    api::PageInput page = in.page;
    page.max_items = std::min(page.max_items, std::max<std::int64_t>(1, effort_per_answer / effort));
    const api::SliceBounds bounds = api::slice(page, in.action_names.size(), bad_marker);

    SimulationOutput output;
    for (std::size_t i = bounds.begin; i < bounds.end; ++i)
        output.actions.push_back(
            policy::simulate(simulation, in.action_names[i], taken_resources(in.action_names[i], stage->resources)));
    output.next = bounds.next;
    output.stage = std::move(stage);
    return output;
}

// SimulateCustomPolicy

/// The SCPs of one level of an organization.
struct OrganizationLevel {
    std::vector<std::string> service_control_policies;
};

struct CustomPolicyInput {
    SimulationMembers members;
    std::vector<OrganizationLevel> organization;  ///< from the root to the account
    void describe(Fields& f) {
        members.describe(f, Presence::required);
        f.list("OrderedOrganizationPolicyInputList", Presence::optional, organization, {},
               [](OrganizationLevel& level, Fields& fields) {
                   fields.list("ServiceControlPolicyInputList", Presence::optional, level.service_control_policies, {},
                               {});
               });
    }
};

/// A level without policies allows nothing. Service-linked roles are limited by none.
void add_organization(Stage& stage, const CustomPolicyInput& input) {
    const std::optional<std::string>& caller = input.members.caller_arn;
    const bool is_limited = !caller || !arn::is_service_linked_role(*caller);
    for (const OrganizationLevel& level : input.organization) {
        SimulatedPolicies& policies = stage.service_control.emplace_back();
        policies.add_inputs("ServiceControlPolicyInputList", level.service_control_policies, DocumentKind::scp);
        if (is_limited) stage.service_control_levels.push_back(policies.view());
    }
    stage.simulation.policies.scp = stage.service_control_levels;
}

Slow<SimulationOutput> simulate_custom_policy(Context& ctx, const CustomPolicyInput& input) {
    return api::slowly([input, account = ctx.account()] {
        const SimulationMembers& in = input.members;
        auto stage = std::make_unique<Stage>();
        stage->identity.add_inputs("PolicyInputList", in.policy_input_list, DocumentKind::identity);
        add_boundary_input(*stage, in.boundary_input_list);
        add_organization(*stage, input);
        stage->principal =
            in.caller_arn ? principal_of(*in.caller_arn, account_of_caller(*in.caller_arn)) : principal_of({}, account);
        set_stage(*stage, in);
        return run(std::move(stage), in);
    });
}

// SimulatePrincipalPolicy

struct PrincipalPolicyInput {
    std::string policy_source_arn;
    SimulationMembers members;
    std::vector<PolicyIdentifier> exclusions;
    void describe(Fields& f) {
        f.required("PolicySourceArn", policy_source_arn, shape::arn);
        members.describe(f, Presence::optional);
        describe_exclusions(f, exclusions);
    }
};

/// A user or role whose policies are simulated is also the caller, unless another one is given.
policy::Principal caller_of_simulation(Context& ctx, const SourceEntity& source, const SimulationMembers& in) {
    if (in.caller_arn) return principal_of(*in.caller_arn, account_of_caller(*in.caller_arn));
    if (source.kind == store::EntityKind::group) return principal_of({}, ctx.account());
    policy::Principal principal = principal_of(source.arn, ctx.account());
    principal.unique_id = source.id;
    return principal;
}

/// The SCPs of the account, which do not limit service-linked roles.
std::span<const policy::Policies> control_policies(Context& ctx, const SourceEntity& source) {
    const bool service_linked = source.kind == store::EntityKind::role && arn::is_service_linked_role(source.arn);
    const access::Organization::Member* member =
        ctx.organization && !service_linked ? ctx.organization->find(ctx.account()) : nullptr;
    if (!member) return {};
    return member->service_control;
}

Slow<SimulationOutput> simulate_principal_policy(Context& ctx, const PrincipalPolicyInput& input,
                                                 PolicySource& policy_source) {
    StoredPolicies stored = load_policies(ctx, policy_source.require(ctx));
    require_identifiers(input.exclusions);
    if (effort_of_exclusion(stored, input.exclusions) > effort_per_action) throw too_much();
    auto stage = std::make_unique<Stage>();
    stage->principal = caller_of_simulation(ctx, stored.entity, input.members);
    stage->organization = ctx.organization;
    if (!excludes_control_policies(input.exclusions))
        stage->simulation.policies.scp = control_policies(ctx, stored.entity);
    return api::slowly([stage = std::move(stage), stored = std::move(stored), input]() mutable {
        const SimulationMembers& in = input.members;
        exclude(stored, input.exclusions);
        stage->simulation.boundary_is_attached = stored.has_boundary() && in.boundary_input_list.empty();
        stored.add_identity_to(stage->identity);
        stage->identity.add_inputs("PolicyInputList", in.policy_input_list, DocumentKind::identity);
        if (in.boundary_input_list.empty()) stored.add_boundary_to(stage->boundary);
        add_boundary_input(*stage, in.boundary_input_list);
        set_stage(*stage, in);
        return run(std::move(stage), in);
    });
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> simulation_operations() {
    static constexpr api::Operation rows[] = {
        operation<simulate_custom_policy, api::no_resource<CustomPolicyInput>>("iam:SimulateCustomPolicy", reads),
        on_policy_source<simulate_principal_policy>("iam:SimulatePrincipalPolicy", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
