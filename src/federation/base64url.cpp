#include "federation/base64url.hpp"

#include "base/encoding.hpp"

namespace iamlocal::federation {

std::string base64url_encode(std::string_view bytes) {
    std::string text = base64_encode(as_bytes(bytes));
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    std::string usual(text);
    for (char& c : usual) {
        if (c == '+' || c == '/' || c == '=') return std::nullopt;
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    while (usual.size() % 4 != 0) usual += '=';
    return base64_decode(usual);
}

}  // namespace iamlocal::federation
