#include <map>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/diff.hpp"
#include "base/json_text.hpp"
#include "tools/command_line.hpp"
#include "tools/findings.hpp"
#include "tools/policy.hpp"
#include "tools/policy_files.hpp"
#include "tools/policy_witness.hpp"

namespace iamlocal::tools {
namespace {

using DiffJson = nlohmann::ordered_json;

constexpr const char* diff_description =
    "What a change of policies allows and forbids. Each difference has a request that shows it, and that the engine "
    "confirms. Where there is none, that is so for every request.";

constexpr const char* diff_footer =
    "Examples:\n"
    "  iamlocal policy diff old.json new.json\n"
    "  iamlocal policy diff --kind trust before/ after/ --format json\n"
    "\n"
    "Exit status: 0 no difference, 1 differences, 2 unusable arguments or files,\n"
    "3 no difference was found, and there may be one.";

/// A document before and after; either may not be there.
struct Change {
    std::optional<PolicyFile> old;
    std::optional<PolicyFile> now;
};

/// What came of one.
struct ComparedFile {
    std::string name;
    policy::DocumentKind kind = policy::DocumentKind::identity;
    std::string only_in;  ///< `old` or `new`
    analysis::Diff diff;
    std::shared_ptr<const analysis::Model> model;  ///< for whether it names principals
};

std::vector<Change> changes_of(const std::string& old_name, const std::string& new_name,
                               const PolicyFileOptions& options) {
    std::vector<PolicyFile> old = read_policy_files(old_name, options);
    std::vector<PolicyFile> now = read_policy_files(new_name, options);
    if (old.size() == 1 && now.size() == 1) return {{std::move(old.front()), std::move(now.front())}};
    std::map<std::string, Change> by_key;
    for (PolicyFile& file : old) by_key[file.key].old = std::move(file);
    for (PolicyFile& file : now) by_key[file.key].now = std::move(file);
    std::vector<Change> changes;
    for (auto& [key, change] : by_key) changes.push_back(std::move(change));
    return changes;
}

ComparedFile compare_change(const Change& change) {
    const PolicyFile& named = change.now ? *change.now : *change.old;
    if (change.old && change.now && change.old->kind != change.now->kind)
        throw InputError({named.name},
                         fmt::format("is a policy of another kind than {}: {} and {}; say --kind", change.old->name,
                                     name_of(change.now->kind), name_of(change.old->kind)));
    const auto names = std::make_shared<analysis::VariableNames>();
    const auto read = [&](const std::optional<PolicyFile>& file) {
        return file ? read_model(*file, names) : analysis::Model::nothing(named.kind, names);
    };
    const analysis::Model old = read(change.old);
    const analysis::Model now = read(change.now);
    return {named.name, named.kind,
            !change.old   ? "new"
            : !change.now ? "old"
                          : "",
            analysis::compare(old, now), std::make_shared<const analysis::Model>(now)};
}

std::string diff_text(const analysis::Excess& excess, const analysis::Model& model, std::string_view says,
                      std::string_view which) {
    std::string out;
    for (const analysis::Difference& difference : excess.found) {
        out.append(fmt::format("  {}: {}, by {} of the {} document\n", says,
                               difference.action.empty() ? difference.witness.action : difference.action,
                               difference.statement, which));
        out.append(fmt::format("    {}\n", witness_text(difference.witness, model)));
        out.append(fmt::format("    the other document {}\n",
                               difference.is_denied ? "denies it explicitly" : "has nothing that allows it"));
    }
    for (const analysis::Doubt& doubt : excess.doubts)
        out.append(fmt::format("  cannot tell: {} of the {} document: {}\n", doubt.statement, which, doubt.because));
    return out;
}

std::string diff_text(const ComparedFile& seen) {
    std::string out = fmt::format("{} ({}{})\n", seen.name, name_of(seen.kind),
                                  seen.only_in.empty() ? "" : fmt::format(", only {}", seen.only_in));
    out.append(diff_text(seen.diff.allowed, *seen.model, "allows now", "new"));
    out.append(diff_text(seen.diff.forbidden, *seen.model, "no longer allows", "old"));
    if (seen.diff.allowed.is_none() && seen.diff.forbidden.is_none()) out.append("  allows the same\n");
    return out;
}

DiffJson diff_json(const analysis::Excess& excess, const analysis::Model& model) {
    DiffJson found = DiffJson::array();
    for (const analysis::Difference& difference : excess.found) {
        DiffJson entry{{"statement", difference.statement}};
        if (!difference.action.empty()) entry["action"] = difference.action;
        entry["witness"] = witness_json(difference.witness, model);
        entry["other"] = difference.is_denied ? "explicitDeny" : "implicitDeny";
        found.push_back(std::move(entry));
    }
    DiffJson doubts = DiffJson::array();
    for (const analysis::Doubt& doubt : excess.doubts)
        doubts.push_back({{"statement", doubt.statement}, {"because", doubt.because}});
    return {{"found", std::move(found)}, {"cannot_tell", std::move(doubts)}};
}

std::string diff_json(const std::vector<ComparedFile>& all) {
    DiffJson json{{"policies", DiffJson::array()}};
    for (const ComparedFile& seen : all) {
        DiffJson entry{{"file", seen.name}, {"kind", name_of(seen.kind)}};
        if (!seen.only_in.empty()) entry["only"] = seen.only_in;
        entry["allows_now"] = diff_json(seen.diff.allowed, *seen.model);
        entry["no_longer_allows"] = diff_json(seen.diff.forbidden, *seen.model);
        json["policies"].push_back(std::move(entry));
    }
    return json_text(json, 2) + "\n";
}

int diff_status(const std::vector<ComparedFile>& all) {
    int status = exit_good;
    for (const ComparedFile& seen : all) {
        if (!seen.diff.allowed.found.empty() || !seen.diff.forbidden.found.empty()) return exit_bad;
        if (!seen.diff.allowed.is_none() || !seen.diff.forbidden.is_none()) status = exit_unknown;
    }
    return status;
}

}  // namespace

int policy_diff(const std::vector<std::string>& arguments) {
    try {
        CLI::App app(diff_description, "iamlocal policy diff");
        app.footer(diff_footer);
        std::string old_name;
        std::string new_name;
        PolicyFileOptions options;
        app.add_option("OLD", old_name, "Before: a file, a folder, an ARN of AWS's managed policies, or -")->required();
        app.add_option("NEW", new_name, "After; files of folders go together by their names")->required();
        declare_policy_files(app, options);
        if (const auto help = parse_arguments(app, arguments)) {
            print(*help);
            return exit_good;
        }
        std::vector<ComparedFile> all;
        for (const Change& change : changes_of(old_name, new_name, options)) all.push_back(compare_change(change));
        if (options.format == "json") {
            print(diff_json(all));
        } else {
            for (const ComparedFile& seen : all) print(diff_text(seen));
        }
        return diff_status(all);
    } catch (const InputError& error) {
        return complain("policy diff", error.what());
    }
}

}  // namespace iamlocal::tools
