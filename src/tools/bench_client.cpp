#include "tools/bench_client.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "http/client.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

constexpr std::string_view usual_address = "http://127.0.0.1:4566";
/// An explanation quotes policies, of which there may be many.
constexpr std::uint32_t most_answer_bytes = 16U << 20;

http::Url address_of(const Bench& bench, std::string_view path) {
    auto url = http::parse_url(bench.url);
    if (!url) throw InputError(fmt::format("--endpoint: '{}' is no http:// or https:// address", bench.url));
    while (url->path.ends_with('/')) url->path.pop_back();
    url->path.append(path);
    return *std::move(url);
}

}  // namespace

std::string find_variable(const std::vector<std::string>& environment, std::string_view name) {
    for (const std::string& variable : environment)
        if (variable.starts_with(name) && variable.size() > name.size() && variable[name.size()] == '=')
            return variable.substr(name.size() + 1);
    return {};
}

/// Ours is `{"error":"…"}`.
std::string refusal_of(const BenchAnswer& answer) {
    const auto json = nlohmann::json::parse(answer.body, nullptr, false);
    if (json.is_object() && json.contains("error") && json["error"].is_string())
        return printable(json["error"].get<std::string>());
    return fmt::format("status {}: not an answer of iamlocal", answer.status);
}

std::string require_compact(std::string text) {
    const bool is_compact =
        !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (!is_compact) throw InputError("not an answer of iamlocal");
    return text;
}

void declare_bench(CLI::App& app, Bench& bench) {
    app.add_option("--endpoint", bench.url,
                   fmt::format("The server; default: AWS_ENDPOINT_URL_IAM, AWS_ENDPOINT_URL, else {}", usual_address))
        ->type_name("URL");
    app.add_option("--ca-bundle", bench.ca_bundle, "Certificates to trust; default: AWS_CA_BUNDLE, else the system's")
        ->type_name("FILE");
}

void complete_bench(Bench& bench, const std::vector<std::string>& environment) {
    // Where clients of IAM are sent: the other one may be of an emulator that has the rest.
    for (const std::string_view variable : {"AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"})
        if (bench.url.empty()) bench.url = find_variable(environment, variable);
    if (bench.url.empty()) bench.url = usual_address;
    if (bench.ca_bundle.empty()) bench.ca_bundle = find_variable(environment, "AWS_CA_BUNDLE");
}

std::string ask_bench(const Bench& bench, std::string_view path, const BenchQuery& query,
                      const std::function<void(std::string_view)>& take) {
    http::Url url = address_of(bench, path);
    url.path.append("?format=text");
    for (const auto& [name, value] : query)
        if (!value.empty()) url.path.append("&").append(name).append("=").append(percent_encode(value));
    http::Answer answer = http::get(url,
                                    {.headers = {{"Host", url.host_header()}, {"Accept", "text/plain"}},
                                     .body = {},
                                     .ca_bundle = bench.ca_bundle,
                                     .most = most_answer_bytes},
                                    take);
    if (answer.status != 0 && answer.status != 200) throw InputError(refusal_of({answer.status, answer.body}));
    if (!answer.error.empty()) throw InputError(fmt::format("{} ({})", answer.error, bench.url));
    return printable(answer.body);
}

BenchAnswer send_bench(const Bench& bench, std::string_view method, std::string_view path, const std::string& body) {
    const http::Url url = address_of(bench, path);
    const http::Post request{.headers = {{"Host", url.host_header()}, {"Content-Type", "application/json"}},
                             .body = body,
                             .ca_bundle = bench.ca_bundle,
                             .most = most_answer_bytes};
    http::Answer answer = method == "GET"   ? http::get(url, request)
                          : method == "PUT" ? http::put(url, request)
                                            : http::post(url, request);
    if (!answer.error.empty()) throw InputError(fmt::format("{} ({})", answer.error, bench.url));
    return {answer.status, std::move(answer.body)};
}

}  // namespace iamlocal::tools
