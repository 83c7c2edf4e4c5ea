// An organization as the test bench reads and shows it: JSON to store::DeclaredOrganization and back.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "aws/quotas.hpp"
#include "store/organization.hpp"

namespace iamlocal::testbench {

/// Why a declaration is refused, and where in its text; a document that is given as a string counts its own lines.
struct DeclarationError {
    std::string message;
    std::size_t line = 1;
    std::size_t column = 1;
};

/// Reads a declaration (docs/organizations.md). All of it is checked: ids, paths, targets, the documents as AWS checks
/// them for their type, and AWS's quotas. Units whose ids are not given get ids made from the organization's id and
/// their paths.
std::variant<store::DeclaredOrganization, DeclarationError> parse_organization(std::string_view json,
                                                                               const aws::Quotas& quotas = {});

/// The declaration with everything that was filled in; parse_organization() reads it again.
std::string write_organization(const store::DeclaredOrganization& organization);

}  // namespace iamlocal::testbench
