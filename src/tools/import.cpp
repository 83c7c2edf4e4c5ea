#include "tools/import.hpp"

#include <cstdio>
#include <limits>
#include <malloc.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"
#include "tools/private_file.hpp"
#include "tools/yaml_text.hpp"
#include "transfer/account_import.hpp"

namespace iamlocal::tools {
namespace {

/// Details of the largest accounts have some ten megabytes.
constexpr std::size_t most_imported_bytes = std::size_t{256} << 20;

constexpr const char* import_description =
    "Make a seed of a real account: of the files that the AWS CLI's output was put into";

constexpr const char* import_examples = R"text(Examples:
  aws iam get-account-authorization-details >details.json
  iamlocal import details.json >production.yaml
  iamlocal seed production.yaml --check
  iamlocal import details.json report.json corp=saml-corp.json -o seed.yaml

Read are the outputs of iam get-account-authorization-details, which must be
there, get-credential-report, get-open-id-connect-provider, get-saml-provider
(as NAME=FILE), list-saml-providers and list-open-id-connect-providers, and of
organizations describe-organization, list-accounts, list-roots and
describe-policy. Others do not say what they are about and are given as
ID=FILE: list-targets-for-policy, list-organizational-units-for-parent,
list-accounts-for-parent, list-children, list-parents.
What the seed has otherwise than the account is said on standard error.
Exit status: 0 there is a seed, 2 files that cannot be used.)text";

/// `NAME=FILE`, or a file.
transfer::Printed read_printed(const std::string& argument) {
    const std::size_t equals = argument.find('=');
    const bool has_name = equals != std::string::npos && equals > 0 && argument.find('/') > equals;
    const std::string file = has_name ? argument.substr(equals + 1) : argument;
    return {file, read_input(file, most_imported_bytes), has_name ? argument.substr(0, equals) : std::string()};
}

void write_remarks(const transfer::Imported& imported) {
    for (const std::string& remark : imported.remarks) fmt::print(stderr, "{}\n", printable(remark));
    fmt::print(stderr, "{} things\n", imported.things);
}

/// A large account takes hundreds of megabytes for a second or two. What is freed is kept for what comes next, and the
/// heap grows in large steps: a fifth of the time goes to the system otherwise.
void keep_memory() {
    constexpr int step = 32 << 20;  // the most that glibc takes as the threshold
    mallopt(M_TOP_PAD, step);
    mallopt(M_MMAP_THRESHOLD, step);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

}  // namespace

int import(const std::vector<std::string>& arguments) {
    try {
        CLI::App app(import_description, "iamlocal import");
        app.footer(import_examples);
        std::vector<std::string> paths;
        std::string format = "yaml";
        std::string output;
        app.add_option("FILE", paths, "Outputs of the AWS CLI; - is standard input")->required();
        app.add_option("--format", format, "How the seed is written")->check(CLI::IsMember({"yaml", "json"}));
        app.add_option("-o,--output", output, "The file to put it into, for its owner alone")->type_name("FILE");
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        keep_memory();
        std::vector<transfer::Printed> files;
        for (const std::string& path : paths) files.push_back(read_printed(path));
        const auto result = transfer::import_account(files);
        if (const auto* const fault = std::get_if<transfer::ImportFault>(&result))
            throw InputError(printable(fault->message));
        const auto& imported = std::get<transfer::Imported>(result);
        const std::string text = format == "json" ? json_text(imported.seed, 2) + "\n" : yaml_text(imported.seed);
        if (output.empty())
            print(text);
        else
            replace_private_file(output, text);
        write_remarks(imported);
        return exit_good;
    } catch (const InputError& error) {
        return complain("import", error.what());
    }
}

}  // namespace iamlocal::tools
