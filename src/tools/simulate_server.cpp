#include "tools/simulate_server.hpp"

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auth/signer.hpp"
#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "http/client.hpp"
#include "policy/caller.hpp"
#include "tools/input.hpp"
#include "tools/known_names.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

using Json = nlohmann::ordered_json;

/// Far more than the answer to one question has.
constexpr std::uint32_t most_answer_bytes = 8U << 20;

/// A form of a Query call.
class Form {
  public:
    void add(std::string_view name, std::string_view value) {
        if (!text_.empty()) text_.push_back('&');
        percent_append(text_, name);
        text_.push_back('=');
        percent_append(text_, value);
    }
    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

/// Users and roles have keys of their own; groups, which can be simulated too, are nobody's principal.
bool is_source(const policy::Principal& caller, std::string_view arn) {
    return caller.kind == policy::PrincipalKind::user || caller.role_arn == arn;
}

/// Is checked here as well, so that a wrong document is shown with its file and place.
std::string document_text(const SimulateOptions& options, const std::string& path, policy::DocumentKind kind) {
    std::string text = load_policy(path, kind, options.parameters).text;
    if (!options.any_names) require_known_names(text, path, names_flag);
    return text;
}

constexpr std::array<std::string_view, 3> decisions = {"allowed", "explicitDeny", "implicitDeny"};

struct Matched {
    std::string policy;
    std::string type;
    std::size_t line = 0;
    std::size_t column = 0;
};

struct Result {
    std::string decision;
    std::vector<Matched> matched;
    std::vector<std::string> missing_keys;
    bool boundary_refuses = false;
    bool organization_refuses = false;
};

bool is_false(const pugi::xml_node& node) { return node && std::string_view(node.child_value()) == "false"; }

/// What a server says may end on a terminal.
std::string text_of(const pugi::xml_node& node, const char* child) { return printable(node.child_value(child)); }

Result read_result(const pugi::xml_node& member) {
    // With a resource the answer for it stands in ResourceSpecificResults, and may differ from the summary.
    const pugi::xml_node specific = member.child("ResourceSpecificResults").child("member");
    Result result;
    result.decision = specific ? text_of(specific, "EvalResourceDecision") : text_of(member, "EvalDecision");
    const pugi::xml_node& source = specific ? specific : member;
    for (const pugi::xml_node& statement : source.child("MatchedStatements").children("member")) {
        const pugi::xml_node start = statement.child("StartPosition");
        result.matched.push_back({text_of(statement, "SourcePolicyId"), text_of(statement, "SourcePolicyType"),
                                  start.child("Line").text().as_ullong(), start.child("Column").text().as_ullong()});
    }
    for (const pugi::xml_node& key : source.child("MissingContextValues").children("member"))
        result.missing_keys.push_back(printable(key.child_value()));
    for (const pugi::xml_node& node : {source, member}) {
        result.boundary_refuses |=
            is_false(node.child("PermissionsBoundaryDecisionDetail").child("AllowedByPermissionsBoundary"));
        result.organization_refuses |=
            is_false(node.child("OrganizationsDecisionDetail").child("AllowedByOrganizations"));
    }
    return result;
}

std::string as_text(const Result& result, const SimulateOptions& options) {
    std::string out = fmt::format("{}  {} on {}\n", result.decision, options.action, options.resource);
    if (result.boundary_refuses) out.append("  the permissions boundary does not allow it\n");
    if (result.organization_refuses) out.append("  the organization's policies do not allow it\n");
    for (const Matched& matched : result.matched)
        out.append(
            fmt::format("  {}:{}:{}: statement ({})\n", matched.policy, matched.line, matched.column, matched.type));
    if (!result.missing_keys.empty())
        out.append(fmt::format("  not given: {}\n", fmt::join(result.missing_keys, ", ")));
    return out;
}

std::string as_json(const Result& result, const SimulateOptions& options) {
    Json matched = Json::array();
    for (const Matched& statement : result.matched)
        matched.push_back({{"policy", statement.policy},
                           {"type", statement.type},
                           {"line", statement.line},
                           {"column", statement.column}});
    const Json out{{"decision", result.decision},
                   {"principal", options.caller.arn},
                   {"action", options.action},
                   {"resource", options.resource},
                   {"matchedStatements", std::move(matched)},
                   {"missingContextValues", result.missing_keys},
                   {"allowedByPermissionsBoundary", !result.boundary_refuses},
                   {"allowedByOrganizations", !result.organization_refuses}};
    return json_text(out, 2) + "\n";
}

}  // namespace

std::string simulation_form(const SimulateOptions& options) {
    Form form;
    form.add("Action", "SimulatePrincipalPolicy");
    form.add("Version", "2010-05-08");
    form.add("PolicySourceArn", options.caller.arn);
    form.add("ActionNames.member.1", options.action);
    if (options.resource != "*") form.add("ResourceArns.member.1", options.resource);
    for (std::size_t i = 0; i < options.identity.size(); ++i)
        form.add(fmt::format("PolicyInputList.member.{}", i + 1),
                 document_text(options, options.identity[i], policy::DocumentKind::identity));
    if (!options.boundary.empty())
        form.add("PermissionsBoundaryPolicyInputList.member.1",
                 document_text(options, options.boundary, policy::DocumentKind::boundary));
    if (!options.resource_policy.empty()) {
        form.add("ResourcePolicy", document_text(options, options.resource_policy, policy::DocumentKind::resource));
        form.add("CallerArn", options.caller.arn);
    }
    if (!options.resource_account.empty())
        form.add("ResourceOwner", fmt::format("arn:aws:iam::{}:root", options.resource_account));
    std::size_t number = 0;
    ContextKeys context;  // as enforcement would have them: what is said of the caller, unless it is given
    if (const auto caller = policy::parse_caller(options.caller.arn); caller && is_source(*caller, options.caller.arn))
        for (auto& [key, value] : policy::caller_keys(*caller))
            context.emplace_back(key, policy::Values::single(value));
    for (const auto& given : options.context) {
        const auto known = std::find_if(context.begin(), context.end(), [&](const auto& entry) {
            return equals_ignoring_case(entry.first, given.first);
        });
        if (known == context.end()) {
            context.push_back(given);
        } else {
            *known = given;
        }
    }
    for (const auto& [key, values] : context) {
        const std::string entry = fmt::format("ContextEntries.member.{}.", ++number);
        form.add(entry + "ContextKeyName", key);
        form.add(entry + "ContextKeyType", values.multivalued ? "stringList" : "string");
        for (std::size_t i = 0; i < values.items.size(); ++i)
            form.add(fmt::format("{}ContextKeyValues.member.{}", entry, i + 1), values.items[i]);
    }
    return form.take();
}

ServerAnswer read_simulation(int http_status, std::string_view xml, const SimulateOptions& options) {
    const auto refuse = [&](std::string_view why) {
        throw InputError({options.endpoint.url}, fmt::format("status {}: {}", http_status, why));
    };
    pugi::xml_document document;
    const bool is_xml = static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
    if (const pugi::xml_node error = document.child("ErrorResponse").child("Error"); is_xml && error)
        throw InputError({options.endpoint.url},
                         fmt::format("{}: {}", text_of(error, "Code"), text_of(error, "Message")));
    if (http_status != 200) refuse("not an answer of IAM; is this an IAM endpoint?");
    if (!is_xml) refuse("the answer is not XML; is this an IAM endpoint?");
    const pugi::xml_node member = document.child("SimulatePrincipalPolicyResponse")
                                      .child("SimulatePrincipalPolicyResult")
                                      .child("EvaluationResults")
                                      .child("member");
    if (!member) refuse("the answer has no evaluation result");
    const Result result = read_result(member);
    if (std::find(decisions.begin(), decisions.end(), result.decision) == decisions.end())
        refuse(fmt::format("the evaluation result '{}' is none that IAM has", result.decision));
    const int status = result.decision == "allowed" ? exit_good : exit_bad;
    return {options.json ? as_json(result, options) : as_text(result, options), status};
}

int ask_server(const SimulateOptions& options) {
    const Endpoint& endpoint = options.endpoint;
    const auto url = http::parse_url(endpoint.url);
    if (!url) throw InputError(fmt::format("--endpoint: '{}' is no http:// or https:// address", endpoint.url));
    const std::string body = simulation_form(options);

    auth::ToSign to_sign;
    to_sign.host = url->host_header();
    to_sign.path = url->path;
    to_sign.body = body;
    to_sign.service = "iam";
    to_sign.region = endpoint.region;
    to_sign.now = whole_seconds(SystemClock().now());
    const auth::SignedHeaders headers =
        auth::sign(to_sign, {endpoint.access_key_id, Secret(endpoint.secret_access_key), endpoint.session_token});

    const http::Answer answer = http::post(
        *url, {.headers = headers, .body = body, .ca_bundle = endpoint.ca_bundle, .most = most_answer_bytes});
    if (!answer.error.empty()) throw InputError({endpoint.url}, answer.error);
    const ServerAnswer read = read_simulation(answer.status, answer.body, options);
    print(read.text);
    return read.status;
}

}  // namespace iamlocal::tools
