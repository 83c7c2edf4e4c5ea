#include "base/pem.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view dashes = "-----";
constexpr std::string_view white_space = " \t\r\n";

void skip_white_space(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
}

bool take(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

bool is_label(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c == ' ' || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

/// Takes a block from the front of the text.
std::optional<PemBlock> take_block(std::string_view& text) {
    if (!take(text, begin_mark)) return std::nullopt;
    const std::string_view label = text.substr(0, text.find('-'));
    text.remove_prefix(label.size());
    if (!is_label(label) || !take(text, dashes)) return std::nullopt;

    const std::size_t end = text.find('-');
    if (end == std::string_view::npos) return std::nullopt;
    std::string digits;
    digits.reserve(end);
    for (const char c : text.substr(0, end))
        if (white_space.find(c) == std::string_view::npos) digits.push_back(c);
    text.remove_prefix(end);
    if (!take(text, end_mark) || !take(text, label) || !take(text, dashes)) return std::nullopt;

    std::optional<std::string> bytes = base64_decode(digits);
    if (!bytes || bytes->empty()) return std::nullopt;
    return PemBlock{std::string(label), *std::move(bytes)};
}

}  // namespace

std::optional<std::vector<PemBlock>> parse_pem(std::string_view text) {
    std::vector<PemBlock> blocks;
    for (skip_white_space(text); !text.empty(); skip_white_space(text)) {
        std::optional<PemBlock> block = take_block(text);
        if (!block) return std::nullopt;
        blocks.push_back(*std::move(block));
    }
    if (blocks.empty()) return std::nullopt;
    return blocks;
}

std::string write_pem(std::string_view label, std::string_view bytes) {
    constexpr std::size_t line = 64;
    const std::string digits = base64_encode(as_bytes(bytes));
    std::string out;
    out.append(begin_mark).append(label).append(dashes).push_back('\n');
    for (std::size_t at = 0; at < digits.size(); at += line) out.append(digits, at, line).push_back('\n');
    out.append(end_mark).append(label).append(dashes).push_back('\n');
    return out;
}

}  // namespace iamlocal
