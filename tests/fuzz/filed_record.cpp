// Files of the trail, which anybody may have put there: what is taken for a record can be shown.
#include "trail/filed_record.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace trail = iamlocal::trail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const trail::FiledRecord& record : trail::FiledRecord::of({reinterpret_cast<const char*>(data), size})) {
        if (record.id().empty() || record.name().empty() || record.text().empty()) std::abort();
        for (const trail::NamedResource& resource : record.resources())
            if (resource.type.empty() || resource.name.empty()) std::abort();
        static_cast<void>(record.user_name().size() + record.access_key_id().size() + record.source().size());
        static_cast<void>(record.is_read());
    }
    return 0;
}
