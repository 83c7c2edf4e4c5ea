#include "tools/assertion.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"
#include "tools/private_file.hpp"

namespace iamlocal::tools {
namespace {

using AssertionJson = nlohmann::ordered_json;

constexpr const char* assertion_description =
    "Make a SAML response with a built-in identity provider of a running server, and print it in base64, as "
    "AssumeRoleWithSAML takes it, or put it into a file";

constexpr const char* assertion_examples = R"text(Examples:
  iamlocal assertion corp --metadata >metadata.xml
  iamlocal assertion corp --role arn:aws:iam::000000000000:role/sso -o r.b64
  iamlocal assertion corp --role ARN --session-name bob --tag team=blue
  iamlocal assertion corp --role ARN --attribute urn:oid:2.5.4.3=Bob

An identity provider that is not there yet is declared.
Exit status: 0 there is a response, 2 there is none.)text";

/// What stands on the command line.
struct AssertionWish {
    std::string name;
    bool metadata = false;
    std::vector<std::string> roles;
    std::vector<std::string> tags;
    std::vector<std::string> transitive_tags;
    std::vector<std::string> attributes;
    std::vector<std::pair<const char*, std::string>> texts = {
        {"provider", {}}, {"session_name", {}}, {"subject", {}},   {"source_identity", {}},
        {"duration", {}}, {"expires_in", {}},   {"recipient", {}}, {"audience", {}}};
    std::string output;

    std::string& text(std::size_t number) { return texts[number].second; }
};

std::string path_of_provider(const AssertionWish& wish) { return "/_iamlocal/saml/" + percent_encode(wish.name); }

BenchAnswer require_good(BenchAnswer answer) {
    if (answer.status != 200) throw InputError(refusal_of(answer));
    return answer;
}

/// `name=value`, cut at the first equals sign.
std::pair<std::string, std::string> split_pair(const std::string& argument, std::string_view option) {
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos || equals == 0)
        throw InputError(fmt::format("{}: '{}' is not name=value", option, printable(argument)));
    return {argument.substr(0, equals), argument.substr(equals + 1)};
}

std::string body_of_assertion(const AssertionWish& wish) {
    AssertionJson body = AssertionJson::object();
    if (!wish.roles.empty()) body["role"] = wish.roles;
    for (const auto& [name, text] : wish.texts)
        if (!text.empty()) body[name] = text;
    for (const std::string& tag : wish.tags) {
        auto [key, value] = split_pair(tag, "--tag");
        body["tags"][key] = value;
    }
    if (!wish.transitive_tags.empty()) body["transitive_tags"] = wish.transitive_tags;
    for (const std::string& attribute : wish.attributes) {
        auto [name, value] = split_pair(attribute, "--attribute");
        body["attributes"][name].push_back(value);
    }
    try {
        return body.dump();
    } catch (const AssertionJson::exception&) {
        throw InputError("the arguments are not UTF-8");
    }
}

std::string ask_for_response(const Bench& bench, const AssertionWish& wish) {
    const BenchAnswer answer =
        require_good(send_bench(bench, "POST", path_of_provider(wish) + "/response", body_of_assertion(wish)));
    const AssertionJson json = AssertionJson::parse(answer.body, nullptr, false);
    if (!json.is_object() || !json.contains("response") || !json["response"].is_string())
        throw InputError("not an answer of iamlocal");
    return require_compact(json["response"].get<std::string>());
}

void declare_options(CLI::App& app, AssertionWish& wish) {
    const auto add_list = [&](const char* option, std::vector<std::string>& list, const char* help, const char* type) {
        app.add_option(option, list, help)->type_name(type)->take_all()->expected(1);
    };
    app.add_option("NAME", wish.name, "Of the identity provider")->required();
    app.add_flag("--metadata", wish.metadata, "Print its metadata instead");
    add_list("--role", wish.roles, "A role that the response gives; repeatable", "ARN");
    app.add_option("--provider", wish.text(0), "The provider in IAM; default: of the same name")->type_name("ARN");
    app.add_option("--session-name", wish.text(1), "RoleSessionName; default: alice")->type_name("N");
    app.add_option("--subject", wish.text(2), "NameID; default: alice")->type_name("S");
    app.add_option("--source-identity", wish.text(3), "SourceIdentity")->type_name("S");
    app.add_option("--duration", wish.text(4), "SessionDuration, such as 15m")->type_name("D");
    app.add_option("--expires-in", wish.text(5), "How long it is good; default: 5m")->type_name("D");
    app.add_option("--recipient", wish.text(6), "Recipient of the subject's confirmation")->type_name("URL");
    app.add_option("--audience", wish.text(7), "Audience of the conditions")->type_name("A");
    add_list("--tag", wish.tags, "A session tag; repeatable", "K=V");
    add_list("--transitive-tag", wish.transitive_tags, "The key of one that is transitive; repeatable", "K");
    add_list("--attribute", wish.attributes, "Another attribute; repeatable, also for a list", "N=V");
    app.add_option("-o,--output", wish.output, "The file to put it into, for its owner alone")->type_name("FILE");
}

}  // namespace

int assertion(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(assertion_description, "iamlocal assertion");
        app.footer(assertion_examples);
        AssertionWish wish;
        Bench bench;
        declare_options(app, wish);
        declare_bench(app, bench);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        complete_bench(bench, environment);
        require_good(send_bench(bench, "PUT", path_of_provider(wish), "{}"));
        const std::string text =
            wish.metadata ? require_good(send_bench(bench, "GET", path_of_provider(wish) + "/metadata", {})).body
                          : ask_for_response(bench, wish);
        if (wish.output.empty())
            print(text + "\n");
        else
            replace_private_file(wish.output, text);
        return exit_good;
    } catch (const InputError& error) {
        return complain("assertion", error.what());
    }
}

}  // namespace iamlocal::tools
