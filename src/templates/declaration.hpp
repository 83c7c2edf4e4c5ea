// Templates as the test bench declares them: JSON to Templates (docs/templates.md).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "templates/template.hpp"

namespace iamlocal::templates {

/// Why a declaration is refused, and where in its text.
struct DeclarationError {
    std::string message;
    std::size_t line = 1;
    std::size_t column = 1;
};

/// All of it is checked: members, ARNs, that documents are policies in form, and that every placeholder is a parameter.
/// Versions whose ids are not given get ids made from ARN and number.
std::variant<Templates, DeclarationError> parse_declaration(std::string_view json);

}  // namespace iamlocal::templates
