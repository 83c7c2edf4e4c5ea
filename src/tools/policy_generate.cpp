#include <algorithm>
#include <filesystem>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/report.hpp"
#include "analysis/trail.hpp"
#include "base/encoding.hpp"
#include "base/inflate.hpp"
#include "base/json_text.hpp"
#include "tools/bench_client.hpp"
#include "tools/command_line.hpp"
#include "tools/policy.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* generate_description =
    "The least policies for what was done: by principals of a real account, as CloudTrail tells it, or at a running "
    "server.";

constexpr const char* generate_footer =
    "Examples:\n"
    "  iamlocal policy generate --trail AWSLogs/ --principal deploy\n"
    "  aws cloudtrail lookup-events | iamlocal policy generate --trail -\n"
    "  iamlocal policy generate --recording story\n"
    "  iamlocal policy generate --from-decisions --format json\n"
    "\n"
    "Exit status: 0 written, 1 nothing was seen, 2 unusable arguments or files.";

/// Of one file, packed or not. CloudTrail's have some MB.
constexpr std::size_t most_trail_bytes = std::size_t{128} << 20;
constexpr std::size_t most_wildcard = 1'000'000;

struct TrailOptions {
    std::vector<std::string> trails;
    std::string recording;
    bool from_decisions = false;
    std::string principal;
    analysis::GenerateOptions options;
    std::string format = "text";
    Bench bench;
};

void describe_generate(CLI::App& app, TrailOptions& wanted) {
    app.add_option("--trail", wanted.trails,
                   "Files of CloudTrail, .json or .json.gz, folders of them, or what `aws cloudtrail lookup-events` "
                   "printed; - is standard input")
        ->type_name("FILE");
    app.add_option("--recording", wanted.recording, "A recording of a running server")->type_name("NAME");
    app.add_flag("--from-decisions", wanted.from_decisions, "All decisions that a running server still has");
    app.add_option("--principal", wanted.principal, "Of this user or role: an ARN, or its end, such as deploy")
        ->type_name("P");
    app.add_flag("--include-refused", wanted.options.include_refused,
                 "Allow what was refused, too, or failed; else it is listed");
    app.add_option("--wildcard-from", wanted.options.wildcard_from,
                   "From how many resources of one path on they become a wildcard; 0: never")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{0}, most_wildcard).description(""))
        ->capture_default_str();
    app.add_option("--format", wanted.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}).description(""))
        ->type_name("FORMAT")
        ->capture_default_str();
    declare_bench(app, wanted.bench);
}

void check_generate(const TrailOptions& wanted) {
    const int sources =
        (wanted.trails.empty() ? 0 : 1) + (wanted.recording.empty() ? 0 : 1) + (wanted.from_decisions ? 1 : 0);
    if (sources != 1) throw InputError("say where from: --trail, --recording or --from-decisions");
    if (wanted.options.wildcard_from == 1) throw InputError("--wildcard-from is 0, or 2 and more");
}

/// Whether it begins as gzip does.
bool is_packed(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

void add_trail_file(const std::string& file, analysis::Trail& trail) {
    std::string text = read_input(file, most_trail_bytes);
    if (is_packed(text)) {
        std::string unpacked;
        const auto size = inflate(text, unpacked, most_trail_bytes);
        if (const auto* error = std::get_if<InflateError>(&size))
            throw InputError({file}, *error == InflateError::too_large
                                         ? fmt::format("has more than {} bytes unpacked", most_trail_bytes)
                                         : std::string("is not well-formed gzip"));
        unpacked.resize(std::get<std::size_t>(size));
        text = std::move(unpacked);
    }
    const std::string problem = trail.add(text);
    if (!problem.empty()) throw InputError({file}, problem);
}

std::vector<std::string> trail_files_below(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    std::filesystem::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
        const std::string path = entry->path().string();
        std::error_code ignored;
        const bool named = path.ends_with(".json") || path.ends_with(".json.gz");
        // Digests of trails stand beside them, and have no events.
        if (named && path.find("CloudTrail-Digest") == std::string::npos && entry->is_regular_file(ignored))
            files.push_back(path);
    }
    if (error) throw InputError({folder}, fmt::format("cannot be read: {}", error.message()));
    if (files.empty()) throw InputError({folder}, "holds no .json and no .json.gz");
    std::sort(files.begin(), files.end());
    return files;
}

bool is_wanted(const std::string& arn, const std::string& principal) {
    return principal.empty() || arn == principal || arn.ends_with("/" + principal);
}

int generate_from_trail(const TrailOptions& wanted) {
    analysis::Trail trail;
    for (const std::string& named : wanted.trails) {
        std::error_code ignored;
        if (named != "-" && std::filesystem::is_directory(named, ignored)) {
            for (const std::string& file : trail_files_below(named)) add_trail_file(file, trail);
        } else {
            add_trail_file(named, trail);
        }
    }
    std::vector<analysis::PrincipalReport> reports;
    for (const auto& [arn, done] : trail.principals()) {
        if (!is_wanted(arn, wanted.principal)) continue;
        reports.push_back(analysis::report_on(arn, done.observations, wanted.options, std::nullopt));
        std::vector<std::string>& remarks = reports.back().policy.remarks;
        remarks.insert(remarks.end(), done.remarks.begin(), done.remarks.end());
    }
    const std::vector<std::string> rules = analysis::rules_of(wanted.options);
    if (wanted.format == "json") {
        nlohmann::ordered_json json{{"events", trail.events()}, {"passed_over", trail.passed_over()}, {"rules", rules}};
        json["principals"] = nlohmann::ordered_json::array();
        for (const analysis::PrincipalReport& report : reports) json["principals"].push_back(analysis::json_of(report));
        print(json_text(json, 2) + "\n");
    } else {
        std::string out = fmt::format("{} events, {} passed over\n", trail.events(), trail.passed_over());
        for (const std::string& rule : rules) out.append(rule).append("\n");
        for (const analysis::PrincipalReport& report : reports) out.append("\n").append(analysis::text_of(report));
        std::string text;
        append_repaired(text, out);
        print(text);
    }
    return reports.empty() ? exit_bad : exit_good;
}

int generate_from_server(const TrailOptions& wanted) {
    const std::string path =
        "/_iamlocal/recordings/" + percent_encode(wanted.from_decisions ? "decisions" : wanted.recording);
    const BenchQuery query{{"principal", wanted.principal},
                           {"refused", wanted.options.include_refused ? "include" : ""},
                           {"wildcard_from", fmt::format("{}", wanted.options.wildcard_from)}};
    if (wanted.format == "text") {
        print(ask_bench(wanted.bench, path, query));
        return exit_good;
    }
    std::string target = path + "?format=json";
    for (const auto& [name, value] : query)
        if (!value.empty()) target.append("&").append(name).append("=").append(percent_encode(value));
    const BenchAnswer answer = send_bench(wanted.bench, "GET", target, {});
    if (answer.status != 200) throw InputError(refusal_of(answer));
    print(answer.body);
    return exit_good;
}

}  // namespace

int policy_generate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    try {
        CLI::App app(generate_description, "iamlocal policy generate");
        app.footer(generate_footer);
        TrailOptions wanted;
        describe_generate(app, wanted);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        check_generate(wanted);
        complete_bench(wanted.bench, environment);
        return wanted.trails.empty() ? generate_from_server(wanted) : generate_from_trail(wanted);
    } catch (const InputError& error) {
        return complain("policy generate", error.what());
    }
}

}  // namespace iamlocal::tools
