// The documents that `iamlocal policy` works on: files, folders, plans, templates and AWS's managed policies.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "analysis/model.hpp"
#include "policy/document_kind.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {

/// One document.
struct PolicyFile {
    std::string name;  ///< as it is shown
    std::string key;   ///< what tells it from others of the same argument: its path below a folder, its address
    std::string text;
    policy::DocumentKind kind = policy::DocumentKind::identity;
};

/// What the commands have in common.
struct PolicyFileOptions {
    std::string kind = "auto";
    std::string format = "text";
    std::vector<std::string> parameter_list;
};
/// Adds --kind, --format and --parameter.
void declare_policy_files(CLI::App& app, PolicyFileOptions& options);

/// All documents of an argument: those of a folder's files, or of one file. Throws InputError for what cannot be read,
/// holds none, or that AWS would refuse.
[[nodiscard]] std::vector<PolicyFile> read_policy_files(const std::string& argument, const PolicyFileOptions& options);

/// The document as sets; AWS would take it.
[[nodiscard]] analysis::Model read_model(const PolicyFile& file, const std::shared_ptr<analysis::VariableNames>& names);

}  // namespace iamlocal::tools
