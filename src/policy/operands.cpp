#include "policy/operands.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <utility>

#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal::policy {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view without_trailing_zeros(std::string_view digits) {
    while (digits.ends_with('0')) digits.remove_suffix(1);
    return digits;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    Decimal decimal;
    if (text.starts_with('-') || text.starts_with('+')) {
        decimal.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    const std::size_t point = text.find('.');
    std::string_view integer = text.substr(0, point);
    if (!is_digits(integer)) return std::nullopt;
    if (point != std::string_view::npos) {
        const std::string_view fraction = text.substr(point + 1);
        if (!is_digits(fraction)) return std::nullopt;
        decimal.fraction = without_trailing_zeros(fraction);
    }
    while (integer.starts_with('0')) integer.remove_prefix(1);
    decimal.integer = integer;
    if (decimal.integer.empty() && decimal.fraction.empty()) decimal.negative = false;
    return decimal;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
    if (negative != other.negative) return negative ? std::strong_ordering::less : std::strong_ordering::greater;
    // Without leading and trailing zeros, more digits before the point are more, and digits compare as text.
    std::strong_ordering order = integer.size() <=> other.integer.size();
    if (std::is_eq(order)) order = integer <=> other.integer;
    if (std::is_eq(order)) order = fraction <=> other.fraction;
    if (!negative || std::is_eq(order)) return order;
    return std::is_lt(order) ? std::strong_ordering::greater : std::strong_ordering::less;
}

std::optional<PreciseInstant> PreciseInstant::parse(std::string_view text) {
    PreciseInstant instant;
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (is_digits(digits)) {
        const auto seconds = parse_number<std::int64_t>(text);
        if (!seconds) return std::nullopt;
        instant.seconds = *seconds;
        return instant;
    }
    // The fraction is kept apart: it may have more digits than an Instant holds.
    std::string whole(text);
    const std::size_t point = text.find('.');
    if (point != std::string_view::npos) {
        std::size_t end = point + 1;
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
        if (end == point + 1) return std::nullopt;
        instant.fraction = without_trailing_zeros(text.substr(point + 1, end - point - 1));
        whole.erase(point, end - point);
        // Only seconds have a fraction: `YYYY-MM-DDThh:mm:ss` is 19 characters long.
        if (point != 19 || text[16] != ':') return std::nullopt;
    }
    const std::optional<Instant> parsed = parse_iso8601(whole);
    if (!parsed) return std::nullopt;
    instant.seconds = whole_seconds(*parsed).time_since_epoch().count();
    return instant;
}

std::strong_ordering PreciseInstant::operator<=>(const PreciseInstant& other) const {
    const std::strong_ordering order = seconds <=> other.seconds;
    return std::is_neq(order) ? order : fraction <=> other.fraction;
}

std::optional<Address> Address::parse(std::string_view text) {
    char buffer[INET6_ADDRSTRLEN];
    if (text.empty() || text.size() >= sizeof buffer || text.find('\0') != std::string_view::npos) return std::nullopt;
    *std::copy(text.begin(), text.end(), buffer) = '\0';
    Address address;
    address.v6 = text.find(':') != std::string_view::npos;
    if (inet_pton(address.v6 ? AF_INET6 : AF_INET, buffer, address.bytes.data()) != 1) return std::nullopt;
    return address;
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<Address> base = Address::parse(text.substr(0, slash));
    if (!base) return std::nullopt;
    const unsigned bits = base->v6 ? 128 : 32;
    if (slash == std::string_view::npos) return AddressRange{*base, bits};
    const std::string_view digits = text.substr(slash + 1);
    if (!is_digits(digits)) return std::nullopt;
    const auto prefix = parse_number<unsigned>(digits);
    if (!prefix || *prefix > bits) return std::nullopt;
    return AddressRange{*base, *prefix};
}

bool AddressRange::contains(const Address& address) const {
    if (address.v6 != base.v6) return false;
    const std::size_t whole = prefix / 8;
    if (!std::equal(base.bytes.begin(), base.bytes.begin() + whole, address.bytes.begin())) return false;
    const unsigned rest = prefix % 8;
    if (rest == 0) return true;
    const unsigned mask = 0xFFU << (8 - rest) & 0xFFU;
    return (base.bytes[whole] & mask) == (address.bytes[whole] & mask);
}

std::optional<Bytes> Bytes::parse(std::string_view base64) {
    std::optional<std::string> decoded = base64_decode(base64);
    if (!decoded) return std::nullopt;
    return Bytes{std::move(*decoded)};
}

}  // namespace iamlocal::policy
