#include "tools/simulate_options.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "aws/ids.hpp"
#include "lint/names.hpp"
#include "policy/caller.hpp"
#include "policy/question.hpp"
#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/sources.hpp"

namespace iamlocal::tools {
namespace {

constexpr std::size_t most_context_bytes = std::size_t{1} << 20;

constexpr const char* simulate_description =
    "Decides one request by policies in files, or by those of a principal of a running server.";

constexpr const char* simulate_examples =
    "Examples:\n"
    "  iamlocal simulate --policy alice.json --action s3:GetObject \\\n"
    "    --resource arn:aws:s3:::reports/2026.csv --context aws:SourceIp=10.0.0.7 -v\n"
    "  iamlocal simulate --trust role.json --action sts:AssumeRole \\\n"
    "    --resource arn:aws:iam::111122223333:role/job \\\n"
    "    --principal arn:aws:iam::444455556666:user/bob\n"
    "  iamlocal simulate --endpoint http://127.0.0.1:4566 --action iam:GetUser \\\n"
    "    --principal arn:aws:iam::000000000000:user/alice\n"
    "\n"
    "Exit status: 0 allowed, 1 denied, 2 arguments or documents that cannot be used.";

/// The flags as they come, before what they mean is looked at.
struct Raw {
    std::vector<std::string> scp;
    std::vector<std::string> rcp;
    std::vector<std::string> context;
    std::string context_file;
    std::vector<std::string> parameters;
    std::string format = "text";
};

void declare(CLI::App& app, SimulateOptions& options, Raw& raw) {
    app.add_option("--action", options.actions, "Actions, for example s3:GetObject; each is decided by itself")
        ->type_name("NAME")
        ->delimiter(',')
        ->required();
    app.add_option("--resource", options.resource, "Resource; default *")->type_name("ARN");
    app.add_option("--principal", options.caller.arn,
                   "Who asks: ARN of a user, role session, federated user or root, name of a service, or * for "
                   "anonymous. Default: a user of the resource's account")
        ->type_name("ARN");
    app.add_option("--role-arn", options.caller.role_arn, "The role of a session, if it has a path")->type_name("ARN");
    app.add_option("--user-arn", options.caller.user_arn, "The user behind a federated user")->type_name("ARN");
    app.add_option("--resource-account", options.resource_account,
                   "Owner of the resource; default: the account in its ARN, else the principal's")
        ->type_name("ID");
    const auto files = [&](const char* flag, std::vector<std::string>& target, const char* help) {
        app.add_option(flag, target, help)->type_name("FILE");
    };
    files("--policy", options.identity, "Identity-based policies, those of groups included");
    app.add_option("--boundary", options.boundary, "Permissions boundary")->type_name("FILE");
    files("--session", options.session, "Session policies");
    app.add_option("--resource-policy", options.resource_policy, "The resource's policy")->type_name("FILE");
    app.add_option("--trust", options.trust, "The role's trust policy")->type_name("FILE");
    app.add_option("--scp", raw.scp,
                   "Service control policies, a level each, the root first; LEVEL=FILE adds to a level")
        ->type_name("[LEVEL=]FILE");
    app.add_option("--rcp", raw.rcp, "Resource control policies, likewise")->type_name("[LEVEL=]FILE");
    app.add_option("--context", raw.context, "Condition key; KEY=[A,B], or a key given again, is multivalued")
        ->type_name("KEY=VALUE");
    app.add_option("--context-file", raw.context_file, "Condition keys as a JSON object; --context goes before it")
        ->type_name("FILE");
    app.add_option("--parameter", raw.parameters, "A value for policies from CloudFormation templates")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_flag(names_flag, options.any_names,
                 "Let the question and the policies name actions, services and condition keys that AWS does not have");
    app.add_option("--format", raw.format, "text or json")->check(CLI::IsMember({"text", "json"}));
    app.add_flag("-v,--explain", options.explain, "Tell of each policy and each statement why it applies or does not");
    Endpoint& endpoint = options.endpoint;
    app.add_option("--endpoint", endpoint.url, "Ask a running server, by SimulatePrincipalPolicy")->type_name("URL");
    app.add_option("--access-key-id", endpoint.access_key_id, "Default: AWS_ACCESS_KEY_ID")->type_name("ID");
    app.add_option("--secret-access-key", endpoint.secret_access_key, "Default: AWS_SECRET_ACCESS_KEY")
        ->type_name("SECRET");
    app.add_option("--ca-bundle", endpoint.ca_bundle,
                   "Certificates to trust; default: AWS_CA_BUNDLE, else the system's")
        ->type_name("FILE");
}

void complete_endpoint(Endpoint& endpoint, const std::vector<std::string>& environment) {
    const auto variable = [&](std::string_view name) { return find_variable(environment, name); };
    // A key from the command line does not go with the token of another one.
    if (endpoint.access_key_id.empty() && endpoint.secret_access_key.empty()) {
        endpoint.access_key_id = variable("AWS_ACCESS_KEY_ID");
        endpoint.secret_access_key = variable("AWS_SECRET_ACCESS_KEY");
        endpoint.session_token = variable("AWS_SESSION_TOKEN");
    }
    if (endpoint.access_key_id.empty() || endpoint.secret_access_key.empty())
        throw InputError(
            "--endpoint needs --access-key-id and --secret-access-key, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY");
    endpoint.region = variable("AWS_REGION");
    if (endpoint.region.empty()) endpoint.region = variable("AWS_DEFAULT_REGION");
    if (endpoint.region.empty()) endpoint.region = "us-east-1";
    // They become parts of headers.
    for (const std::string* text : {&endpoint.access_key_id, &endpoint.session_token, &endpoint.region})
        if (std::any_of(text->begin(), text->end(), [](char c) { return c <= ' ' || c > '~'; }))
            throw InputError("access key ID, session token and region consist of visible ASCII characters");
    if (endpoint.ca_bundle.empty()) endpoint.ca_bundle = variable("AWS_CA_BUNDLE");
}

/// A name that AWS does not have is denied whatever the policies say, and the answer looks like any other.
void check_names(const SimulateOptions& options) {
    const auto check = [](const char* flag, const std::optional<std::string>& slip) {
        if (slip) throw InputError(fmt::format("{}: {} ({} lets such names pass.)", flag, *slip, names_flag));
    };
    for (const std::string& action : options.actions) check("--action", lint::find_action_slip(action));
    check("--resource", lint::find_resource_slip(options.resource));
    for (const auto& key : options.context) check("--context", lint::find_key_slip(key.first));
}

void check_together(const SimulateOptions& options) {
    if (!options.resource_policy.empty() && !options.trust.empty())
        throw InputError("--resource-policy and --trust exclude each other: a resource has one policy");
    if (!options.resource_account.empty() && !ids::is_account_id(options.resource_account))
        throw InputError(fmt::format("--resource-account: '{}' is not twelve digits", options.resource_account));
    for (const std::string& action : options.actions)
        if (!policy::is_action_name(action))
            throw InputError(fmt::format("--action: '{}' is not SERVICE:NAME", action));
    if (!policy::is_resource_name(options.resource))
        throw InputError(fmt::format("--resource: '{}' is no ARN, and not *", options.resource));
    if (options.endpoint.url.empty()) return;
    const std::pair<bool, const char*> unusable[] = {{!options.session.empty(), "--session"},
                                                     {!options.trust.empty(), "--trust"},
                                                     {!options.scp.empty(), "--scp"},
                                                     {!options.rcp.empty(), "--rcp"},
                                                     {!options.caller.role_arn.empty(), "--role-arn"},
                                                     {!options.caller.user_arn.empty(), "--user-arn"},
                                                     {options.explain, "--explain"}};
    for (const auto& [given, flag] : unusable)
        if (given)
            throw InputError(fmt::format("{} does not go with --endpoint: AWS's simulator has no place for it", flag));
    if (options.caller.arn.empty()) throw InputError("--endpoint needs --principal");
    const std::optional<policy::Principal> caller = policy::parse_caller(options.caller.arn);
    const bool is_user = caller && caller->kind == policy::PrincipalKind::user;
    if (!options.resource_policy.empty() && !is_user)
        throw InputError(
            "--resource-policy goes with --endpoint only where --principal is a user: AWS's simulator takes no other "
            "caller");
}

}  // namespace

SimulateCall parse_simulate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    SimulateCall call;
    SimulateOptions& options = call.options;
    Raw raw;
    CLI::App app(simulate_description, "iamlocal simulate");
    app.footer(simulate_examples);
    declare(app, options, raw);
    call.help = parse_arguments(app, arguments);
    if (call.help) return call;
    options.action = options.actions.front();
    options.json = raw.format == "json";
    options.scp = parse_levels(raw.scp);
    options.rcp = parse_levels(raw.rcp);
    if (!raw.context_file.empty())
        options.context = parse_context_json(read_input(raw.context_file, most_context_bytes), raw.context_file);
    for (auto& key : parse_context(raw.context)) options.context.push_back(std::move(key));
    options.parameters = parse_template_parameters(raw.parameters);
    check_together(options);
    if (!options.any_names) check_names(options);
    if (!options.endpoint.url.empty()) complete_endpoint(options.endpoint, environment);
    return call;
}

}  // namespace iamlocal::tools
