#include "tools/why.hpp"

#include "base/encoding.hpp"
#include "tools/bench_client.hpp"
#include "tools/colour.hpp"
#include "tools/command_line.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* why_description =
    "Explain a decision of a running server: by the request id that every answer has, or the last denial";

constexpr const char* why_examples =
    "Examples:\n"
    "  iamlocal why\n"
    "  iamlocal why --principal alice\n"
    "  iamlocal why 6f2c1a0e-58d1-4c7e-9a77-0b7d3f1a9c55";

}  // namespace

int why(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(why_description, "iamlocal why");
        app.footer(why_examples);
        std::string id;
        std::string principal;
        bool last = false;
        Bench bench;
        app.add_option("REQUEST-ID", id, "Of the request; without it the last denial is explained");
        app.add_flag("--last", last, "The last decision, whether it was a denial or not");
        app.add_option("--principal", principal, "The last denial of this caller: an ARN, or its end, such as alice")
            ->type_name("P");
        declare_bench(app, bench);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        complete_bench(bench, environment);
        if (!id.empty() && (last || !principal.empty()))
            throw InputError("a request id goes with neither --last nor --principal");
        const std::string text = id.empty() ? ask_bench(bench, "/_iamlocal/decisions/latest",
                                                        {{"decision", last ? "" : "denied"}, {"principal", principal}})
                                            : ask_bench(bench, "/_iamlocal/decisions/" + percent_encode(id), {});
        print(wants_colour(environment) ? colour_explanation(text) : text);
        // What is no decision is a request that was refused before there was one: for its signature.
        const bool was_allowed = text.starts_with("Decision ") && text.find("\nDENIED") == std::string::npos;
        return was_allowed ? exit_good : exit_bad;
    } catch (const InputError& error) {
        return complain("why", error.what());
    }
}

}  // namespace iamlocal::tools
