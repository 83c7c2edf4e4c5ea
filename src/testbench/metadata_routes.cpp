#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/ids.hpp"
#include "base/time_format.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

constexpr std::string_view expected_pod =
    R"(expected {"namespace":"default","service_account":"app"}, perhaps with "pod" and with "seconds" from 1 to 86400)";
constexpr std::int64_t longest_token_life = 86400;

void declare(metadata::Metadata& metadata, const http::Request& request, http::Response& response) {
    auto declared = metadata::declare_machine(metadata.configured(), request.body);
    if (const auto* problem = std::get_if<std::string>(&declared)) return admin::refuse(response, 400, *problem);
    metadata.declare(std::get<metadata::Machine>(std::move(declared)));
    admin::answer_json(response, 200, metadata::show_machine(*metadata.machine()));
}

/// The member, which is `usual` where it is left out; nothing for what is no name of Kubernetes.
std::optional<std::string> name_of(const nlohmann::json& body, const char* member, const std::string& usual) {
    if (!body.contains(member)) return usual.empty() ? std::nullopt : std::optional(usual);
    if (!body[member].is_string()) return std::nullopt;
    auto text = body[member].get<std::string>();
    return metadata::is_kubernetes_name(text) ? std::optional(std::move(text)) : std::nullopt;
}

/// The token alone, without a line end: it goes into the file of which SDKs send every byte.
void mint(metadata::Metadata& metadata, const Clock& clock, Entropy& entropy, const http::Request& request,
          http::Response& response) {
    const nlohmann::json body = nlohmann::json::parse(request.body, nullptr, false);
    if (!body.is_object()) return admin::refuse(response, 400, expected_pod);
    for (const auto& item : body.items())
        if (item.key() != "namespace" && item.key() != "service_account" && item.key() != "pod" &&
            item.key() != "seconds")
            return admin::refuse(response, 400, expected_pod);
    const auto name_space = name_of(body, "namespace", {});
    const auto account = name_of(body, "service_account", {});
    const auto pod = name_of(body, "pod", account.value_or("") + "-0");
    const bool has_seconds = body.contains("seconds");
    const bool is_number = has_seconds && body["seconds"].is_number_unsigned();
    const std::uint64_t seconds = is_number ? body["seconds"].get<std::uint64_t>() : 0;
    if (!name_space || !account || !pod || (has_seconds && (seconds < 1 || seconds > longest_token_life)))
        return admin::refuse(response, 400, expected_pod);
    const std::int64_t lifetime = has_seconds ? static_cast<std::int64_t>(seconds) : longest_token_life;
    response.body = metadata.pod_tokens().issue({*name_space, *account, *pod, ids::request_id(entropy)},
                                                metadata.machine()->cluster, whole_seconds(clock.now()),
                                                std::chrono::seconds(lifetime));
    response.content_type = "text/plain";
}

}  // namespace

std::vector<admin::Route> metadata_routes(metadata::Metadata& metadata, const Clock& clock, Entropy& entropy) {
    std::vector<admin::Route> routes;
    routes.push_back(
        {.path = "/_iamlocal/metadata/pod-tokens",
         .needs_testbench = true,
         .action = "testbench",
         .methods = {{"POST", [&](const http::Request& request,
                                  http::Response& response) { mint(metadata, clock, entropy, request, response); }}},
         .other_methods = "tokens are minted with POST"});
    const auto show = [&metadata](const http::Request&, http::Response& response) {
        admin::answer_json(response, 200, metadata::show_machine(*metadata.machine()));
    };
    const auto put = [&metadata](const http::Request& request, http::Response& response) {
        declare(metadata, request, response);
    };
    const auto forget = [&metadata](const http::Request&, http::Response& response) {
        metadata.forget();
        admin::answer_json(response, 200, R"({"status":"ok"})");
    };
    routes.push_back({.path = "/_iamlocal/metadata",
                      .needs_testbench = true,
                      .action = "testbench",
                      .methods = {{"PUT", put}, {"GET", show}, {"DELETE", forget}},
                      .other_methods = "the machine is declared with PUT, shown with GET, forgotten with DELETE"});
    return routes;
}

}  // namespace iamlocal::testbench
