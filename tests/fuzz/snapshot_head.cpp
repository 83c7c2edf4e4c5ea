// Any bytes as the beginning of a snapshot's file: the lines must be read or refused, and what is read must be what is
// written of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "db/snapshot_shelf.hpp"

using namespace iamlocal::db;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = parse_snapshot_head(text);
    if (!read) return 0;
    if (read->size > text.size()) std::abort();
    const auto again = parse_snapshot_head(write_snapshot_head(read->head, read->image_hash));
    if (!again || again->head.notes != read->head.notes || again->head.bytes != read->head.bytes) std::abort();
    return 0;
}
