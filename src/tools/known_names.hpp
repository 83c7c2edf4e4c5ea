// Names in policies that AWS does not have: a Deny with a misspelt action denies nothing, and nobody notices.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::tools {

/// Throws InputError with the place of the first action, condition key or resource's service that AWS does not have.
/// AWS's own policies, by their ARNs, are as they are.
///
/// @param file the document's name
/// @param way_out how such names are let pass, for the complaint
void require_known_names(std::string_view document, const std::string& file, std::string_view way_out);

}  // namespace iamlocal::tools
