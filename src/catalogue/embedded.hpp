// The catalogue's files as they are part of the program.
#pragma once

#include <string_view>

namespace iamlocal::catalogue {

/// Form: CompressedFile. Their pages are read from disk when they are touched, so that what nobody asks for costs no
/// memory.
std::string_view embedded_managed_policies();
std::string_view embedded_service_reference();

}  // namespace iamlocal::catalogue
