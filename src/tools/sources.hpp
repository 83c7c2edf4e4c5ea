// Where policy documents come from beside files that hold one: AWS's managed policies, YAML, Terraform plans.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// One policy document of an input.
struct Source {
    std::string name;    ///< as it is shown
    std::string text;    ///< JSON
    bool trust = false;  ///< known to be a role's trust policy
};

/// The document that a name stands for: the ARN of one of AWS's managed policies, a file, or `-`. YAML (`.yaml`,
/// `.yml`) becomes JSON with each value on its line. Throws InputError when there is none, or it is too long.
[[nodiscard]] std::string read_document(const std::string& name);

/// All documents of an input: one, or those of the resources of a Terraform plan (`terraform show -json`). Throws as
/// read_document() does.
[[nodiscard]] std::vector<Source> read_sources(const std::string& name);

/// The files below a folder that may hold policies, by their names, in order: `.json`, `.yaml`, `.yml`. Hidden files
/// and folders are passed over.
[[nodiscard]] std::vector<std::string> files_below(const std::string& folder);

/// Whether the word stands in the file at all: most files of a folder are something else, and not even well-formed.
[[nodiscard]] bool speaks_of_statements(const std::string& file);

/// Whether a text is JSON with a Statement, or one of the other forms that read_sources() takes apart.
[[nodiscard]] bool looks_like_policies(const std::vector<Source>& sources);

}  // namespace iamlocal::tools
