#include "tools/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <yaml-cpp/emitter.h>
#include <yaml-cpp/emittermanip.h>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"

namespace iamlocal::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// What readers of YAML, old and new, take for no text.
constexpr std::array<std::string_view, 10> words{"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Begins with a letter, or with the slash of a path, and has nothing in it that means something.
bool is_plain(std::string_view text) {
    if (text.empty() || !(is_letter(text.front()) || text.front() == '/')) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_fine =
            is_letter(c) || (c >= '0' && c <= '9') || std::string_view("-_./@+=").find(c) != std::string_view::npos ||
            (c == ':' && i + 1 < text.size()) || (c == ' ' && i + 1 < text.size() && text[i - 1] != ':');
        if (!is_fine) return false;
    }
    return std::find(words.begin(), words.end(), fold_case(text)) == words.end();
}

void emit(YAML::Emitter& out, const OrderedJson& value);

void emit_text(YAML::Emitter& out, const std::string& text) {
    if (!is_plain(text)) out << YAML::DoubleQuoted;
    out << text;
}

void emit_map(YAML::Emitter& out, const OrderedJson& value) {
    if (value.empty()) out << YAML::Flow;
    out << YAML::BeginMap;
    for (const auto& [name, member] : value.items()) {
        out << YAML::Key;
        emit_text(out, name);
        out << YAML::Value;
        emit(out, member);
    }
    out << YAML::EndMap;
}

void emit_list(YAML::Emitter& out, const OrderedJson& value) {
    const bool is_short =
        std::none_of(value.begin(), value.end(), [](const auto& item) { return item.is_structured(); });
    if (value.empty() || (is_short && value.size() == 1)) out << YAML::Flow;
    out << YAML::BeginSeq;
    for (const OrderedJson& item : value) emit(out, item);
    out << YAML::EndSeq;
}

void emit(YAML::Emitter& out, const OrderedJson& value) {
    if (value.is_object())
        emit_map(out, value);
    else if (value.is_array())
        emit_list(out, value);
    else if (value.is_string())
        emit_text(out, value.get<std::string>());
    else
        out << value.dump();
}

}  // namespace

std::string yaml_text(const OrderedJson& value) {
    YAML::Emitter out;
    emit(out, value);
    return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace iamlocal::tools
