#include "policy/glob.hpp"

#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

/// The start of the character after the one at `at`: in UTF-8, past all its continuation bytes.
std::size_t next_character(std::string_view text, std::size_t at) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
    return at;
}

/// The end of the `${…}` whose content starts at `begin`: the position of its '}', or npos. A default in quotes may
/// itself contain braces.
std::size_t variable_end(std::string_view text, std::size_t begin) {
    const std::size_t brace = text.find('}', begin);
    const std::size_t quote = text.find(", '", begin);
    if (quote == std::string_view::npos || brace < quote) return brace;
    const std::size_t closing = text.find("'}", quote + 3);
    return closing == std::string_view::npos ? brace : closing + 1;
}

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

void Glob::add_literal(std::string_view text) {
    if (text.empty()) return;
    // The text of neighbouring literals is contiguous, whatever stands between them adds none.
    if (!tokens_.empty() && tokens_.back().kind == Kind::literal) {
        tokens_.back().size += static_cast<std::uint32_t>(text.size());
    } else {
        tokens_.push_back(
            {Kind::literal, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text.size())});
    }
    text_.append(text);
}

void Glob::add(Kind kind, std::size_t variable) {
    if (kind == Kind::star && !tokens_.empty() && tokens_.back().kind == Kind::star) return;
    tokens_.push_back({kind, static_cast<std::uint32_t>(variable), 0});
}

Glob Glob::parse(std::string_view text, GlobSyntax syntax) {
    Glob glob;
    glob.text_.reserve(text.size());
    std::size_t literal = 0;  // start of the literal text not yet added
    std::size_t at = 0;
    const auto flush = [&] { glob.add_literal(text.substr(literal, at - literal)); };
    while (at < text.size()) {
        const char c = text[at];
        if (syntax.wildcards && (c == '*' || c == '?')) {
            flush();
            glob.add(c == '*' ? Kind::star : Kind::one);
            literal = ++at;
            continue;
        }
        if (syntax.variables && c == '$' && at + 1 < text.size() && text[at + 1] == '{') {
            const std::size_t end = variable_end(text, at + 2);
            if (end == std::string_view::npos) {
                at += 2;
                continue;
            }
            flush();
            const std::string_view content = text.substr(at + 2, end - at - 2);
            if (content == "*" || content == "?" || content == "$") {
                glob.add_literal(content);
            } else {
                glob.add(Kind::variable, glob.variables_.size());
                glob.variables_.push_back(parse_variable(content));
            }
            literal = at = end + 1;
            continue;
        }
        ++at;
    }
    flush();
    return glob;
}

bool Glob::matches(std::string_view subject) const {
    constexpr std::size_t none = static_cast<std::size_t>(-1);
    const std::string_view text = text_;
    std::size_t token = 0;
    std::size_t at = 0;
    std::size_t after_star = none;  // the token after the last star, to which a mismatch returns
    std::size_t star_end = 0;       // how far that star reaches so far
    while (true) {
        if (token == tokens_.size()) {
            if (at == subject.size()) return true;
        } else {
            const Token& t = tokens_[token];
            if (t.kind == Kind::star) {
                if (++token == tokens_.size()) return true;
                after_star = token;
                star_end = at;
                continue;
            }
            if (t.kind == Kind::literal && subject.substr(at).starts_with(text.substr(t.begin, t.size))) {
                at += t.size;
                ++token;
                continue;
            }
            if (t.kind == Kind::one && at < subject.size()) {
                at = next_character(subject, at);
                ++token;
                continue;
            }
            if (t.kind == Kind::variable) return false;
        }
        // A mismatch: let the last star take more, up to the next place where the literal after it stands.
        if (after_star == none || star_end >= subject.size()) return false;
        star_end = next_character(subject, star_end);
        const Token& next = tokens_[after_star];
        if (next.kind == Kind::literal) {
            star_end = subject.find(text.substr(next.begin, next.size), star_end);
            if (star_end == std::string_view::npos) return false;
        }
        at = star_end;
        token = after_star;
    }
}

std::optional<Glob> Glob::resolve(const Context& context) const {
    Glob resolved;
    for (const Token& token : tokens_) {
        if (token.kind == Kind::literal) {
            resolved.add_literal(std::string_view(text_).substr(token.begin, token.size));
            continue;
        }
        if (token.kind != Kind::variable) {
            resolved.add(token.kind);
            continue;
        }
        const Variable& variable = variables_[token.begin];
        const std::optional<Values> value = context.find(variable.key);
        if (!value) {
            if (!variable.fallback) return std::nullopt;
            resolved.add_literal(*variable.fallback);
            continue;
        }
        if (value->multivalued || value->items.size() != 1) return std::nullopt;
        resolved.add_literal(value->items.front());
    }
    return resolved;
}

Glob Glob::folded() const {
    Glob copy = *this;
    copy.text_ = fold_case(text_);
    return copy;
}

std::optional<std::vector<Glob>> Glob::split_arn() const {
    std::vector<Glob> parts(1);
    for (const Token& token : tokens_) {
        if (token.kind != Kind::literal) {
            parts.back().add(token.kind);
            continue;
        }
        std::string_view text = std::string_view(text_).substr(token.begin, token.size);
        while (parts.size() < 6) {
            const std::size_t colon = text.find(':');
            if (colon == std::string_view::npos) break;
            parts.back().add_literal(text.substr(0, colon));
            parts.emplace_back();
            text.remove_prefix(colon + 1);
        }
        parts.back().add_literal(text);
    }
    if (parts.size() < 6) return std::nullopt;
    return parts;
}

bool Glob::is_literal() const {
    for (const Token& token : tokens_) {
        if (token.kind != Kind::literal) return false;
    }
    return true;
}

}  // namespace iamlocal::policy
