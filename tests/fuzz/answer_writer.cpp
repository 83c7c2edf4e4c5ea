// Texts in answers. Whatever bytes they have, XML is made of characters that XML 1.0 has, JSON of UTF-8, and a text
// that was in order is there unchanged.
#include "protocol/answer_writer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/encoding.hpp"

using namespace iamlocal;
using namespace iamlocal::protocol;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string written(AnswerFormat format, std::string_view text) {
    std::string out;
    AnswerWriter writer(format, out);
    writer.text("A", text);
    return out;
}

/// Undoes the escapes of XML.
std::string read(std::string_view xml) {
    std::string text;
    while (!xml.empty()) {
        bool escaped = false;
        for (const auto& [escape, character] :
             {std::pair{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#xD;", '\r'}}) {
            if (!xml.starts_with(escape)) continue;
            text.push_back(character);
            xml.remove_prefix(std::string_view(escape).size());
            escaped = true;
            break;
        }
        if (escaped) continue;
        require(xml.front() != '&' && xml.front() != '<' && xml.front() != '>');
        text.push_back(xml.front());
        xml.remove_prefix(1);
    }
    return text;
}

bool has_only_characters_of_xml(std::string_view text) {
    if (!is_utf8(text)) return false;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    return text.find("\xEF\xBF\xBE") == text.npos && text.find("\xEF\xBF\xBF") == text.npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string xml = written(AnswerFormat::xml, text);
    constexpr std::string_view before = "\n<A>";
    constexpr std::string_view after = "</A>";
    require(xml.starts_with(before) && xml.ends_with(after) && xml.size() >= before.size() + after.size());
    const std::string content =
        read(std::string_view(xml).substr(before.size(), xml.size() - before.size() - after.size()));
    require(has_only_characters_of_xml(content));
    if (has_only_characters_of_xml(text)) require(content == text);
    require(is_utf8(written(AnswerFormat::json, text)));
    return 0;
}
