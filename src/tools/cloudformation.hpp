// The policies of CloudFormation templates.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/sources.hpp"

namespace iamlocal::tools {

/// Whether the text looks like a template, in JSON or YAML. A quick look: read_template() may find none.
[[nodiscard]] bool may_be_template(std::string_view text);

/// The policies of a template's resources, each called `FILE#RESOURCE.PROPERTY`, with the places that they have in the
/// file. Nothing when the text is no template. Throws InputError for a file that cannot be read at all.
[[nodiscard]] std::optional<Sources> read_template(const std::string& file, const std::string& text,
                                                   const TemplateParameters& given);

}  // namespace iamlocal::tools
