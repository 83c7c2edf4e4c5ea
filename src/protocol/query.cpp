#include "protocol/query.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::protocol {
namespace {

/// Up to this many parameters a scan is as quick as a search in an index that must be sorted first.
constexpr std::size_t scan_limit = 24;
constexpr std::string_view signature_prefix = "X-Amz-";

/// What stands in front of an item's number.
constexpr std::string_view before_item = ".member.";
constexpr std::string_view zero_item = ".member.0";
/// How far an item's number may be above the one before it.
constexpr std::uint64_t widest_step = 10;

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view first_part(std::string_view text) { return text.substr(0, text.find('.')); }

/// The name without the leading zeros of its items' numbers, written over itself; gives its new size.
std::size_t strip_leading_zeros(char* const begin, std::size_t size) {
    const std::string_view name(begin, size);
    std::size_t from = 0;
    char* to = begin;
    for (;;) {
        const std::size_t at = name.find(before_item, from);
        const std::size_t number = at == std::string_view::npos ? size : at + before_item.size();
        std::memmove(to, begin + from, number - from);
        to += number - from;
        from = number;
        if (from == size) return static_cast<std::size_t>(to - begin);
        const std::string_view digits = first_part(name.substr(from));
        if (!is_number(digits)) continue;
        from += std::min(digits.find_first_not_of('0'), digits.size() - 1);
    }
}

/// The number of an item; 0 for a word. `rest` is a parameter's name from there on.
std::uint64_t item_number(std::string_view rest) {
    const std::string_view text = first_part(rest);
    if (text.starts_with('-')) throw malformed_input(fmt::format("Key {} may not have a leading '-'", text));
    if (!is_number(text)) return 0;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) throw malformed_input(fmt::format("{} is not a valid index", text));
    if (number == 0) throw malformed_input("0 is not a valid index");
    if (text.size() < rest.size() && is_number(first_part(rest.substr(text.size() + 1))))
        throw malformed_input("Two index elements may not occur back to back");
    return number;
}

}  // namespace

ApiError malformed_query_string(QueryError error) {
    switch (error) {
        case QueryError::bad_escape:
            return {error_type::malformed_query_string, "The query string contains a syntax error."};
        case QueryError::bad_text:
            return {error_type::malformed_query_string,
                    "The query string contains a syntax error: names and values must be UTF-8 without NUL bytes."};
        case QueryError::too_many:
            return {error_type::malformed_query_string,
                    "The query string contains more than " + std::to_string(Parameters::limit) + " parameters."};
    }
    return internal_failure();
}

void Parameters::clear() {
    used_ = 0;
    parameters_.clear();
    by_name_.clear();
}

std::optional<QueryError> Parameters::parse(std::string_view query_string, std::string_view body) {
    clear();
    const std::size_t needed = query_string.size() + body.size();
    if (arena_.size() < needed) arena_.resize(needed);
    std::optional<QueryError> error = read(query_string, true);
    if (!error) error = read(body, false);
    if (error) {
        clear();
        return error;
    }
    if (parameters_.size() <= scan_limit) return std::nullopt;
    by_name_.resize(parameters_.size());
    std::iota(by_name_.begin(), by_name_.end(), 0U);
    std::sort(by_name_.begin(), by_name_.end(), [this](unsigned a, unsigned b) {
        const int order = parameters_[a].name.compare(parameters_[b].name);
        return order != 0 ? order < 0 : a < b;
    });
    return std::nullopt;
}

std::optional<QueryError> Parameters::read(std::string_view text, bool skip_signature) {
    FormPairs pairs(text);
    while (const auto pair = pairs.next()) {
        const std::size_t before = used_;
        Parameter parameter;
        if (const auto error = decode(pair->name, parameter.name)) return error;
        if (skip_signature && parameter.name.starts_with(signature_prefix)) {
            used_ = before;
            continue;
        }
        if (parameter.name.find(zero_item) != std::string_view::npos) {
            char* const name = arena_.data() + before;
            parameter.name = {name, strip_leading_zeros(name, parameter.name.size())};
        }
        if (const auto error = decode(pair->value, parameter.value)) return error;
        if (parameters_.size() == limit) return QueryError::too_many;
        parameters_.push_back(parameter);
    }
    return std::nullopt;
}

std::optional<QueryError> Parameters::decode(std::string_view text, std::string_view& out) {
    char* const begin = arena_.data() + used_;
    char* to = begin;
    unsigned char seen = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::optional<char> byte = take_encoded_byte(text, at, PlusIs::space);
        if (!byte) return QueryError::bad_escape;
        const char c = *byte;
        if (c == '\0') return QueryError::bad_text;
        seen |= static_cast<unsigned char>(c);
        *to++ = c;
    }
    out = {begin, static_cast<std::size_t>(to - begin)};
    if ((seen & 0x80) != 0 && !is_utf8(out)) return QueryError::bad_text;
    used_ += out.size();
    return std::nullopt;
}

std::optional<std::string_view> Parameters::find(std::string_view name) const {
    if (by_name_.empty()) {
        for (const Parameter& parameter : parameters_)
            if (parameter.name == name) return parameter.value;
        return std::nullopt;
    }
    const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                     [this](unsigned i, std::string_view key) { return parameters_[i].name < key; });
    if (at == by_name_.end() || parameters_[*at].name != name) return std::nullopt;
    return parameters_[*at].value;
}

ListItems Parameters::items(std::string_view prefix) const {
    ListItems out;
    std::vector<std::uint64_t> numbers;
    const auto add = [&](std::string_view name) {
        const std::uint64_t number = item_number(name.substr(prefix.size()));
        if (number == 0)
            out.has_words = true;
        else if (numbers.empty() || numbers.back() != number)  // an item's members mostly come one after the other
            numbers.push_back(number);
    };
    if (by_name_.empty()) {
        for (const Parameter& parameter : parameters_)
            if (parameter.name.starts_with(prefix)) add(parameter.name);
    } else {
        auto at = std::lower_bound(by_name_.begin(), by_name_.end(), prefix,
                                   [this](unsigned i, std::string_view key) { return parameters_[i].name < key; });
        for (; at != by_name_.end() && parameters_[*at].name.starts_with(prefix); ++at) add(parameters_[*at].name);
    }
    std::sort(numbers.begin(), numbers.end());
    std::uint64_t last = 1;
    for (const std::uint64_t number : numbers) {
        if (number > last + widest_step)
            throw malformed_input(fmt::format("Excessively sparse input would skip {} list elements", number - last));
        if (out.numbers.empty() || out.numbers.back() != number) out.numbers.push_back(static_cast<unsigned>(number));
        last = number;
    }
    return out;
}

}  // namespace iamlocal::protocol
