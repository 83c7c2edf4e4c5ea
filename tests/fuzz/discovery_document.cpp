// Any text as a discovery document: it must be read or refused, and be that of the issuer who was asked.
#include "federation/discovery_document.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace iamlocal::federation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const bool is_ours = std::holds_alternative<JwksAddress>(parse_discovery_document(text, "https://idp.example.com"));
    const bool is_others = std::holds_alternative<JwksAddress>(parse_discovery_document(text, "https://other.example"));
    if (is_ours && is_others) std::abort();
    if (is_ours && text.find("idp") == std::string_view::npos && text.find('\\') == std::string_view::npos)
        std::abort();
    static_cast<void>(discovery_address(text));
    return 0;
}
