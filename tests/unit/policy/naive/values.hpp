// What the values of the operator families mean: numbers, instants, addresses, bytes. Part of the second evaluator.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace iamlocal::naive {

inline bool all_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A decimal: sign, digits without leading zeros, fraction without trailing ones.
struct Number {
    bool negative = false;
    std::string whole;
    std::string fraction;
};

inline std::optional<Number> number(std::string_view text) {
    Number result;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        result.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    if (!all_digits(whole)) return std::nullopt;
    result.whole = whole;
    result.whole.erase(0, result.whole.find_first_not_of('0'));
    if (point != std::string_view::npos) {
        if (!all_digits(text.substr(point + 1))) return std::nullopt;
        result.fraction = text.substr(point + 1);
        while (!result.fraction.empty() && result.fraction.back() == '0') result.fraction.pop_back();
    }
    if (result.whole.empty() && result.fraction.empty()) result.negative = false;
    return result;
}

/// Less than zero, zero or more than zero as `a` is less than, equal to or more than `b`.
inline int compared(const Number& a, const Number& b) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    const auto size_of = [](const Number& n) { return std::tuple(n.whole.size(), n.whole, n.fraction); };
    const int by_size = size_of(a) < size_of(b) ? -1 : size_of(b) < size_of(a) ? 1 : 0;
    return a.negative ? -by_size : by_size;
}

/// `digits` characters of `text` as a number from `low` to `high`, taken off its front.
inline std::optional<int> take(std::string_view& text, std::size_t digits, int low, int high) {
    if (text.size() < digits || !all_digits(text.substr(0, digits))) return std::nullopt;
    const int value = std::stoi(std::string(text.substr(0, digits)));
    text.remove_prefix(digits);
    if (value < low || value > high) return std::nullopt;
    return value;
}

inline bool skip(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

/// An instant: whole seconds since 1970, and the fraction that follows them, before 1970 too.
struct Instant {
    std::int64_t seconds = 0;
    std::string fraction;
};

inline int compared(const Instant& a, const Instant& b) {
    if (a.seconds != b.seconds) return a.seconds < b.seconds ? -1 : 1;
    return a.fraction.compare(b.fraction);
}

/// From ISO 8601 or a number of seconds.
inline std::optional<Instant> instant(std::string_view text) {
    if (all_digits(text.substr(text.starts_with('-') ? 1 : 0))) {
        std::int64_t seconds = 0;
        const bool fits = std::from_chars(text.begin(), text.end(), seconds).ec == std::errc();
        return fits ? std::optional(Instant{seconds, {}}) : std::nullopt;
    }
    const auto year = take(text, 4, 0, 9999);
    if (!year || !skip(text, '-')) return std::nullopt;
    const auto month = take(text, 2, 1, 12);
    if (!month || !skip(text, '-')) return std::nullopt;
    const auto day = take(text, 2, 1, 31);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    std::int64_t seconds = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86400;
    std::string fraction;
    if (!text.empty()) {
        if (!skip(text, 'T')) return std::nullopt;
        const auto hour = take(text, 2, 0, 23);
        if (!hour || !skip(text, ':')) return std::nullopt;
        const auto minute = take(text, 2, 0, 59);
        if (!minute) return std::nullopt;
        seconds += *hour * 3600 + *minute * 60;
        if (skip(text, ':')) {
            const auto second = take(text, 2, 0, 60);  // 60: a leap second
            if (!second) return std::nullopt;
            seconds += *second;
            if (skip(text, '.')) {
                while (!text.empty() && all_digits(text.substr(0, 1))) {
                    fraction += text.front();
                    text.remove_prefix(1);
                }
                if (fraction.empty()) return std::nullopt;
            }
        }
        const bool east = !text.empty() && text.front() == '+';
        if (skip(text, '+') || skip(text, '-')) {
            const auto hours = take(text, 2, 0, 14);  // no place on Earth is further
            if (!hours || !skip(text, ':')) return std::nullopt;
            const auto minutes = take(text, 2, 0, 59);
            if (!minutes) return std::nullopt;
            seconds += (east ? -1 : 1) * (*hours * 3600 + *minutes * 60);
        } else if (!skip(text, 'Z')) {
            return std::nullopt;
        }
        if (!text.empty()) return std::nullopt;
    }
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return Instant{seconds, fraction};
}

/// The bytes of an address, 4 or 16; nothing when it is none.
inline std::optional<std::string> address(const std::string& text) {
    std::array<char, 16> bytes{};
    if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 4);
    if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return std::string(bytes.data(), 16);
    return std::nullopt;
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
        if (!all_digits(digits) || digits.size() > 3 || std::stoul(digits) > bits) return false;
        bits = std::stoul(digits);
    }
    const auto bit = [](const std::string& bytes, std::size_t i) { return (bytes[i / 8] >> (7 - i % 8)) & 1; };
    for (std::size_t i = 0; i < bits; ++i) {
        if (bit(*ours, i) != bit(*theirs, i)) return false;
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
