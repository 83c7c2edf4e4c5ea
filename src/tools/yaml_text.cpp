#include "tools/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_text.hpp"

namespace iamlocal::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// What readers of YAML, old and new, take for no text.
constexpr std::array<std::string_view, 10> words{"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"};
constexpr std::size_t longest_word = 5;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Letters and digits, and what means something in YAML nowhere in a text.
bool is_harmless(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/' || c == '@' ||
           c == '+' || c == '=';
}

/// Begins with a letter, or with the slash of a path, and has nothing in it that means something.
bool is_plain(std::string_view text) {
    if (text.empty() || !(is_letter(text.front()) || text.front() == '/')) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_harmless(text[i])) continue;
        const bool is_within = i + 1 < text.size();
        if (!is_within || (text[i] != ':' && text[i] != ' ')) return false;
        if (text[i] == ':' && text[i + 1] == ' ') return false;
    }
    return text.size() > longest_word || std::find(words.begin(), words.end(), fold_case(text)) == words.end();
}

/// What JSON shows as it is and YAML does not: readers of YAML take it for the end of a line, or for nothing printable.
std::string yaml_quoted(const std::string& text) {
    const bool is_shown_as_it_is =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
    if (is_shown_as_it_is) return '"' + text + '"';
    constexpr std::string_view escapes[][2] = {
        {"\xe2\x80\xa8", "\\u2028"}, {"\xe2\x80\xa9", "\\u2029"}, {"\xef\xbb\xbf", "\\ufeff"}, {"\x7f", "\\u007f"}};
    const std::string json = json_text(OrderedJson(text));
    std::string out;
    for (std::size_t at = 0; at < json.size();) {
        const std::string_view rest = std::string_view(json).substr(at);
        const auto* const escape = std::find_if(std::begin(escapes), std::end(escapes),
                                                [&](const auto& pair) { return rest.starts_with(pair[0]); });
        // U+0080 to U+009F.
        const bool is_control = rest.size() > 1 && rest[0] == '\xc2' && static_cast<unsigned char>(rest[1]) < 0xa0;
        if (escape != std::end(escapes)) {
            out.append((*escape)[1]);
            at += (*escape)[0].size();
        } else if (is_control) {
            out.append(fmt::format("\\u{:04x}", static_cast<unsigned char>(rest[1])));
            at += 2;
        } else {
            out.push_back(json[at++]);
        }
    }
    return out;
}

/// Writes by hand: yaml-cpp's emitter takes more than a second for what large accounts hold.
class YamlWriter {
  public:
    std::string write(const OrderedJson& value) && {
        if (!value.is_structured() || is_short(value))
            line(value);
        else
            block(value, 0);
        return std::move(out_);
    }

  private:
    static bool is_short(const OrderedJson& value) {
        return value.empty() || (value.is_array() && value.size() == 1 && !value.front().is_structured());
    }

    void text(const std::string& text) { out_.append(is_plain(text) ? text : yaml_quoted(text)); }

    void scalar(const OrderedJson& value) {
        if (value.is_string())
            text(value.get_ref<const std::string&>());
        else
            out_.append(json_text(value));
    }

    /// A value that has its place on the line, and the line's end.
    void line(const OrderedJson& value) {
        if (value.is_array() && !value.empty()) {
            out_.push_back('[');
            scalar(value.front());
            out_.push_back(']');
        } else {
            scalar(value);
        }
        out_.push_back('\n');
    }

    /// The members or items, each on lines of its own; `continues`: the first on the line that was begun.
    void block(const OrderedJson& value, std::size_t indent, bool continues = false) {
        // Not by items(), which makes a text of every number in a list.
        for (auto member = value.begin(); member != value.end(); ++member) {
            if (!continues) out_.append(indent, ' ');
            continues = false;
            if (value.is_array()) {
                out_.append("- ");
            } else {
                text(member.key());
                out_.push_back(':');
            }
            entry(*member, indent + 2, value.is_array());
        }
    }

    void entry(const OrderedJson& value, std::size_t indent, bool is_item) {
        if (!value.is_structured() || is_short(value)) {
            if (!is_item) out_.push_back(' ');
            line(value);
            return;
        }
        if (!is_item) out_.push_back('\n');
        block(value, indent, is_item);
    }

    std::string out_;
};

}  // namespace

std::string yaml_text(const OrderedJson& value) { return YamlWriter().write(value); }

}  // namespace iamlocal::tools
