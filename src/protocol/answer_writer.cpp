#include "protocol/answer_writer.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "base/words.hpp"

namespace iamlocal::protocol {
namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// What stands for a character in XML; empty: itself.
constexpr std::string_view xml_escape(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\r':
            return "&#xD;";
        default:
            // XML 1.0 has no form for the other control characters; an answer that cannot be parsed helps nobody.
            return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? replacement_character : "";
    }
}

/// Whether a byte can stand in XML as it is. What is not ASCII has to be looked at.
constexpr auto plain_bytes = [] {
    std::array<bool, 256> plain{};
    for (unsigned c = 0x20; c < 0x80; ++c) plain[c] = xml_escape(static_cast<char>(c)).empty();
    plain['\n'] = plain['\t'] = true;
    return plain;
}();

/// Of eight bytes; those that have a line break or a tab are looked at one by one.
bool is_plain(std::uint64_t word) {
    return (any_beyond_ascii(word) | any_less(word, 0x20) | any_equal(word, '&') | any_equal(word, '<') |
            any_equal(word, '>') | any_equal(word, '"')) == 0;
}

bool is_plain(std::string_view value) {
    std::size_t at = 0;
    while (value.size() - at >= 8 && is_plain(load_word(value.data() + at))) at += 8;
    return std::all_of(value.begin() + static_cast<std::ptrdiff_t>(at), value.end(),
                       [](char c) { return plain_bytes[static_cast<unsigned char>(c)]; });
}

void append_escaped(std::string& out, std::string_view value) {
    std::size_t copied = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const std::string_view replacement = xml_escape(value[i]);
        if (replacement.empty()) continue;
        out.append(value, copied, i - copied).append(replacement);
        copied = i + 1;
    }
    out.append(value, copied);
}

}  // namespace

std::size_t AnswerWriter::indent() const { return static_cast<std::size_t>(depth_) * 2; }

void AnswerWriter::line() {
    out_.push_back('\n');
    out_.append(indent(), ' ');
}

/// `<Name>value</Name>` on a line of its own, in one piece: lists have thousands of them.
void AnswerWriter::plain_leaf(std::string_view name, std::string_view value) {
    std::size_t end = out_.size();
    out_.resize(end + 1 + indent() + 2 * name.size() + value.size() + 5, ' ');
    const auto put = [&](std::string_view text) {
        std::memcpy(out_.data() + end, text.data(), text.size());
        end += text.size();
    };
    put("\n");
    end += indent();
    put("<");
    put(name);
    put(">");
    put(value);
    put("</");
    put(name);
    put(">");
    fresh_ = false;
}

void AnswerWriter::open(std::string_view name, std::string_view suffix, std::string_view xmlns) {
    if (depth_ > 0) line();
    out_.append("<").append(name).append(suffix);
    if (!xmlns.empty()) out_.append(" xmlns=\"").append(xmlns).append("\"");
    out_.push_back('>');
    ++depth_;
    fresh_ = true;
}

void AnswerWriter::close(std::string_view name, std::string_view suffix) {
    --depth_;
    if (fresh_) {
        out_.back() = '/';
        out_.push_back('>');
    } else {
        line();
        out_.append("</").append(name).append(suffix).append(">");
    }
    fresh_ = false;
}

void AnswerWriter::json_separator() {
    if (!fresh_) out_.push_back(',');
    fresh_ = false;
}

void AnswerWriter::json_key(std::string_view name, std::string_view suffix) {
    json_separator();
    out_.append("\"").append(name).append(suffix).append("\":");
}

void AnswerWriter::begin_document(std::string_view root, std::string_view suffix, std::string_view xmlns) {
    root_ = root;
    note(ElementKind::structure);
    if (format_ == AnswerFormat::xml) {
        open(root, suffix, xmlns);
        return;
    }
    out_.push_back('{');
    // JSON errors stand at the top; results stand inside an object named like the XML root.
    if (suffix.empty()) return;
    json_key(root, suffix);
    out_.push_back('{');
    fresh_ = true;
}

void AnswerWriter::end_document(std::string_view root, std::string_view suffix) {
    if (format_ == AnswerFormat::xml) {
        close(root, suffix);
        out_.push_back('\n');
        return;
    }
    out_.append(suffix.empty() ? "}" : "}}");
}

void AnswerWriter::begin(std::string_view name, std::string_view suffix) {
    note(ElementKind::structure);
    if (format_ == AnswerFormat::xml) {
        open(name, suffix, {});
        return;
    }
    json_key(name, suffix);
    out_.push_back('{');
    fresh_ = true;
}

void AnswerWriter::end(std::string_view name, std::string_view suffix) {
    if (format_ == AnswerFormat::xml) {
        close(name, suffix);
        return;
    }
    out_.push_back('}');
    fresh_ = false;
}

void AnswerWriter::begin_list(std::string_view name) {
    note(ElementKind::list);
    if (format_ == AnswerFormat::xml) {
        open(name, {}, {});
        return;
    }
    json_key(name);
    out_.push_back('[');
    fresh_ = true;
}

void AnswerWriter::end_list(std::string_view name) {
    if (format_ == AnswerFormat::xml) {
        close(name, {});
        return;
    }
    out_.push_back(']');
    fresh_ = false;
}

void AnswerWriter::begin_member() {
    note(ElementKind::structure);
    if (format_ == AnswerFormat::xml) {
        open("member", {}, {});
        return;
    }
    json_separator();
    out_.push_back('{');
    fresh_ = true;
}

void AnswerWriter::end_member() {
    if (format_ == AnswerFormat::xml) {
        close("member", {});
        return;
    }
    out_.push_back('}');
    fresh_ = false;
}

void AnswerWriter::member(std::string_view value) {
    note(ElementKind::text);
    if (format_ == AnswerFormat::xml) {
        text_leaf("member", value);
        return;
    }
    json_separator();
    out_.push_back('"');
    escaped(value);
    out_.push_back('"');
}

void AnswerWriter::leaf_start(std::string_view name) {
    if (format_ == AnswerFormat::json) {
        json_key(name);
        return;
    }
    line();
    out_.append("<").append(name).append(">");
}

void AnswerWriter::leaf_end(std::string_view name) {
    if (format_ == AnswerFormat::xml) out_.append("</").append(name).append(">");
    fresh_ = false;
}

void AnswerWriter::text(std::string_view name, std::string_view value) {
    note(ElementKind::text);
    text_leaf(name, value);
}

void AnswerWriter::secret(std::string_view name, std::string_view value) {
    note(ElementKind::secret);
    text_leaf(name, value);
}

void AnswerWriter::text_leaf(std::string_view name, std::string_view value) {
    if (format_ == AnswerFormat::xml && is_plain(value)) return plain_leaf(name, value);
    leaf_start(name);
    if (format_ == AnswerFormat::json) out_.push_back('"');
    escaped(value);
    if (format_ == AnswerFormat::json) out_.push_back('"');
    leaf_end(name);
}

void AnswerWriter::number(std::string_view name, std::int64_t value) {
    note(ElementKind::number);
    number_leaf(name, value);
}

void AnswerWriter::number_leaf(std::string_view name, std::int64_t value) {
    leaf_start(name);
    const fmt::format_int digits(value);
    out_.append(digits.data(), digits.size());
    leaf_end(name);
}

void AnswerWriter::boolean(std::string_view name, bool value) {
    note(ElementKind::boolean);
    leaf_start(name);
    out_.append(value ? "true" : "false");
    leaf_end(name);
}

void AnswerWriter::map_entry(std::string_view key, std::int64_t value) {
    note(ElementKind::number_entry);
    if (format_ == AnswerFormat::json) {
        number_leaf(key, value);
        return;
    }
    open("entry", {}, {});
    text_leaf("key", key);
    number_leaf("value", value);
    close("entry", {});
}

void AnswerWriter::map_entry(std::string_view key, std::string_view value) {
    note(ElementKind::entry);
    if (format_ == AnswerFormat::json) {
        text_leaf(key, value);
        return;
    }
    open("entry", {}, {});
    text_leaf("key", key);
    text_leaf("value", value);
    close("entry", {});
}

void AnswerWriter::time(std::string_view name, Seconds value) {
    note(ElementKind::time);
    if (format_ == AnswerFormat::json) {
        number_leaf(name, value.time_since_epoch().count());
        return;
    }
    plain_leaf(name, format_iso8601(value));
}

void AnswerWriter::time(std::string_view name, Milliseconds value) {
    note(ElementKind::time);
    leaf_start(name);
    if (format_ == AnswerFormat::json) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(value);
        out_.append(fmt::format("{}.{:03}", seconds.time_since_epoch().count(), (value - seconds).count()));
    } else {
        out_.append(format_iso8601(value));
    }
    leaf_end(name);
}

void AnswerWriter::escaped(std::string_view value) {
    if (format_ == AnswerFormat::json) {
        json_append(out_, value);
        return;
    }
    unsigned char seen = 0;
    for (const char c : value) seen |= static_cast<unsigned char>(c);
    if ((seen & 0x80) == 0) return append_escaped(out_, value);
    // XML has neither bytes that are no UTF-8 nor the two characters at the end of the first plane.
    std::string repaired;
    append_repaired(repaired, value);
    for (const std::string_view no_character : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
        for (std::size_t at = 0; (at = repaired.find(no_character, at)) != std::string::npos;)
            repaired.replace(at, no_character.size(), replacement_character);
    append_escaped(out_, repaired);
}

}  // namespace iamlocal::protocol
