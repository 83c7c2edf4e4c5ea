// Bodies that claim to be gzip. What is decoded stays within the limit, and the same body decodes the same way again.
#include "http/message/content_encoding.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace iamlocal::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t limit = 4096;
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    std::string buffer;
    const auto decoded = decode_content("gzip", body, buffer, limit);
    std::string second_buffer;
    const auto again = decode_content("GZIP", body, second_buffer, limit);
    if (decoded != again) std::abort();
    if (const auto* text = std::get_if<std::string_view>(&decoded); text != nullptr && text->size() > limit)
        std::abort();
    return 0;
}
