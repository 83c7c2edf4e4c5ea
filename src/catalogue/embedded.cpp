#include "catalogue/embedded.hpp"

#include <cstddef>

// The files, byte for byte, among the program's constants.
__asm__(
    ".pushsection .rodata\n"
    ".global iamlocal_managed_policies_begin\n"
    ".global iamlocal_managed_policies_end\n"
    ".global iamlocal_service_reference_begin\n"
    ".global iamlocal_service_reference_end\n"
    "iamlocal_managed_policies_begin:\n"
    ".incbin \"" IAMLOCAL_CATALOGUE_DATA
    "/managed_policies.bin\"\n"
    "iamlocal_managed_policies_end:\n"
    "iamlocal_service_reference_begin:\n"
    ".incbin \"" IAMLOCAL_CATALOGUE_DATA
    "/service_reference.bin\"\n"
    "iamlocal_service_reference_end:\n"
    ".popsection\n");
extern "C" const char iamlocal_managed_policies_begin[];
extern "C" const char iamlocal_managed_policies_end[];
extern "C" const char iamlocal_service_reference_begin[];
extern "C" const char iamlocal_service_reference_end[];

namespace iamlocal::catalogue {

std::string_view embedded_managed_policies() {
    return {iamlocal_managed_policies_begin,
            static_cast<std::size_t>(iamlocal_managed_policies_end - iamlocal_managed_policies_begin)};
}

std::string_view embedded_service_reference() {
    return {iamlocal_service_reference_begin,
            static_cast<std::size_t>(iamlocal_service_reference_end - iamlocal_service_reference_begin)};
}

}  // namespace iamlocal::catalogue
