#include "tools/policy_files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "lint/lint.hpp"
#include "policy/parse.hpp"
#include "tools/findings.hpp"
#include "tools/resource_policy.hpp"
#include "tools/sources.hpp"

namespace iamlocal::tools {
namespace {

constexpr std::array document_kinds{policy::DocumentKind::identity, policy::DocumentKind::trust,
                                    policy::DocumentKind::boundary, policy::DocumentKind::session,
                                    policy::DocumentKind::resource, policy::DocumentKind::scp,
                                    policy::DocumentKind::rcp};

/// The kind of that name; kinds that only the linter tells apart are what they are to the engine.
policy::DocumentKind kind_named(const std::string& name, std::string_view text) {
    for (const policy::DocumentKind kind : document_kinds)
        if (name_of(kind) == name) return kind;
    if (name == name_of(policy::DocumentKind::identity, lint::Use::inline_policy))
        return policy::DocumentKind::identity;
    if (name == name_of(policy::DocumentKind::resource, lint::Use::vpc_endpoint)) return policy::DocumentKind::resource;
    return lint::guess_kind(text);
}

/// The documents of one file; `below`: the folder that it was found in, or empty.
void add_file(const std::string& file, const std::string& below, const PolicyFileOptions& options,
              const TemplateParameters& parameters, std::vector<PolicyFile>& found) {
    const Sources sources = read_sources(file, parameters);
    if (!sources.problems.empty()) throw InputError(sources.problems.front());
    if (!below.empty() && !looks_like_policies(sources.found)) return;
    const std::string short_name =
        below.empty() ? std::string() : std::filesystem::path(file).lexically_relative(below).string();
    for (const Source& source : sources.found) {
        const std::size_t mark = source.name.size() > file.size() ? file.size() : source.name.size();
        PolicyFile made{source.name, short_name + source.name.substr(mark), source.text,
                        kind_named(options.kind == "auto" ? source.kind : options.kind, source.text)};
        if (made.kind == policy::DocumentKind::resource) made.text = complete_resource_policy(std::move(made.text));
        found.push_back(std::move(made));
    }
}

}  // namespace

void declare_policy_files(CLI::App& app, PolicyFileOptions& options) {
    std::vector<std::string> names{"auto"};
    for (const policy::DocumentKind kind : document_kinds) names.emplace_back(name_of(kind));
    app.add_option(
           "--kind", options.kind,
           fmt::format("What the documents are for; auto goes by their looks. One of {}", fmt::join(names, ", ")))
        ->type_name("KIND")
        ->check(CLI::IsMember(names).description(""))
        ->capture_default_str();
    app.add_option("--format", options.format, "text or json")
        ->check(CLI::IsMember({"text", "json"}).description(""))
        ->type_name("FORMAT")
        ->capture_default_str();
    app.add_option("--parameter", options.parameter_list, "A value for policies from CloudFormation templates")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
}

std::vector<PolicyFile> read_policy_files(const std::string& argument, const PolicyFileOptions& options) {
    const TemplateParameters parameters = parse_template_parameters(options.parameter_list);
    std::vector<PolicyFile> found;
    std::error_code ignored;
    if (argument == "-" || !std::filesystem::is_directory(argument, ignored)) {
        add_file(argument, {}, options, parameters, found);
    } else {
        for (const std::string& file : files_below(argument))
            if (speaks_of_statements(file)) add_file(file, argument, options, parameters, found);
    }
    if (found.empty()) throw InputError({argument}, "holds no policy");
    return found;
}

analysis::Model read_model(const PolicyFile& file, const std::shared_ptr<analysis::VariableNames>& names) {
    // AWS's own policies break some of its rules.
    const auto strictness = file.name.starts_with("arn:") ? policy::Strictness::lenient : policy::Strictness::strict;
    const auto parsed = policy::parse(file.text, file.kind, strictness);
    if (const auto* error = std::get_if<policy::ParseError>(&parsed))
        throw InputError({file.name, error->line, error->column}, error->message);
    auto model = analysis::Model::read(file.text, file.kind, names);
    if (const auto* error = std::get_if<policy::ParseError>(&model))
        throw InputError({file.name, error->line, error->column}, error->message);
    return std::get<analysis::Model>(std::move(model));
}

}  // namespace iamlocal::tools
