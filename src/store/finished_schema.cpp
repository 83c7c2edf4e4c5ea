// The schema as store_schema has packed it in this build, byte for byte among the program's constants.
#include <cstddef>

#include "store/migrations.hpp"

__asm__(
    ".pushsection .rodata\n"
    ".global iamlocal_finished_schema_begin\n"
    ".global iamlocal_finished_schema_end\n"
    "iamlocal_finished_schema_begin:\n"
    ".incbin \"" IAMLOCAL_FINISHED_SCHEMA
    "\"\n"
    "iamlocal_finished_schema_end:\n"
    ".popsection\n");
extern "C" const char iamlocal_finished_schema_begin[];
extern "C" const char iamlocal_finished_schema_end[];

namespace iamlocal::store {

db::Schema schema() {
    const auto size = static_cast<std::size_t>(iamlocal_finished_schema_end - iamlocal_finished_schema_begin);
    return {migrations(), {iamlocal_finished_schema_begin, size}};
}

}  // namespace iamlocal::store
