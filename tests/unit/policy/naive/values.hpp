// What the values of the operator families mean: numbers, instants, addresses, bytes. Part of the second evaluator.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace iamlocal::naive {

inline bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A decimal: its digits without zeros at either end, and the power of ten that the first of them counts. No digits: 0.
struct Number {
    int sign = 0;
    std::int64_t power = 0;
    std::string digits;
};

inline std::optional<Number> number(const std::string& text) {
    static const std::regex form(R"(([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?)");
    std::smatch found;
    if (!std::regex_match(text, found, form)) return std::nullopt;
    Number result;
    const std::string whole = found[2];
    result.digits = whole + found[3].str();
    if (result.digits.empty()) return std::nullopt;
    if (found[4].matched) {
        const std::string written = found[4].str().substr(found[4].str().front() == '+' ? 1 : 0);
        const auto read = std::from_chars(written.data(), written.data() + written.size(), result.power);
        if (read.ec != std::errc() || result.power > 2147483647 || result.power < -2147483648LL) return std::nullopt;
    }
    result.power += static_cast<std::int64_t>(whole.size()) - 1;
    while (!result.digits.empty() && result.digits.front() == '0') {
        result.digits.erase(0, 1);
        --result.power;
    }
    while (!result.digits.empty() && result.digits.back() == '0') result.digits.pop_back();
    result.sign = result.digits.empty() ? 0 : found[1] == "-" ? -1 : 1;
    return result;
}

/// Less than zero, zero or more than zero as `a` is less than, equal to or more than `b`.
inline int compared(const Number& a, const Number& b) {
    if (a.sign != b.sign) return a.sign < b.sign ? -1 : 1;
    const auto size_of = [](const Number& n) { return std::tuple(n.power, n.digits); };
    if (a.sign == 0 || size_of(a) == size_of(b)) return 0;
    return size_of(a) < size_of(b) ? -a.sign : a.sign;
}

/// Milliseconds since 1970, kept in two parts, as seconds may be many.
using Instant = std::pair<std::int64_t, std::int64_t>;

inline int compared(const Instant& a, const Instant& b) { return a < b ? -1 : a == b ? 0 : 1; }

/// What `.5` is of a unit of so many milliseconds.
inline std::int64_t part_of(std::int64_t unit, const std::string& digits) {
    std::int64_t result = 0;
    std::int64_t weight = unit * 1'000'000;
    for (const char digit : digits) {
        weight /= 10;
        result += weight * (digit - '0');
    }
    return result / 1'000'000;
}

/// Seconds since 1970 in digits, or ISO 8601 in which the end of date and time may be left out.
inline std::optional<Instant> instant(const std::string& text) {
    if (all_digits(text)) {
        std::int64_t seconds = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
        return read.ec == std::errc() ? std::optional(Instant{seconds, 0}) : std::nullopt;
    }
    static const std::regex form(
        R"(([-+]?[0-9]{1,9})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?)"
        R"((?:[Tt](?:([0-9]{1,2})(?:[.,]([0-9]+)|:([0-9]{1,2})(?:[.,]([0-9]+)|:([0-9]{1,2})(?:[.,]([0-9]+))?)?)?)?)"
        R"((?:[Zz]|([-+])([0-9]{2})(?::?([0-9]{2}))?)?)?)");
    std::smatch found;
    if (!std::regex_match(text, found, form)) return std::nullopt;
    bool in_range = true;
    const auto field = [&](std::size_t index, int low, int high) {
        const int value = found[index].matched ? std::stoi(found[index]) : low;
        in_range = in_range && value >= low && value <= high;
        return value;
    };
    const int year = field(1, -292275054, 292278993);
    const int month = field(2, 1, 12);
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const std::array<int, 12> days{31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const int day = field(3, 1, days.at(in_range ? static_cast<std::size_t>(month - 1) : 0));
    const int hour = field(4, 0, 23);
    const int minute = field(6, 0, 59);
    const int second = field(8, 0, 59);
    const int zone = field(11, 0, 23) * 3600 + field(12, 0, 59) * 60;
    if (!in_range) return std::nullopt;
    // Whole years since the year 0, which was a leap year itself.
    const auto years_days = [](std::int64_t y) {
        const auto rounded_up = [&](std::int64_t by) { return y > 0 ? (y - 1) / by + 1 : y / by; };
        return 365 * y + rounded_up(4) - rounded_up(100) + rounded_up(400);
    };
    std::int64_t day_number = years_days(year) - years_days(1970) + day - 1;
    for (int m = 1; m < month; ++m) day_number += days.at(static_cast<std::size_t>(m - 1));
    const std::int64_t milliseconds =
        part_of(3'600'000, found[5]) + part_of(60'000, found[7]) + part_of(1000, found[9]);
    std::int64_t seconds = day_number * 86400 + hour * 3600 + minute * 60 + second + milliseconds / 1000;
    seconds += found[10] == "-" ? zone : -zone;
    return Instant{seconds, milliseconds % 1000};
}

/// The bytes of an address, 4 or 16; nothing when it is none.
inline std::optional<std::string> address(const std::string& text) {
    static const std::regex dotted(R"(([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3}))");
    std::smatch found;
    std::string bytes;
    if (std::regex_match(text, found, dotted)) {
        for (std::size_t i = 1; i <= 4; ++i) {
            if (std::stoi(found[i]) > 255) return std::nullopt;
            bytes += static_cast<char>(std::stoi(found[i]));
        }
        return bytes;
    }
    bytes.resize(16);
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
    const std::string mapping = std::string(10, '\0') + "\xFF\xFF";
    return bytes.starts_with(mapping) ? bytes.substr(12) : bytes;
}

/// Whether an address lies in a range, which is an address with or without `/bits`.
inline bool in_range(const std::string& text, const std::string& range) {
    const std::size_t slash = range.find('/');
    const auto ours = address(text);
    const auto theirs = address(range.substr(0, slash));
    if (!ours || !theirs || ours->size() != theirs->size()) return false;
    std::size_t bits = theirs->size() * 8;
    if (slash != std::string::npos) {
        const std::string digits = range.substr(slash + 1);
        if (!all_digits(digits) || digits.size() > 3) return false;
        const std::size_t written = std::stoul(digits);
        const std::size_t of_mapping = theirs->size() == 4 && range.find(':') != std::string::npos ? 96 : 0;
        if (written < of_mapping || written - of_mapping > bits) return false;
        bits = written - of_mapping;
    }
    const auto bit = [](const std::string& bytes, std::size_t i) { return (bytes[i / 8] >> (7 - i % 8)) & 1; };
    for (std::size_t i = 0; i < theirs->size() * 8; ++i) {
        if (i < bits && bit(*ours, i) != bit(*theirs, i)) return false;
        if (i >= bits && theirs->size() == 16 && bit(*theirs, i) != 0) return false;
    }
    return true;
}

inline std::optional<std::string> base64_bytes(const std::string& text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (text.size() % 4 != 0) return std::nullopt;
    std::string_view digits = text;
    for (int i = 0; i < 2 && !digits.empty() && digits.back() == '='; ++i) digits.remove_suffix(1);
    std::string bits;
    for (const char c : digits) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        for (int i = 5; i >= 0; --i) bits += static_cast<char>('0' + ((value >> i) & 1));
    }
    const std::size_t spare = bits.size() % 8;  // must be zero, or two texts would stand for the same bytes
    if (bits.substr(bits.size() - spare).find('1') != std::string::npos) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i + 8 <= bits.size(); i += 8) {
        bytes += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
    }
    return bytes;
}

}  // namespace iamlocal::naive
