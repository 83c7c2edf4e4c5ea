#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/check.hpp"
#include "analysis/diff.hpp"
#include "base/json_text.hpp"
#include "lint/names.hpp"
#include "policy/question.hpp"
#include "tools/command_line.hpp"
#include "tools/findings.hpp"
#include "tools/policy.hpp"
#include "tools/policy_files.hpp"
#include "tools/policy_witness.hpp"

namespace iamlocal::tools {
namespace {

using analysis::Answer;
using analysis::Checked;
using CheckJson = nlohmann::ordered_json;

constexpr const char* check_description =
    "Whether policies can ever allow something. The answer is never, which is proved; can, with a request that the "
    "engine allows; or cannot tell, with the reason.";

constexpr const char* check_footer =
    "Examples:\n"
    "  iamlocal policy check --no-access iam:PassRole,iam:Create* ci.json\n"
    "  iamlocal policy check --no-new-access main/ci.json ci.json\n"
    "  iamlocal policy check --kind resource --no-public-access bucket.json\n"
    "\n"
    "Exit status: 0 never, 1 something can be allowed, 2 unusable arguments or\n"
    "files, 3 it cannot be told.";

struct CheckOptions {
    std::vector<std::string> files;
    std::vector<std::string> no_access;
    std::vector<std::string> resources;
    std::string no_new_access;
    bool no_public_access = false;
    bool no_escalation = false;
    PolicyFileOptions policies;

    [[nodiscard]] bool asks() const {
        return !no_access.empty() || !no_new_access.empty() || no_public_access || no_escalation;
    }
};

void describe_check(CLI::App& app, CheckOptions& options) {
    app.add_option("FILE", options.files,
                   "Policies: JSON, YAML, folders, Terraform plans in JSON, CloudFormation templates, ARNs of AWS's "
                   "managed policies; - is standard input")
        ->required();
    app.add_option("--no-access", options.no_access, "Actions, with wildcards or not, that must never be allowed")
        ->type_name("ACTION,…")
        ->delimiter(',')
        ->allow_extra_args(false);
    app.add_option("--resource", options.resources, "On which resources, for --no-access; default: any")
        ->type_name("ARN")
        ->allow_extra_args(false);
    app.add_option("--no-new-access", options.no_new_access, "Nothing may be allowed that this policy does not allow")
        ->type_name("REFERENCE");
    app.add_flag("--no-public-access", options.no_public_access,
                 "Policies of resources: nothing may be allowed to anybody");
    app.add_flag("--no-escalation", options.no_escalation,
                 "The holder must not be able to gain more permissions in a known way");
    declare_policy_files(app, options.policies);
}

void check_options(const CheckOptions& options) {
    if (!options.asks())
        throw InputError("say what to ask: --no-access, --no-new-access, --no-public-access or --no-escalation");
    if (!options.resources.empty() && options.no_access.empty()) throw InputError("--resource goes with --no-access");
    for (const std::string& action : options.no_access) {
        const bool is_open = action.find_first_of("*?") != std::string::npos;
        if (action != "*" && action.find(':') == std::string::npos)
            throw InputError(fmt::format("--no-access: '{}' is not SERVICE:NAME", action));
        if (is_open) continue;
        // An action that does not exist is never allowed, and whoever asks would be content.
        if (const auto slip = lint::find_action_slip(action)) throw InputError(fmt::format("--no-access: {}", *slip));
    }
    for (const std::string& resource : options.resources)
        if (!policy::is_resource_name(resource))
            throw InputError(fmt::format("--resource: '{}' is no ARN, and not *", resource));
}

std::vector<Checked> check_new_access(const PolicyFile& file, const CheckOptions& options) {
    std::vector<PolicyFile> references = read_policy_files(options.no_new_access, options.policies);
    if (references.size() != 1)
        throw InputError({options.no_new_access}, "holds several policies; name one as FILE#ADDRESS");
    references.front().kind = file.kind;
    const auto names = std::make_shared<analysis::VariableNames>();
    const analysis::Model reference = read_model(references.front(), names);
    const analysis::Excess excess = analysis::find_excess(read_model(file, names), reference);
    std::vector<Checked> answers;
    for (const analysis::Difference& difference : excess.found) {
        Checked checked;
        checked.answer = Answer::can;
        checked.question =
            fmt::format("new access to {}", difference.action.empty() ? difference.witness.action : difference.action);
        checked.statement = difference.statement;
        checked.witness = difference.witness;
        answers.push_back(std::move(checked));
    }
    for (const analysis::Doubt& doubt : excess.doubts) {
        Checked checked;
        checked.question = fmt::format("new access by {}", doubt.statement);
        checked.because = doubt.because;
        answers.push_back(std::move(checked));
    }
    if (!answers.empty()) return answers;
    Checked checked;
    checked.answer = Answer::never;
    checked.question = "new access";
    return {checked};
}

/// One document and all answers about it.
struct CheckedFile {
    PolicyFile file;
    std::shared_ptr<const analysis::Model> model;
    std::vector<Checked> answers;
};

CheckedFile check_file(PolicyFile file, const CheckOptions& options) {
    const auto model =
        std::make_shared<const analysis::Model>(read_model(file, std::make_shared<analysis::VariableNames>()));
    CheckedFile checked{std::move(file), model, {}};
    const auto add = [&](std::vector<Checked> answers) {
        for (Checked& answer : answers) checked.answers.push_back(std::move(answer));
    };
    if (!options.resources.empty() && checked.file.kind == policy::DocumentKind::trust)
        throw InputError({checked.file.name}, "is about its role alone: --resource asks about other policies");
    if (!options.no_access.empty()) add(analysis::check_access(*model, options.no_access, options.resources));
    if (!options.no_new_access.empty()) add(check_new_access(checked.file, options));
    if (options.no_public_access) {
        if (!model->has_principals())
            throw InputError({checked.file.name},
                             "names no principals: --no-public-access asks about policies of resources");
        add(analysis::check_public(*model));
    }
    if (options.no_escalation) {
        if (model->has_principals())
            throw InputError({checked.file.name}, "is no policy that somebody holds: --no-escalation asks about those");
        add(analysis::check_escalation(*model));
    }
    return checked;
}

std::string check_text(const CheckedFile& file) {
    std::string out = fmt::format("{} ({})\n", file.file.name, name_of(file.file.kind));
    for (const Checked& checked : file.answers) {
        out.append(fmt::format("  {}: {}", name_of(checked.answer), checked.question));
        if (checked.answer == Answer::can) {
            out.append(fmt::format(", by {}\n    {}\n", checked.statement, witness_text(checked.witness, *file.model)));
            if (!checked.because.empty()) out.append(fmt::format("    it {}\n", checked.because));
        } else {
            out.append(checked.because.empty() ? "\n" : fmt::format("\n    {}\n", checked.because));
        }
    }
    return out;
}

CheckJson check_json(const CheckedFile& file) {
    CheckJson json{{"file", file.file.name}, {"kind", name_of(file.file.kind)}, {"answers", CheckJson::array()}};
    for (const Checked& checked : file.answers) {
        CheckJson entry{{"question", checked.question}, {"answer", name_of(checked.answer)}};
        if (checked.answer == Answer::can) {
            entry["statement"] = checked.statement;
            entry["witness"] = witness_json(checked.witness, *file.model);
        }
        if (!checked.because.empty()) entry["because"] = checked.because;
        json["answers"].push_back(std::move(entry));
    }
    return json;
}

int check_status(const std::vector<CheckedFile>& files) {
    int status = exit_good;
    for (const CheckedFile& file : files) {
        for (const Checked& checked : file.answers) {
            if (checked.answer == Answer::can) return exit_bad;
            if (checked.answer == Answer::cannot_tell) status = exit_unknown;
        }
    }
    return status;
}

}  // namespace

int policy_check(const std::vector<std::string>& arguments) {
    try {
        CLI::App app(check_description, "iamlocal policy check");
        app.footer(check_footer);
        CheckOptions options;
        describe_check(app, options);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        check_options(options);
        std::vector<CheckedFile> files;
        for (const std::string& argument : options.files)
            for (PolicyFile& file : read_policy_files(argument, options.policies))
                files.push_back(check_file(std::move(file), options));
        if (options.policies.format == "json") {
            CheckJson json{{"policies", CheckJson::array()}};
            for (const CheckedFile& file : files) json["policies"].push_back(check_json(file));
            print(json_text(json, 2) + "\n");
        } else {
            for (const CheckedFile& file : files) print(check_text(file));
        }
        return check_status(files);
    } catch (const InputError& error) {
        return complain("policy check", error.what());
    }
}

}  // namespace iamlocal::tools
