#include "protocol/query.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <numeric>

#include "base/encoding.hpp"

namespace iamlocal::protocol {
namespace {

/// Up to this many parameters a scan is as quick as a search in an index that must be sorted first.
constexpr std::size_t scan_limit = 24;
constexpr std::string_view signature_prefix = "X-Amz-";

/// The number at the beginning of `rest` if it ends there or at a '.', else 0.
unsigned index_of(std::string_view rest) {
    rest = rest.substr(0, rest.find('.'));
    if (rest.empty() || rest.front() == '0') return 0;
    unsigned index = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), index);
    return error == std::errc{} && end == rest.data() + rest.size() ? index : 0;
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

std::vector<unsigned> Parameters::indices(std::string_view prefix) const {
    std::vector<unsigned> out;
    const auto add = [&](std::string_view name) {
        const unsigned index = index_of(name.substr(prefix.size()));
        // The fields of an item mostly come one after the other.
        if (index != 0 && (out.empty() || out.back() != index)) out.push_back(index);
    };
    if (by_name_.empty()) {
        for (const Parameter& parameter : parameters_)
            if (parameter.name.starts_with(prefix)) add(parameter.name);
    } else {
        auto at = std::lower_bound(by_name_.begin(), by_name_.end(), prefix,
                                   [this](unsigned i, std::string_view key) { return parameters_[i].name < key; });
        for (; at != by_name_.end() && parameters_[*at].name.starts_with(prefix); ++at) add(parameters_[*at].name);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace iamlocal::protocol
