#include "tools/validate.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>
#include <unistd.h>

#include "lint/lint.hpp"
#include "policy/position.hpp"
#include "tools/colour.hpp"
#include "tools/command_line.hpp"
#include "tools/findings.hpp"
#include "tools/input.hpp"
#include "tools/sources.hpp"
#include "tools/suppressions.hpp"

namespace iamlocal::tools {
namespace {

using policy::DocumentKind;

struct Kind {
    DocumentKind kind;
    lint::Use use = lint::Use::usual;
};
constexpr std::array<Kind, 9> kinds{{{DocumentKind::identity},
                                     {DocumentKind::identity, lint::Use::inline_policy},
                                     {DocumentKind::trust},
                                     {DocumentKind::boundary},
                                     {DocumentKind::session},
                                     {DocumentKind::resource},
                                     {DocumentKind::resource, lint::Use::vpc_endpoint},
                                     {DocumentKind::scp},
                                     {DocumentKind::rcp}}};

struct ValidateOptions {
    std::vector<std::string> files;
    std::string kind = "auto";
    std::string format = "text";
    bool strict = false;
    std::vector<std::string> ignored_lists;
    std::string colour = "auto";
    std::string excerpt = "auto";
    std::vector<std::string> parameter_list;
    Codes ignored;
    TemplateParameters parameters;
};

void describe(CLI::App& app, ValidateOptions& options) {
    app.add_option("FILE", options.files,
                   "Policies: JSON, YAML, folders, Terraform plans in JSON, CloudFormation templates, ARNs of AWS's "
                   "managed policies; - is standard input")
        ->required();
    std::vector<std::string> names{"auto"};
    for (const auto& [kind, use] : kinds) names.emplace_back(name_of(kind, use));
    app.add_option(
           "--kind", options.kind,
           fmt::format("What the documents are for; auto goes by their looks. One of {}", fmt::join(names, ", ")))
        ->type_name("KIND")
        ->check(CLI::IsMember(names).description(""))
        ->capture_default_str();
    app.add_option("--format", options.format, "How to print what was found")
        ->check(CLI::IsMember({"text", "json", "sarif"}))
        ->capture_default_str();
    app.add_option("--ignore", options.ignored_lists, "Codes of findings to leave out")
        ->type_name("CODE,…")
        ->allow_extra_args(false);
    app.add_option(
           "--parameter", options.parameter_list,
           "A value for CloudFormation templates: of a parameter, of AWS::Region and its like, of a resource or "
           "RESOURCE.ATTRIBUTE, of an import")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    app.add_option("--colour,--color", options.colour, "Colour the text; auto: on a terminal")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    app.add_option("--excerpt", options.excerpt, "Show the place in the document; auto: on a terminal")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->capture_default_str();
    app.add_flag("--strict", options.strict, "Warnings make the exit status 1, too");
    app.footer(
        "Examples:\n"
        "  iamlocal validate alice.json\n"
        "  iamlocal validate --kind trust --strict roles/\n"
        "  terraform show -json plan.out | iamlocal validate -\n"
        "\n"
        "Exit status: 0 no errors, 1 errors, 2 unusable arguments or files.");
}

Kind kind_of(std::string_view name, std::string_view text) {
    const auto named = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const Kind& kind) { return name_of(kind.kind, kind.use) == name; });
    return named == kinds.end() ? Kind{lint::guess_kind(text)} : *named;
}

/// Leaves out what is said of values that are not known.
void leave_out_unknown(std::vector<lint::Finding>& findings, std::string_view text) {
    policy::PositionCursor cursor(text);
    for (std::size_t at = text.find(unknown_value); at != std::string_view::npos;
         at = text.find(unknown_value, at + 1)) {
        const policy::Position place = cursor.at(text.rfind('"', at));
        std::erase_if(findings, [&](const lint::Finding& finding) {
            return finding.line == place.line && finding.column == place.column;
        });
    }
}

FileFindings look_at(const ValidateOptions& options, const Source& source, const Suppressions& suppressed) {
    const auto [kind, use] = kind_of(options.kind == "auto" ? source.kind : options.kind, source.text);
    FileFindings found{source.name, kind, lint::lint(source.text, kind, use), use, source.text};
    if (!source.problem.empty()) leave_out_unknown(found.findings, source.text);
    // AWS's own policies may be longer than those of accounts.
    if (source.name.starts_with("arn:"))
        std::erase_if(found.findings, [](const lint::Finding& finding) {
            return finding.code == "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA";
        });
    found.ignored = Suppressions(options.ignored).take_out(found.findings, source.text) +
                    suppressed.take_out(found.findings, source.text);
    return found;
}

/// What the arguments led to.
struct Seen {
    std::vector<FileFindings> found;
    TemplateNames names;
    bool complete = true;  ///< false: some file could not be read at all
};

/// Whether all of the file's documents could be made out; those that could not are complained of.
bool look_at_file(const ValidateOptions& options, const std::string& file, bool of_folder, Seen& seen) {
    const Sources sources = read_sources(file, options.parameters);
    for (const std::string& problem : sources.problems) complain("validate", problem);
    for (const std::string& later : sources.later)
        complain("validate", fmt::format("{}: is known only after apply, and was not looked at", later));
    seen.names.add(sources.names);
    if (!of_folder && sources.found.empty() && sources.problems.empty()) throw InputError({file}, "holds no policy");
    if (of_folder && !looks_like_policies(sources.found)) return sources.problems.empty();
    const Suppressions suppressed = read_suppressions(file);
    for (const Source& source : sources.found) seen.found.push_back(look_at(options, source, suppressed));
    return sources.problems.empty();
}

/// Looks at what one argument names. Files of a folder that hold no policies are passed over, whatever they are.
/// Whether all of it could be read; what could not is complained of.
bool look_at_all(const ValidateOptions& options, const std::string& named, Seen& seen) {
    bool readable = true;
    const auto guarded = [&](const auto& read) {
        try {
            read();
        } catch (const InputError& error) {
            complain("validate", error.what());
            readable = false;
            seen.complete = false;
        }
    };
    std::error_code ignored;
    if (named == "-" || !std::filesystem::is_directory(named, ignored)) {
        guarded([&] { readable = look_at_file(options, named, false, seen); });
        return readable;
    }
    const std::size_t before = seen.found.size();
    guarded([&] {
        for (const std::string& file : files_below(named))
            guarded([&] {
                if (speaks_of_statements(file)) readable = look_at_file(options, file, true, seen) && readable;
            });
        // Nobody wants to hear of a misspelt folder that all is well.
        if (readable && seen.found.size() == before)
            throw InputError({named}, "holds no policy: no .json, .yaml or .yml below it has one");
    });
    return readable;
}

Look look_of(const ValidateOptions& options, const std::vector<std::string>& environment) {
    const bool terminal = isatty(STDOUT_FILENO) == 1;
    return {options.excerpt == "always" || (options.excerpt == "auto" && terminal),
            options.colour == "always" || (options.colour == "auto" && wants_colour(environment))};
}

std::string format_as(const ValidateOptions& options, Look look, const std::vector<FileFindings>& found) {
    const std::string& format = options.format;
    if (format == "json") return findings_json(found);
    if (format == "sarif") return findings_sarif(found);
    const bool any = std::any_of(found.begin(), found.end(),
                                 [](const FileFindings& file) { return !file.findings.empty() || file.ignored > 0; });
    const std::string text = findings_text(found, look);
    // Of one document that is fine there is no news.
    return any || found.size() > 1 ? text + findings_summary(found) : text;
}

bool is_bad(const ValidateOptions& options, const std::vector<FileFindings>& found) {
    const lint::Severity least_bad = options.strict ? lint::Severity::warning : lint::Severity::error;
    return std::any_of(found.begin(), found.end(), [&](const FileFindings& file) {
        return std::any_of(file.findings.begin(), file.findings.end(),
                           [&](const lint::Finding& finding) { return finding.severity <= least_bad; });
    });
}

}  // namespace

int validate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    ValidateOptions options;
    CLI::App app("Findings about policy documents: what AWS would refuse, and what it would advise.",
                 "iamlocal validate");
    describe(app, options);
    try {
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        options.ignored = parse_codes(options.ignored_lists, "--ignore");
        options.parameters = parse_template_parameters(options.parameter_list);
    } catch (const InputError& error) {
        return complain("validate", error.what());
    }
    Seen seen;
    bool unreadable = false;
    for (const std::string& file : options.files) unreadable = !look_at_all(options, file, seen) || unreadable;
    try {
        if (seen.complete) require_known_parameters(options.parameters, seen.names);
    } catch (const InputError& error) {
        complain("validate", error.what());
        unreadable = true;
    }
    print(format_as(options, look_of(options, environment), seen.found));
    if (unreadable) return exit_error;
    return is_bad(options, seen.found) ? exit_bad : exit_good;
}

}  // namespace iamlocal::tools
