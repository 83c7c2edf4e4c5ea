#include "tools/export.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"
#include "tools/private_file.hpp"
#include "tools/yaml_text.hpp"
#include "transfer/terraform.hpp"

namespace iamlocal::tools {
namespace {

using ExportedJson = nlohmann::ordered_json;

constexpr const char* export_description =
    "Write what a running server holds as a seed (docs/seeds.md), or an account of it as a configuration for Terraform "
    "with import blocks";

constexpr const char* export_examples = R"text(Examples:
  iamlocal export >everything.yaml
  iamlocal export --account 111122223333 -o account.yaml
  iamlocal export --account 111122223333 --format terraform >account.tf

A seed has secrets of access keys and devices in it, and hashes of passwords.
Exit status: 0 it is written, 2 it is not.)text";

std::string ask_for_seed(const Bench& bench, const std::string& account) {
    const std::string path = account.empty() ? "/_iamlocal/seed" : "/_iamlocal/seed?account=" + account;
    const BenchAnswer answer = send_bench(bench, "GET", path, {});
    if (answer.status != 200) throw InputError(refusal_of(answer));
    return answer.body;
}

std::string as_terraform(const std::string& seed, const std::string& account) {
    const transfer::TerraformFile file = transfer::write_terraform(seed, account);
    for (const std::string& remark : file.remarks) fmt::print(stderr, "{}\n", printable(remark));
    return file.text;
}

}  // namespace

int export_seed(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(export_description, "iamlocal export");
        app.footer(export_examples);
        std::string account;
        std::string format = "yaml";
        std::string output;
        Bench bench;
        app.add_option("--account", account, "This account alone")->type_name("ID");
        app.add_option("--format", format, "How it is written")->check(CLI::IsMember({"yaml", "json", "terraform"}));
        app.add_option("-o,--output", output, "The file to put it into, for its owner alone")->type_name("FILE");
        declare_bench(app, bench);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        if (format == "terraform" && account.empty())
            throw InputError("a configuration for Terraform is of one account: --account says of which");
        complete_bench(bench, environment);
        const std::string seed = ask_for_seed(bench, account);
        std::string text;
        if (format == "terraform")
            text = as_terraform(seed, account);
        else if (format == "json")
            text = ExportedJson::parse(seed).dump(2) + "\n";
        else
            text = yaml_text(ExportedJson::parse(seed));
        if (output.empty())
            print(text);
        else
            replace_private_file(output, text);
        return exit_good;
    } catch (const ExportedJson::exception&) {
        return complain("export", "not an answer of iamlocal");
    } catch (const InputError& error) {
        return complain("export", error.what());
    }
}

}  // namespace iamlocal::tools
