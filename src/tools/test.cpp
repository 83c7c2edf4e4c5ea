#include "tools/test.hpp"

#include <deque>
#include <fstream>
#include <optional>

#include <fmt/format.h>

#include "tools/colour.hpp"
#include "tools/command_line.hpp"
#include "tools/suite_report.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* test_description = "Runs suites of expectations about policies (docs/policy-tests.md).";

constexpr const char* test_examples =
    "Examples:\n"
    "  iamlocal test tests/policies.yaml\n"
    "  iamlocal test --require-coverage 90 --junit results.xml tests/*.yaml\n"
    "\n"
    "Exit status: 0 all hold, 1 some do not or too few statements were reached,\n"
    "2 files that cannot be used.";

struct TestOptions {
    std::vector<std::string> files;
    std::string junit;
    bool json = false;
    Names names = Names::known;
    std::optional<double> required_coverage;
};

/// Nothing if help was asked for, which then is printed.
std::optional<TestOptions> parse_options(const std::vector<std::string>& arguments) {
    TestOptions options;
    std::string format = "text";
    double required = 0;
    bool all = false;
    CLI::App app(test_description, "iamlocal test");
    app.footer(test_examples);
    app.add_option("FILE", options.files, "Suites in YAML")->required();
    app.add_option("--junit", options.junit, "Write the results as JUnit XML")->type_name("FILE");
    app.add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
    CLI::Option* const percent =
        app.add_option("--require-coverage", required, "Fail if fewer of the statements were reached by some case")
            ->type_name("PERCENT");
    bool any_names = false;
    app.add_flag("--allow-unknown-names", any_names,
                 "Let suites and their policies name actions, services and condition keys that AWS does not have");
    app.add_flag("--fail-uncovered", all, "The same as --require-coverage 100")->excludes(percent);
    if (const auto help = parse_arguments(app, arguments)) {
        print(*help);
        return std::nullopt;
    }
    if (!(required >= 0 && required <= 100))  // "nan" is a number to CLI11, and neither less nor more
        throw InputError("--require-coverage: not a number from 0 to 100");
    options.json = format == "json";
    options.names = any_names ? Names::any : Names::known;
    if (all) options.required_coverage = 100;
    if (percent->count() > 0) options.required_coverage = required;
    return options;
}

void write_file(const std::string& path, const std::string& content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << content;
    file.close();
    if (!file) throw InputError({path}, "cannot be written");
}

int run(const TestOptions& options, bool colours) {
    DocumentShelf shelf;
    std::deque<Suite> suites;  // all are read before the first question, so that a wrong one stops all of them
    for (const std::string& file : options.files) suites.push_back(read_suite(file, shelf, options.names));
    TestRun result;
    for (const Suite& suite : suites)
        for (Check& check : run_suite(suite)) result.checks.push_back(std::move(check));
    result.coverage = measure(shelf);

    print(options.json ? json_report(result) : text_report(result, colours));
    if (!options.junit.empty()) write_file(options.junit, junit_report(result));
    if (result.failures() > 0) return exit_bad;
    if (options.required_coverage && result.coverage.percent() < *options.required_coverage) {
        complain("test", fmt::format("{:.1f} % of the statements were reached; {:g} % are required",
                                     result.coverage.percent(), *options.required_coverage));
        return exit_bad;
    }
    return exit_good;
}

}  // namespace

int test(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        const std::optional<TestOptions> options = parse_options(arguments);
        return options ? run(*options, wants_colour(environment)) : exit_good;
    } catch (const InputError& error) {
        return complain("test", error.what());
    }
}

}  // namespace iamlocal::tools
