#include "analysis/text_pattern.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"
#include "policy/glob.hpp"

namespace iamlocal::analysis {
namespace {

/// Units of UTF-16; the text is well-formed UTF-8, as those of documents are.
void append_units(std::vector<Token>& tokens, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        Symbol code = length == 1 ? first : first & (0xFFU >> (length + 1));
        for (std::size_t i = 1; i < length && at + i < text.size(); ++i)
            code = code << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
        at += length;
        if (code >= 0x10000) {
            code -= 0x10000;
            tokens.push_back({Token::Kind::unit, Token::Reach::all, 0xD800 + (code >> 10)});
            code = 0xDC00 + (code & 0x3FF);
        }
        tokens.push_back({Token::Kind::unit, Token::Reach::all, code});
    }
}

}  // namespace

Symbol VariableNames::symbol_of(Variable variable) {
    const auto found = std::find(variables_.begin(), variables_.end(), variable);
    const auto number = static_cast<Symbol>(found - variables_.begin());
    if (found == variables_.end()) variables_.push_back(std::move(variable));
    return first_variable + number;
}

void TextPattern::append(std::string_view text, bool wildcards, bool variables, VariableNames& names) {
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (wildcards && (c == '*' || c == '?')) {
            tokens_.push_back({c == '*' ? Token::Kind::any_run : Token::Kind::any_one, Token::Reach::all, 0});
            ++at;
            continue;
        }
        if (variables && text.substr(at).starts_with("${")) {
            // The engine says where a variable ends and what it is: of the shortest text that has exactly one.
            const std::size_t brace = text.find('}', at);
            std::size_t end = brace;
            while (end != std::string_view::npos) {
                const policy::Glob glob = policy::Glob::parse(text.substr(at, end + 1 - at), {.variables = true});
                const bool is_escape = end - at == 3 && !glob.has_variables();
                if (is_escape || (glob.variables().size() == 1 && glob.leading_text().empty())) {
                    const std::string_view content = text.substr(at + 2, end - at - 2);
                    const bool opens_quote = content.find(", '") != std::string_view::npos;
                    if (!opens_quote || content.ends_with('\'') || text.find("'}", end) == std::string_view::npos)
                        break;
                }
                end = text.find('}', end + 1);
            }
            if (end != std::string_view::npos) {
                const policy::Glob glob = policy::Glob::parse(text.substr(at, end + 1 - at), {.variables = true});
                if (glob.has_variables()) {
                    const policy::Variable& variable = glob.variables().front();
                    tokens_.push_back({Token::Kind::variable, Token::Reach::all,
                                       names.symbol_of({variable.key, variable.fallback.value_or(""),
                                                        variable.fallback.has_value()})});
                } else {
                    append_units(tokens_, glob.literal_text());
                }
                at = end + 1;
                continue;
            }
        }
        std::size_t next = at + 1;
        while (next < text.size() && text[next] != '*' && text[next] != '?' && text[next] != '$') ++next;
        append_units(tokens_, text.substr(at, next - at));
        at = next;
    }
}

/// Wildcards of the first five parts of an ARN stay within theirs. How many colons there are, at most five.
std::size_t TextPattern::bound_to_parts() {
    std::size_t colons = 0;
    bool after_variable = false;
    for (Token& token : tokens_) {
        if (colons == 5) break;
        if (token.kind == Token::Kind::unit && token.symbol == ':') ++colons;
        if (token.kind == Token::Kind::variable) after_variable = true;
        if (token.kind == Token::Kind::any_one || token.kind == Token::Kind::any_run)
            token.reach = after_variable ? Token::Reach::unsure : Token::Reach::part;
    }
    return colons;
}

TextPattern TextPattern::glob(std::string_view text, bool wildcards, bool variables, VariableNames& names) {
    TextPattern pattern;
    pattern.append(text, wildcards, variables, names);
    pattern.measure_beginning();
    return pattern;
}

TextPattern TextPattern::action(std::string_view text) {
    TextPattern pattern;
    if (text == "*" || text == "*:*") {
        pattern.tokens_.push_back({Token::Kind::any_run, Token::Reach::all, 0});
        return pattern;
    }
    VariableNames none;
    const std::size_t colon = text.find(':');
    const std::string_view name = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
    const auto is_white = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    pattern.nothing_ = name.empty() || std::any_of(name.begin(), name.end(), is_white);
    if (pattern.nothing_) return pattern;
    // A wildcard in the service is none.
    pattern.append(fold_case(text.substr(0, colon + 1)), false, false, none);
    pattern.append(fold_case(name), true, false, none);
    pattern.measure_beginning();
    return pattern;
}

TextPattern TextPattern::resource(std::string_view text, policy::DocumentKind kind, bool variables,
                                  VariableNames& names) {
    TextPattern pattern;
    pattern.append(text, true, variables, names);
    pattern.measure_beginning();
    if (text == "*") return pattern;
    if (pattern.bound_to_parts() == 5 || pattern.has_variables()) return pattern;
    // Parts that are left out mean any, but for the policies of resources, which need a wildcard for that.
    pattern.nothing_ = kind == policy::DocumentKind::resource && text.find('*') == std::string_view::npos;
    if (pattern.nothing_) return pattern;
    const auto colons = std::count_if(pattern.tokens_.begin(), pattern.tokens_.end(), [](const Token& token) {
        return token.kind == Token::Kind::unit && token.symbol == ':';
    });
    for (auto missing = colons; missing < 5; ++missing) {
        pattern.tokens_.push_back({Token::Kind::unit, Token::Reach::all, ':'});
        pattern.tokens_.push_back({Token::Kind::any_run, missing == 4 ? Token::Reach::all : Token::Reach::part, 0});
    }
    pattern.measure_beginning();
    return pattern;
}

TextPattern TextPattern::arn(std::string_view text, bool variables, VariableNames& names) {
    TextPattern pattern;
    pattern.append(text, true, variables, names);
    pattern.measure_beginning();
    const std::size_t colons = pattern.bound_to_parts();
    pattern.nothing_ = colons < 5 && !pattern.has_variables();
    return pattern;
}

void TextPattern::measure_beginning() {
    const auto end = std::find_if(tokens_.begin(), tokens_.end(),
                                  [](const Token& token) { return token.kind != Token::Kind::unit; });
    beginning_ = static_cast<std::size_t>(end - tokens_.begin());
}

bool TextPattern::has_variables() const {
    return std::any_of(tokens_.begin(), tokens_.end(),
                       [](const Token& token) { return token.kind == Token::Kind::variable; });
}

}  // namespace iamlocal::analysis
