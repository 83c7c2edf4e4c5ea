#include "tools/validate.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "lint/lint.hpp"
#include "policy/parse.hpp"
#include "tools/command_line.hpp"
#include "tools/findings.hpp"
#include "tools/input.hpp"

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

struct Options {
    std::vector<std::string> files;
    std::string kind = "auto";
    std::string format = "text";
    bool strict = false;
};

void describe(CLI::App& app, Options& options) {
    app.add_option("FILE", options.files, "Policy documents; - is standard input")->required();
    std::vector<std::string> names{"auto"};
    for (const auto& [kind, use] : kinds) names.emplace_back(name_of(kind, use));
    app.add_option("--kind", options.kind, "What the documents are for; auto goes by their looks")
        ->check(CLI::IsMember(names))
        ->capture_default_str();
    app.add_option("--format", options.format, "How to print what was found")
        ->check(CLI::IsMember({"text", "json", "sarif"}))
        ->capture_default_str();
    app.add_flag("--strict", options.strict, "Warnings make the exit status 1, too");
    app.footer("Exit status: 0 no errors, 1 errors, 2 unusable arguments or files.");
}

Kind kind_of(const Options& options, std::string_view text) {
    const auto named = std::find_if(kinds.begin(), kinds.end(),
                                    [&](const Kind& kind) { return name_of(kind.kind, kind.use) == options.kind; });
    return named == kinds.end() ? Kind{lint::guess_kind(text)} : *named;
}

FileFindings look_at(const Options& options, const std::string& file) {
    const std::string text = read_input(file, policy::max_document_bytes);
    const auto [kind, use] = kind_of(options, text);
    return {file, kind, lint::lint(text, kind, use), use};
}

std::string format_as(const std::string& format, const std::vector<FileFindings>& found) {
    if (format == "json") return findings_json(found);
    if (format == "sarif") return findings_sarif(found);
    return findings_text(found);
}

bool is_bad(const Options& options, const std::vector<FileFindings>& found) {
    const lint::Severity least_bad = options.strict ? lint::Severity::warning : lint::Severity::error;
    return std::any_of(found.begin(), found.end(), [&](const FileFindings& file) {
        return std::any_of(file.findings.begin(), file.findings.end(),
                           [&](const lint::Finding& finding) { return finding.severity <= least_bad; });
    });
}

}  // namespace

int validate(const std::vector<std::string>& arguments) {
    Options options;
    CLI::App app("Findings about policy documents: what AWS would refuse, and what it would advise.",
                 "iamlocal validate");
    describe(app, options);
    try {
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
    } catch (const InputError& error) {
        return complain("validate", error.what());
    }
    std::vector<FileFindings> found;
    bool unreadable = false;
    for (const std::string& file : options.files) {
        try {
            found.push_back(look_at(options, file));
        } catch (const InputError& error) {
            complain("validate", error.what());
            unreadable = true;
        }
    }
    print(format_as(options.format, found));
    if (unreadable) return exit_error;
    return is_bad(options, found) ? exit_bad : exit_good;
}

}  // namespace iamlocal::tools
