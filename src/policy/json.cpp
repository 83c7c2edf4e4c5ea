#include "policy/json.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/words.hpp"

namespace iamlocal::policy::json {
namespace {

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto add = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code_point < 0x80) {
        add(code_point);
        return;
    }
    if (code_point < 0x800) {
        add(0xC0 | code_point >> 6);
    } else {
        if (code_point < 0x10000) {
            add(0xE0 | code_point >> 12);
        } else {
            add(0xF0 | code_point >> 18);
            add(0x80 | (code_point >> 12 & 0x3F));
        }
        add(0x80 | (code_point >> 6 & 0x3F));
    }
    add(0x80 | (code_point & 0x3F));
}

/// The second of two values with the same key; null when all differ.
const Value* find_duplicate(std::span<const Value> members) {
    constexpr std::size_t few = 8;
    if (members.size() <= few) {
        for (const Value& member : members) {
            for (const Value* before = members.data(); before != &member; ++before)
                if (before->key == member.key) return &member;
        }
        return nullptr;
    }
    std::vector<const Value*> sorted(members.size());
    std::iota(sorted.begin(), sorted.end(), members.data());
    std::sort(sorted.begin(), sorted.end(), [](const Value* a, const Value* b) {
        const int order = a->key.compare(b->key);
        return order < 0 || (order == 0 && a < b);
    });
    const auto found = std::adjacent_find(sorted.begin(), sorted.end(),
                                          [](const Value* a, const Value* b) { return a->key == b->key; });
    return found == sorted.end() ? nullptr : found[1];
}

/// What cannot stand in a string as it is, or ends it.
bool is_special(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

/// Whether one of eight bytes is special.
bool has_special(std::uint64_t word) {
    return (any_less(word, 0x20) | any_equal(word, '"') | any_equal(word, '\\')) != 0;
}

/// How many values may be open at once before their room has to grow.
constexpr std::size_t usual_open_values = 64;
/// Of a policy, bytes of values for each of its text.
constexpr std::size_t usual_growth = 4;

}  // namespace

class Reader {
  public:
    Reader(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {
        document_.memory_ = std::make_unique<std::pmr::monotonic_buffer_resource>(usual_growth * (text.size() + 1));
        open_.reserve(usual_open_values);
    }

    /// False at the first violation; error() is then what.
    bool read_document() {
        skip_space();
        if (!read_value(document_.root_, 0)) return false;
        skip_space();
        return at_ == text_.size();
    }
    Document take() { return std::move(document_); }
    const Error& error() {
        error_.at = at_;
        if (at_ < text_.size() && text_[at_] == '\0') error_.reason = "a policy has no NUL";
        return error_;
    }

  private:
    bool refuse(std::string_view reason) {
        error_.reason = reason;
        return false;
    }

    bool read_value(Value& value, std::size_t depth) {
        if (at_ == text_.size()) return refuse("the text ends too early");
        if (depth > max_depth_) return refuse("objects and arrays are nested too deep");
        value.begin = at_;
        const bool read = read_by_first_character(value, depth);
        value.end = at_;
        return read;
    }

    bool read_by_first_character(Value& value, std::size_t depth) {
        switch (text_[at_]) {
            case '{':
                return read_object(value, depth);
            case '[':
                return read_array(value, depth);
            case '"':
                value.type = Type::string;
                return read_string(value.text);
            case 't':
                return read_word(value, Type::boolean, "true");
            case 'f':
                return read_word(value, Type::boolean, "false");
            case 'n':
                return read_word(value, Type::null, "null");
            default:
                return read_number(value);
        }
    }

    bool read_object(Value& value, std::size_t depth) {
        value.type = Type::object;
        ++at_;
        skip_space();
        if (take('}')) return true;
        const std::size_t first = open_.size();
        do {
            Value member;
            skip_space();
            if (at_ == text_.size() || text_[at_] != '"') return false;
            if (!read_string(member.key)) return false;
            skip_space();
            if (!take(':')) return false;
            skip_space();
            if (!read_value(member, depth + 1)) return false;
            open_.push_back(member);
            skip_space();
        } while (take(','));
        if (!take('}')) return false;
        value.items = close(first);
        const Value* const duplicate = find_duplicate(value.items);
        if (duplicate == nullptr) return true;
        at_ = text_.find('"', (duplicate - 1)->end);
        return refuse("this key is in the object twice");
    }

    bool read_array(Value& value, std::size_t depth) {
        value.type = Type::array;
        ++at_;
        skip_space();
        if (take(']')) return true;
        const std::size_t first = open_.size();
        do {
            Value item;
            skip_space();
            if (!read_value(item, depth + 1)) return false;
            open_.push_back(item);
            skip_space();
        } while (take(','));
        value.items = close(first);
        return take(']');
    }

    /// Moves what has been read since then to where it stays.
    std::span<const Value> close(std::size_t first) {
        const std::size_t count = open_.size() - first;
        std::pmr::polymorphic_allocator<Value> memory(document_.memory_.get());
        Value* const kept = memory.allocate(count);
        std::uninitialized_copy_n(open_.begin() + static_cast<std::ptrdiff_t>(first), count, kept);
        open_.resize(first);
        return {kept, count};
    }

    bool read_string(std::string_view& out) {
        const std::size_t begin = ++at_;
        skip_plain();
        if (at_ < text_.size() && text_[at_] == '"') {
            out = text_.substr(begin, at_ - begin);
            ++at_;
            return true;
        }
        std::string characters(text_.substr(begin, at_ - begin));
        if (!read_escaped(characters)) return false;
        std::pmr::polymorphic_allocator<char> memory(document_.memory_.get());
        char* const kept = memory.allocate(characters.size());
        std::copy(characters.begin(), characters.end(), kept);
        out = {kept, characters.size()};
        return true;
    }

    /// What is left of a string, up to its closing quote.
    bool read_escaped(std::string& out) {
        while (!take('"')) {
            if (!take('\\') || !read_escape(out)) return false;
            const std::size_t begin = at_;
            skip_plain();
            out.append(text_.substr(begin, at_ - begin));
        }
        return true;
    }

    /// To the next quote, backslash or control character, eight bytes at a time.
    void skip_plain() {
        const char* const end = text_.data() + text_.size();
        const char* at = text_.data() + at_;
        while (end - at >= 8 && !has_special(load_word(at))) at += 8;
        while (at != end && !is_special(*at)) ++at;
        at_ = static_cast<std::size_t>(at - text_.data());
    }

    bool read_escape(std::string& out) {
        if (at_ == text_.size()) return false;
        const char c = text_[at_++];
        switch (c) {
            case '"':
            case '\\':
            case '/':
                out.push_back(c);
                return true;
            case 'b':
                out.push_back('\b');
                return true;
            case 'f':
                out.push_back('\f');
                return true;
            case 'n':
                out.push_back('\n');
                return true;
            case 'r':
                out.push_back('\r');
                return true;
            case 't':
                out.push_back('\t');
                return true;
            case 'u':
                return read_unicode_escape(out);
            default:
                return false;
        }
    }

    bool read_unicode_escape(std::string& out) {
        const auto first = read_hex();
        if (!first) return false;
        if (*first == 0) return refuse("a policy has no NUL");
        std::uint32_t code_point = *first;
        if (code_point >= 0xDC00 && code_point < 0xE000) return false;
        if (code_point >= 0xD800 && code_point < 0xDC00) {
            if (!take('\\') || !take('u')) return false;
            const auto second = read_hex();
            if (!second || *second < 0xDC00 || *second >= 0xE000) return false;
            code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*second - 0xDC00);
        }
        append_utf8(out, code_point);
        return true;
    }

    std::optional<std::uint32_t> read_hex() {
        if (text_.size() - at_ < 4) return std::nullopt;
        std::uint32_t number = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = fold_case(text_[at_]);
            const bool digit = c >= '0' && c <= '9';
            if (!digit && !(c >= 'a' && c <= 'f')) return std::nullopt;
            number = number * 16 + static_cast<std::uint32_t>(digit ? c - '0' : c - 'a' + 10);
            ++at_;
        }
        return number;
    }

    bool read_word(Value& value, Type type, std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return false;
        value.type = type;
        value.text = word;
        at_ += word.size();
        return true;
    }

    bool read_number(Value& value) {
        const std::size_t begin = at_;
        take('-');
        if (!take('0') && !skip_digits()) return false;
        if (take('.') && !skip_digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            if (!skip_digits()) return false;
        }
        value.type = Type::number;
        value.text = text_.substr(begin, at_ - begin);
        return true;
    }

    bool skip_digits() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
        return at_ > begin;
    }

    void skip_space() {
        while (at_ < text_.size() &&
               (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
            ++at_;
        }
    }

    bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    std::string_view text_;
    std::size_t max_depth_;
    std::size_t at_ = 0;
    Document document_;
    std::vector<Value> open_;  ///< those of the arrays and objects that are being read, the outermost first
    Error error_;
};

namespace {

/// Of a text that is not UTF-8.
std::size_t find_bad_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
        if (!is_utf8(text.substr(at, length))) break;
        at += length;
    }
    return at;
}

bool is_utf16(std::string_view text) {
    return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ||
           (text.size() > 3 && ((text[0] == '\0' && text[2] == '\0') || (text[1] == '\0' && text[3] == '\0')));
}

}  // namespace

const Value* Value::find(std::string_view name) const {
    const auto found = std::find_if(items.begin(), items.end(), [&](const Value& item) { return item.key == name; });
    return type == Type::object && found != items.end() ? &*found : nullptr;
}

std::variant<Document, Error> parse(std::string_view text, Limits limits) {
    if (text.size() > limits.bytes) return Error{0, "the text is too long"};
    if (is_utf16(text)) return Error{0, "the text is UTF-16; save it as UTF-8"};
    if (text.starts_with("\xEF\xBB\xBF")) return Error{0, "the text begins with a byte order mark"};
    if (!is_utf8(text)) return Error{find_bad_byte(text), "this byte is not UTF-8"};
    Reader reader(text, limits.depth);
    if (!reader.read_document()) return reader.error();
    return reader.take();
}

}  // namespace iamlocal::policy::json
