// Where policy documents come from beside files that hold one: AWS's managed policies, YAML, plans of Terraform,
// templates of CloudFormation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/input.hpp"

namespace iamlocal::tools {

/// One policy document of an input.
struct Source {
    std::string name;       ///< as it is shown
    std::string text;       ///< JSON
    std::string kind = {};  ///< as `validate --kind` has it, where the input says what the document is for
    /// About a value of a template that only CloudFormation knows; unknown_value stands for it. Empty: all is known.
    std::string problem = {};
};

/// What stands in a document for a value that is not known: a variable, of which nothing is known either.
inline constexpr std::string_view unknown_value = "${aws:PrincipalTag/unknown}";

/// What templates can be given values for, beside what AWS knows (`AWS::Region`).
struct TemplateNames {
    std::vector<std::string> names;  ///< parameters, resources, imports
    bool any_import = false;         ///< the name of one could not be worked out

    void add(const TemplateNames& more);
};

/// What an input holds.
struct Sources {
    std::vector<Source> found;
    std::vector<std::string> problems;  ///< about documents that could not be made out, each with its place
    std::vector<std::string> later;     ///< of a plan: names of documents that are known only when it is applied
    TemplateNames names = {};           ///< what the template can be given values for
};

/// The document that a name stands for: the ARN of one of AWS's managed policies, a file, or `-`. YAML (`.yaml`,
/// `.yml`) becomes JSON with each value on its line. `FILE#ADDRESS` is one of those that read_sources() finds in a plan
/// or template; an address may end early where only one document goes on with it. Throws InputError when there is none,
/// or it is too long.
[[nodiscard]] std::string read_document(const std::string& name, const TemplateParameters& given = {});

/// All documents of an input: one, those of the resources of a Terraform plan (`terraform show -json`), or those of a
/// CloudFormation template's resources. Throws as read_document() does.
[[nodiscard]] Sources read_sources(const std::string& name, const TemplateParameters& given = {});

/// Throws InputError for a value whose name means nothing to any of the templates: it changes nothing, and who gave it
/// thinks that it does.
void require_known_parameters(const TemplateParameters& given, const TemplateNames& known);
/// The same for the templates among `documents`, named as read_document() has them.
void require_known_parameters(const TemplateParameters& given, const std::vector<std::string>& documents);

/// Values for templates, written NAME=VALUE. Throws InputError for one without `=` or without name.
[[nodiscard]] TemplateParameters parse_template_parameters(const std::vector<std::string>& arguments);

/// The files below a folder that may hold policies, by their names, in order: `.json`, `.yaml`, `.yml`. Hidden files
/// and folders are passed over.
[[nodiscard]] std::vector<std::string> files_below(const std::string& folder);

/// Whether the word stands in the file at all: most files of a folder are something else, and not even well-formed.
[[nodiscard]] bool speaks_of_statements(const std::string& file);

/// Whether one of them is JSON with a Statement.
[[nodiscard]] bool looks_like_policies(const std::vector<Source>& sources);

}  // namespace iamlocal::tools
