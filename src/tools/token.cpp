#include "tools/token.hpp"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"
#include "tools/private_file.hpp"

namespace iamlocal::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr const char* token_description =
    "Mint a web identity token with a built-in issuer of a running server, and print it, or put it into a file for "
    "AWS_WEB_IDENTITY_TOKEN_FILE";

constexpr const char* token_examples = R"text(Examples:
  iamlocal token --preset github --claim repository=octo/app
  iamlocal token --preset eks --subject system:serviceaccount:prod:api
  iamlocal token ci --issuer https://idp.example.com --claim 'groups:=["a"]'
  eval "$(iamlocal token ci -o t)"         # sets AWS_WEB_IDENTITY_TOKEN_FILE

Presets: cognito, cognito-user-pool, eks, github, gitlab. An issuer that is not
there yet is declared where --preset or --issuer says how.
Exit status: 0 there is a token, 2 there is none.)text";

/// What stands on the command line.
struct Wish {
    std::string name;
    std::string preset;
    std::string issuer;
    std::vector<std::string> claims;
    std::vector<std::string> audience;
    std::string subject;
    std::string lifetime;
    std::string key_id;
    std::string algorithm;
    std::string output;
};

std::string path_of_issuer(const Wish& wish) { return "/_iamlocal/oidc/" + percent_encode(wish.name); }

OrderedJson read_answer(const BenchAnswer& answer) {
    if (answer.status != 200) throw InputError(refusal_of(answer));
    OrderedJson json = OrderedJson::parse(answer.body, nullptr, false);
    if (!json.is_object()) throw InputError("not an answer of iamlocal");
    return json;
}

std::string text_of_member(const OrderedJson& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// An issuer that is there must be the one that is meant.
void require_same(const Wish& wish, const OrderedJson& issuer) {
    const auto require = [&](const char* name, const std::string& wanted) {
        const std::string is = text_of_member(issuer, name);
        if (!wanted.empty() && is != wanted)
            throw InputError(fmt::format("the issuer {} is there already, with another {}: {}", wish.name, name,
                                         is.empty() ? std::string("none") : printable(is)));
    };
    require("preset", wish.preset);
    require("issuer", wish.issuer);
}

void require_issuer(const Bench& bench, const Wish& wish) {
    if (wish.preset.empty() && wish.issuer.empty()) return;
    const BenchAnswer shown = send_bench(bench, "GET", path_of_issuer(wish), {});
    if (shown.status != 404) return require_same(wish, read_answer(shown));
    OrderedJson declaration = OrderedJson::object();
    if (!wish.preset.empty()) declaration["preset"] = wish.preset;
    if (!wish.issuer.empty()) declaration["issuer"] = wish.issuer;
    read_answer(send_bench(bench, "PUT", path_of_issuer(wish), declaration.dump()));
}

std::string body_of(const Wish& wish) {
    OrderedJson claims = parse_claims(wish.claims);
    const auto set = [&](const char* name, OrderedJson value) {
        if (claims.contains(name)) throw InputError(fmt::format("--claim {} is given twice, in two ways", name));
        claims[name] = std::move(value);
    };
    if (!wish.subject.empty()) set("sub", wish.subject);
    if (wish.audience.size() == 1) set("aud", wish.audience.front());
    if (wish.audience.size() > 1) set("aud", wish.audience);
    OrderedJson body{{"claims", std::move(claims)}};
    if (!wish.lifetime.empty()) {
        const OrderedJson seconds = OrderedJson::parse(wish.lifetime, nullptr, false);
        body["expires_in"] = seconds.is_number_integer() ? seconds : OrderedJson(wish.lifetime);
    }
    if (!wish.key_id.empty()) body["kid"] = wish.key_id;
    if (!wish.algorithm.empty()) body["algorithm"] = wish.algorithm;
    try {
        return body.dump();
    } catch (const OrderedJson::exception&) {
        throw InputError("the claims are not UTF-8");
    }
}

/// As a shell reads it.
std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out.append(c == '\'' ? std::string_view("'\\''") : std::string_view(&c, 1));
    return out.append("'");
}

}  // namespace

OrderedJson parse_claims(const std::vector<std::string>& arguments) {
    OrderedJson claims = OrderedJson::object();
    for (const std::string& argument : arguments) {
        const std::size_t equals = argument.find('=');
        if (equals == std::string::npos || equals == 0 || argument.starts_with(":="))
            throw InputError(fmt::format("--claim: '{}' is neither name=text nor name:=JSON", printable(argument)));
        const bool is_json = argument[equals - 1] == ':';
        const std::string name = argument.substr(0, is_json ? equals - 1 : equals);
        OrderedJson value = argument.substr(equals + 1);
        if (is_json) value = OrderedJson::parse(argument.substr(equals + 1), nullptr, false);
        if (value.is_discarded()) throw InputError(fmt::format("--claim: the value of {} is no JSON", printable(name)));
        if (claims.contains(name)) throw InputError(fmt::format("--claim: {} is given twice", printable(name)));
        claims[name] = std::move(value);
    }
    return claims;
}

int token(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(token_description, "iamlocal token");
        app.footer(token_examples);
        Wish wish;
        Bench bench;
        app.add_option("NAME", wish.name, "Of the issuer; default: the preset's");
        app.add_option("--preset", wish.preset, "Whose tokens it plays, if it is to be declared")->type_name("P");
        app.add_option("--issuer", wish.issuer, "Its address, if it is to be declared")->type_name("URL");
        app.add_option("--claim", wish.claims, "A claim: name=text, or name:=JSON (null: leave it out)")
            ->type_name("C")
            ->take_all()
            ->expected(1);
        app.add_option("--audience", wish.audience, "The claim aud; several make a list")
            ->type_name("A")
            ->take_all()
            ->expected(1);
        app.add_option("--subject", wish.subject, "The claim sub")->type_name("S");
        app.add_option("--expires-in", wish.lifetime, "Seconds, or a duration such as 15m")->type_name("D");
        app.add_option("--kid", wish.key_id, "The key that it names, and that signs if it is there")->type_name("K");
        app.add_option("--algorithm", wish.algorithm, "Of the signature, such as PS256")->type_name("A");
        app.add_option("-o,--output", wish.output, "The file to put it into, for its owner alone")->type_name("FILE");
        declare_bench(app, bench);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        complete_bench(bench, environment);
        if (wish.name.empty()) wish.name = wish.preset;
        if (wish.name.empty()) throw InputError("the name of an issuer is needed, or a --preset");
        const std::string body = body_of(wish);
        require_issuer(bench, wish);
        const OrderedJson answer = read_answer(send_bench(bench, "POST", path_of_issuer(wish) + "/token", body));
        const std::string minted = require_compact(text_of_member(answer, "token"));
        if (wish.output.empty()) {
            print(minted + "\n");
            return exit_good;
        }
        // Programs take the file as it is, with a line end if there is one.
        replace_private_file(wish.output, minted);
        print(fmt::format("export AWS_WEB_IDENTITY_TOKEN_FILE={}\n",
                          quoted(std::filesystem::absolute(wish.output).string())));
        return exit_good;
    } catch (const InputError& error) {
        return complain("token", error.what());
    }
}

}  // namespace iamlocal::tools
