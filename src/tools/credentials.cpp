#include "tools/credentials.hpp"

#include <optional>
#include <pugixml.hpp>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auth/signer.hpp"
#include "base/clock.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/named.hpp"
#include "base/time_format.hpp"
#include "http/client.hpp"
#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* credentials_description =
    "Print temporary credentials of a running server, as credential_process in ~/.aws/config wants them: of a role "
    "with "
    "--role-arn, else those of GetSessionToken";

constexpr const char* credentials_examples = R"text(Examples:
  iamlocal credentials --access-key-id "$ID" --secret-access-key "$SECRET"
  iamlocal credentials --role-arn arn:aws:iam::000000000000:role/app

Exit status: 0 there are credentials, 2 there are none.)text";

struct CredentialsWish {
    Bench server;
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;
    std::string region = "us-east-1";
    std::string role_arn;
    std::string session_name = "iamlocal";
    std::string external_id;
    std::int64_t duration = 3600;
};

void declare_wish(CLI::App& app, CredentialsWish& wish) {
    app.add_option("--role-arn", wish.role_arn, "The role to assume")->type_name("ARN");
    app.add_option("--role-session-name", wish.session_name, "Name of its session; default: iamlocal")
        ->type_name("NAME");
    app.add_option("--external-id", wish.external_id, "What the role's trust policy may ask for")->type_name("ID");
    app.add_option("--duration-seconds", wish.duration, "How long they are good; default: 3600")->type_name("SECONDS");
    app.add_option("--access-key-id", wish.access_key_id, "Whose; default: AWS_ACCESS_KEY_ID, else test")
        ->type_name("ID");
    app.add_option("--secret-access-key", wish.secret_access_key, "Default: AWS_SECRET_ACCESS_KEY, else test")
        ->type_name("SECRET");
    declare_bench(app, wish.server);
}

/// The key is the environment's where neither half of it is given, and else the one that every server has.
void complete_key(CredentialsWish& wish, const std::vector<std::string>& environment) {
    if (wish.access_key_id.empty() != wish.secret_access_key.empty())
        throw InputError("--access-key-id and --secret-access-key go together");
    if (!wish.access_key_id.empty()) return;
    wish.access_key_id = find_variable(environment, "AWS_ACCESS_KEY_ID");
    wish.secret_access_key = find_variable(environment, "AWS_SECRET_ACCESS_KEY");
    wish.session_token = find_variable(environment, "AWS_SESSION_TOKEN");
    if (!wish.access_key_id.empty() && !wish.secret_access_key.empty()) return;
    wish.access_key_id = "test";
    wish.secret_access_key = "test";
    wish.session_token.clear();
}

std::string query_of(const CredentialsWish& wish) {
    std::string form = "Version=2011-06-15";
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) form.append("&").append(name).append("=").append(percent_encode(value));
    };
    add("Action", wish.role_arn.empty() ? "GetSessionToken" : "AssumeRole");
    add("DurationSeconds", std::to_string(wish.duration));
    if (wish.role_arn.empty()) return form;
    add("RoleArn", wish.role_arn);
    add("RoleSessionName", wish.session_name);
    add("ExternalId", wish.external_id);
    return form;
}

http::Answer ask_sts(const CredentialsWish& wish) {
    auto url = http::parse_url(wish.server.url);
    if (!url) throw InputError(fmt::format("--endpoint: '{}' is no http:// or https:// address", wish.server.url));
    const std::string body = query_of(wish);
    auth::ToSign to_sign;
    to_sign.host = url->host_header();
    to_sign.path = url->path;
    to_sign.body = body;
    to_sign.service = "sts";
    to_sign.region = wish.region;
    to_sign.now = whole_seconds(SystemClock().now());
    const auth::SignedHeaders headers =
        auth::sign(to_sign, {wish.access_key_id, Secret(wish.secret_access_key), wish.session_token});
    http::Answer answer = http::post(*url, {.headers = headers, .body = body, .ca_bundle = wish.server.ca_bundle});
    if (!answer.error.empty()) throw InputError({wish.server.url}, answer.error);
    return answer;
}

/// One object of JSON, in the form of version 1.
std::string process_output(const http::Answer& answer, const std::string& url) {
    pugi::xml_document document;
    const bool is_xml = static_cast<bool>(document.load_buffer(answer.body.data(), answer.body.size()));
    const auto text = [](const pugi::xml_node& node, const char* child) {
        return std::string(node.child_value(child));
    };
    if (const pugi::xml_node error = document.child("ErrorResponse").child("Error"); is_xml && error)
        throw InputError({url}, printable(fmt::format("{}: {}", text(error, "Code"), text(error, "Message"))));
    const pugi::xml_node result = document.first_child().first_child();
    const pugi::xml_node found = result.child("Credentials");
    if (answer.status != 200 || !is_xml || !found)
        throw InputError({url}, fmt::format("status {}: not an answer of STS", answer.status));
    nlohmann::ordered_json out{{"Version", 1},
                               {"AccessKeyId", text(found, "AccessKeyId")},
                               {"SecretAccessKey", text(found, "SecretAccessKey")},
                               {"SessionToken", text(found, "SessionToken")},
                               {"Expiration", text(found, "Expiration")}};
    // arn:aws:sts::ACCOUNT:assumed-role/…
    const std::string arn = text(result.child("AssumedRoleUser"), "Arn");
    constexpr std::size_t account_at = std::string_view("arn:aws:sts::").size();
    constexpr std::size_t account_size = 12;
    if (arn.size() > account_at + account_size) out["AccountId"] = arn.substr(account_at, account_size);
    return json_text(out, 2) + "\n";
}

}  // namespace

int credentials(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(credentials_description, "iamlocal credentials");
        CredentialsWish wish;
        declare_wish(app, wish);
        app.footer(credentials_examples);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        complete_bench(wish.server, environment);
        complete_key(wish, environment);
        print(process_output(ask_sts(wish), wish.server.url));
        return exit_good;
    } catch (const InputError& error) {
        return complain("credentials", error.what());
    }
}

}  // namespace iamlocal::tools
