#include "policy/glob.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

/// In the code, a byte up to max_literal is the length of the literal text that follows it; the bytes above stand for
/// themselves.
constexpr unsigned char max_literal = 240;
enum Mark : unsigned char {
    star = 241,
    one,
    star_in_part,  ///< matches no colon, as the next
    one_in_part,
    variable,
};

/// By byte, whether it means something else than itself in one syntax or another.
constexpr std::array<bool, 256> may_be_special = [] {
    std::array<bool, 256> special{};
    for (const unsigned char c : {'*', '?', '$'}) special[c] = true;
    return special;
}();

bool is_literal(unsigned char byte) { return byte <= max_literal; }

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// What `?` takes at `at`, in UTF-8: up to the end of the character there. One of four bytes is two units of UTF-16,
/// and its middle byte stands for the place between them: no literal begins there.
std::size_t next_unit(std::string_view text, std::size_t at) {
    const bool is_long = static_cast<unsigned char>(text[at]) >= 0xF0 && text.size() - at >= 4 &&
                         continues_character(text[at + 1]) && continues_character(text[at + 2]) &&
                         continues_character(text[at + 3]);
    if (is_long) return at + 2;
    ++at;
    while (at < text.size() && continues_character(text[at])) ++at;
    return at;
}

/// Finds where variables end. One for a whole text, which it then reads once however many `${` there are.
class VariableEnds {
  public:
    explicit VariableEnds(std::string_view text) : text_(text) {}

    /// Of the `${…}` whose content starts at `begin`: the position of its '}', or npos. A default in quotes may itself
    /// contain braces.
    std::size_t find(std::size_t begin) {
        if (brace_ != none) brace_ = text_.find('}', begin);
        if (brace_ == none || quoted_brace_ == none) return brace_;
        const std::size_t quote = text_.substr(0, brace_).find(", '", begin);
        if (quote == none) return brace_;
        quoted_brace_ = text_.find("'}", quote + 3);
        return quoted_brace_ == none ? brace_ : quoted_brace_ + 1;
    }

  private:
    static constexpr std::size_t none = std::string_view::npos;

    std::string_view text_;
    std::size_t brace_ = 0;         ///< none: no '}' comes any more
    std::size_t quoted_brace_ = 0;  ///< none: no "'}" comes any more
};

Variable parse_variable(std::string_view content) {
    Variable variable;
    const std::size_t comma = content.find(", '");
    std::string_view key = content;
    if (comma != std::string_view::npos && content.size() >= comma + 4 && content.back() == '\'') {
        key = content.substr(0, comma);
        variable.fallback = std::string(content.substr(comma + 3, content.size() - comma - 4));
    }
    variable.key = fold_case(key);
    variable.spelled = std::string(key);
    return variable;
}

}  // namespace

/// Adds to a pattern's code. Literals that follow each other become one, as long as one can be.
class Glob::Writer {
  public:
    explicit Writer(std::string& code) : code_(code) {
        for (std::size_t at = 0; at < code_.size();) {
            const auto byte = static_cast<unsigned char>(code_[at]);
            literal_ = is_literal(byte) ? at : none;
            at += is_literal(byte) ? byte + std::size_t{1} : 1;
        }
    }

    void literal(std::string_view text) {
        while (!text.empty()) {
            if (literal_ == none || length() == max_literal) {
                literal_ = code_.size();
                code_.push_back('\0');
            }
            const std::size_t size = std::min<std::size_t>(text.size(), max_literal - length());
            code_.append(text.substr(0, size));
            code_[literal_] = static_cast<char>(length() + size);
            text.remove_prefix(size);
        }
    }

    /// `?` after `*` is written before it, which means the same: then there is nothing to try again at every place.
    void mark(Mark mark) {
        const bool after_mark = literal_ == none && !code_.empty();
        const auto last = after_mark ? static_cast<unsigned char>(code_.back()) : std::uint8_t{0};
        if ((mark == star || mark == star_in_part) && last == mark) return;
        const bool swaps = (mark == one && last == star) || (mark == one_in_part && last == star_in_part);
        if (swaps) code_.pop_back();
        code_.push_back(static_cast<char>(mark));
        if (swaps) code_.push_back(static_cast<char>(last));
        literal_ = none;
    }

  private:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    [[nodiscard]] unsigned char length() const { return static_cast<unsigned char>(code_[literal_]); }

    std::string& code_;
    std::size_t literal_ = none;  ///< where the last literal's length stands, if a literal is last
};

void Glob::append(std::string_view text, GlobSyntax syntax) {
    Writer writer(code_);
    std::size_t literal = 0;  // start of the literal text not yet added
    std::size_t at = 0;
    VariableEnds variables(text);
    const auto flush = [&] { writer.literal(text.substr(literal, at - literal)); };
    const auto is_special = [](char c) { return may_be_special[static_cast<unsigned char>(c)]; };
    while (true) {
        at = static_cast<std::size_t>(std::find_if(text.begin() + at, text.end(), is_special) - text.begin());
        if (at == text.size()) break;
        const char c = text[at];
        if (syntax.wildcards && (c == '*' || c == '?')) {
            flush();
            if (c == '*') writer.mark(syntax.in_part ? star_in_part : star);
            if (c == '?') writer.mark(syntax.in_part ? one_in_part : one);
            literal = ++at;
            continue;
        }
        if (syntax.variables && c == '$' && at + 1 < text.size() && text[at + 1] == '{') {
            const std::size_t end = variables.find(at + 2);
            if (end == std::string_view::npos) {
                at += 2;
                continue;
            }
            flush();
            const std::string_view content = text.substr(at + 2, end - at - 2);
            if (content == "*" || content == "?" || content == "$") {
                writer.literal(content);
            } else {
                writer.mark(variable);
                variables_.push_back(parse_variable(content));
            }
            literal = at = end + 1;
            continue;
        }
        ++at;
    }
    flush();
}

Glob Glob::parse(std::string_view text, GlobSyntax syntax) {
    Glob glob;
    glob.reserve(text.size());
    glob.append(text, syntax);
    return glob;
}

bool Glob::matches(std::string_view subject) const {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    const std::string_view code = code_;
    const auto literal_at = [&](std::size_t at) { return code.substr(at + 1, static_cast<unsigned char>(code[at])); };
    std::size_t next = 0;           // in the code
    std::size_t at = 0;             // in the subject
    std::size_t after_star = none;  // what follows the last star, to which a mismatch returns
    std::size_t star_end = 0;       // how far that star reaches so far
    bool star_stops = false;        // whether it stops at colons
    while (true) {
        if (next == code.size()) {
            if (at == subject.size()) return true;
        } else {
            const auto byte = static_cast<unsigned char>(code[next]);
            if (is_literal(byte)) {
                if (subject.substr(at).starts_with(literal_at(next))) {
                    at += byte;
                    next += byte + std::size_t{1};
                    continue;
                }
            } else if (byte == star || byte == star_in_part) {
                ++next;
                star_stops = byte == star_in_part;
                if (next == code.size() && !star_stops) return true;
                after_star = next;
                star_end = at;
                continue;
            } else if (byte == variable) {
                return false;
            } else if (at < subject.size() && (byte == one || subject[at] != ':')) {
                at = next_unit(subject, at);
                ++next;
                continue;
            }
        }
        // A mismatch: let the last star take more, up to the next place where the literal after it stands.
        if (after_star == none || star_end >= subject.size()) return false;
        std::size_t end = next_unit(subject, star_end);
        if (after_star < code.size() && is_literal(static_cast<unsigned char>(code[after_star]))) {
            end = subject.find(literal_at(after_star), end);
            if (end == std::string_view::npos) return false;
        }
        if (star_stops && subject.substr(star_end, end - star_end).find(':') != std::string_view::npos) return false;
        at = star_end = end;
        next = after_star;
    }
}

std::optional<Glob> Glob::resolve(const RequestContext& context, std::size_t longest) const {
    constexpr std::size_t usual_value = 32;
    Glob resolved;
    resolved.code_.reserve(code_.size() + std::min(variables_.size() * usual_value, longest));
    Writer writer(resolved.code_);
    std::size_t left = longest;  // for literal text
    const auto write = [&](std::string_view text) {
        if (text.size() > left) return false;
        left -= text.size();
        writer.literal(text);
        return true;
    };
    std::size_t number = 0;  // of the next variable
    for (std::size_t at = 0; at < code_.size(); ++at) {
        const auto byte = static_cast<unsigned char>(code_[at]);
        if (is_literal(byte)) {
            if (!write(std::string_view(code_).substr(at + 1, byte))) return std::nullopt;
            at += byte;
            continue;
        }
        if (byte != variable) {
            writer.mark(static_cast<Mark>(byte));
            continue;
        }
        const Variable& wanted = variables_[number++];
        const std::optional<Values> value = context.find(wanted.key);
        if (!value) {
            if (!wanted.fallback || !write(*wanted.fallback)) return std::nullopt;
            continue;
        }
        if (value->multivalued || value->items.size() != 1 || !write(value->items.front())) return std::nullopt;
    }
    return resolved;
}

std::optional<std::size_t> Glob::count_colons(const RequestContext& context) const {
    const auto in = [](std::string_view text) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), ':'));
    };
    std::size_t colons = 0;
    for (const Variable& wanted : variables_) {
        const std::optional<Values> value = context.find(wanted.key);
        if (!value && !wanted.fallback) return std::nullopt;
        if (value && (value->multivalued || value->items.size() != 1)) return std::nullopt;
        colons += in(value ? value->items.front() : *wanted.fallback);
    }
    for (std::size_t at = 0; at < code_.size(); ++at) {
        const auto byte = static_cast<unsigned char>(code_[at]);
        if (!is_literal(byte)) continue;
        colons += in(std::string_view(code_).substr(at + 1, byte));
        at += byte;
    }
    return colons;
}

std::string Glob::literal_text() const {
    std::string text;
    text.reserve(code_.size());
    for (std::size_t at = 0; at < code_.size(); ++at) {
        const auto byte = static_cast<unsigned char>(code_[at]);
        if (!is_literal(byte)) continue;
        text.append(code_, at + 1, byte);
        at += byte;
    }
    return text;
}

MatchCost Glob::cost() const {
    MatchCost cost;
    bool after_star = false;
    std::size_t retried = 0;  // of what follows the last star
    for (std::size_t at = 0; at < code_.size(); ++at) {
        const auto byte = static_cast<unsigned char>(code_[at]);
        // A short literal that begins everywhere and ends nowhere takes six for each byte of the subject.
        const std::size_t steps = is_literal(byte) ? 6 + byte / 16U : 2;
        cost.once += steps;
        if (byte == star || byte == star_in_part) {
            after_star = true;
            retried = 0;
        } else if (after_star) {
            retried += steps;
            cost.per_byte = std::max(cost.per_byte, retried);
        }
        if (is_literal(byte)) at += byte;
    }
    return cost;
}

void Glob::fold() {
    for (std::size_t at = 0; at < code_.size(); ++at) {
        const auto byte = static_cast<unsigned char>(code_[at]);
        if (!is_literal(byte)) continue;
        for (std::size_t end = at + byte; at < end; ++at) code_[at + 1] = fold_case(code_[at + 1]);
    }
}

std::optional<Glob> Glob::for_arn() const {
    Glob copy = *this;
    std::size_t colons = 0;
    for (std::size_t at = 0; at < code_.size() && colons < 5; ++at) {
        const auto byte = static_cast<unsigned char>(code_[at]);
        if (byte == variable) return std::nullopt;
        if (byte == star) copy.code_[at] = static_cast<char>(star_in_part);
        if (byte == one) copy.code_[at] = static_cast<char>(one_in_part);
        if (!is_literal(byte)) continue;
        const std::string_view text = std::string_view(code_).substr(at + 1, byte);
        colons += static_cast<std::size_t>(std::count(text.begin(), text.end(), ':'));
        at += byte;
    }
    if (colons < 5) return std::nullopt;
    return copy;
}

std::string_view Glob::leading_text() const {
    if (code_.empty() || !is_literal(static_cast<unsigned char>(code_[0]))) return {};
    return std::string_view(code_).substr(1, static_cast<unsigned char>(code_[0]));
}

bool Glob::is_leading_text() const {
    const std::string_view leading = leading_text();
    return code_.empty() || (!leading.empty() && leading.size() + 1 == code_.size());
}

}  // namespace iamlocal::policy
