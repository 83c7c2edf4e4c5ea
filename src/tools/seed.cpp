#include "tools/seed.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "seed/bundle.hpp"
#include "seed/check.hpp"
#include "seed/files.hpp"
#include "seed/refused.hpp"
#include "seed/schema.hpp"
#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"
#include "tools/printable.hpp"
#include "tree/node.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* seed_description =
    "Bring a running server to the state that seeds describe (docs/seeds.md), or try them without a server";

constexpr const char* seed_examples =
    "Examples:\n"
    "  iamlocal seed base.yaml\n"
    "  iamlocal seed seeds/ --check\n"
    "  iamlocal seed --schema >seed.schema.json";

using AnswerJson = nlohmann::json;

void print_counts(std::size_t created, std::size_t updated, std::size_t unchanged) {
    print(fmt::format("{} created, {} updated, {} unchanged\n", created, updated, unchanged));
}

std::size_t number_in(const AnswerJson& answer, const char* name) {
    const auto found = answer.find(name);
    return found != answer.end() && found->is_number_unsigned() ? found->get<std::size_t>() : 0;
}

/// What the server says of a seed that it refuses.
[[noreturn]] void refuse_as(const BenchAnswer& answer) {
    const AnswerJson body = AnswerJson::parse(answer.body, nullptr, false);
    if (!body.is_object() || !body.contains("file")) throw InputError(refusal_of(answer));
    const tree::Place place{printable(body.value("file", "")), number_in(body, "line"), number_in(body, "column")};
    throw iamlocal::seed::Refused(place, printable(body.value("code", "")), printable(body.value("error", "")));
}

void send_seeds(const std::vector<iamlocal::seed::File>& files, const Bench& bench) {
    // The server opens no files that somebody else names, so they go along.
    iamlocal::seed::Bundle bundle{files, {}};
    static_cast<void>(iamlocal::seed::read(files, [&bundle](const std::string& path) {
        auto content = iamlocal::seed::read_disk(path);
        if (content) bundle.files[path] = *content;
        return content;
    }));
    const BenchAnswer answer = send_bench(bench, "PUT", "/_iamlocal/seed", iamlocal::seed::write_bundle(bundle));
    if (answer.status != 200) refuse_as(answer);
    const AnswerJson counts = AnswerJson::parse(answer.body, nullptr, false);
    if (!counts.is_object()) throw InputError("not an answer of iamlocal");
    print_counts(number_in(counts, "created"), number_in(counts, "updated"), number_in(counts, "unchanged"));
}

}  // namespace

int seed(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(seed_description, "iamlocal seed");
        app.footer(seed_examples);
        std::vector<std::string> paths;
        bool checks = false;
        bool prints_schema = false;
        Bench bench;
        app.add_option("FILE", paths, "Seeds in YAML or JSON, or folders of them");
        app.add_flag("--check", checks, "Only say whether an empty server would take them");
        app.add_flag("--schema", prints_schema, "Print the JSON schema of seeds");
        declare_bench(app, bench);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        complete_bench(bench, environment);
        if (prints_schema) {
            print(iamlocal::seed::schema());
            return exit_good;
        }
        if (paths.empty()) throw InputError("a FILE is needed, or --schema");
        const std::vector<iamlocal::seed::File> files = iamlocal::seed::load_files(paths);
        if (!checks) {
            send_seeds(files, bench);
            return exit_good;
        }
        const iamlocal::seed::Counts counts =
            iamlocal::seed::check(iamlocal::seed::read(files, iamlocal::seed::read_disk).seed);
        print(fmt::format("good: {} things\n", counts.created + counts.updated + counts.unchanged));
        return exit_good;
    } catch (const InputError& error) {
        return complain("seed", error.what());
    } catch (const iamlocal::seed::Refused& refused) {
        return complain("seed", refused.what());
    }
}

}  // namespace iamlocal::tools
