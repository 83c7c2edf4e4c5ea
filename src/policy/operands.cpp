#include "policy/operands.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Takes the digits off the front of a text.
std::string_view take_digits(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
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
    decimal.negative = text.starts_with('-');
    take(text, "+-");
    const std::string_view integer = take_digits(text);
    const std::string_view fraction = take(text, ".") ? take_digits(text) : std::string_view{};
    if (integer.empty() && fraction.empty()) return std::nullopt;
    if (take(text, "eE")) {
        const bool two_signs = take(text, "+") && text.starts_with('-');
        const auto exponent = parse_number<std::int32_t>(text);
        if (!exponent || two_signs) return std::nullopt;
        decimal.point = *exponent;
    } else if (!text.empty()) {
        return std::nullopt;
    }
    decimal.digits.append(integer).append(fraction);
    const std::size_t zeros = std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size());
    decimal.digits.erase(0, zeros);
    decimal.digits.erase(decimal.digits.find_last_not_of('0') + 1);
    if (decimal.digits.empty()) return Decimal{};
    decimal.point += static_cast<std::int64_t>(integer.size()) - static_cast<std::int64_t>(zeros);
    return decimal;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
    const auto sign = [](const Decimal& number) { return number.digits.empty() ? 0 : number.negative ? -1 : 1; };
    std::strong_ordering order = sign(*this) <=> sign(other);
    if (std::is_neq(order)) return order;
    // Without zeros at either end, more digits before the point are more, and digits compare as text.
    order = point <=> other.point;
    if (std::is_eq(order)) order = digits <=> other.digits;
    if (!negative) return order;
    return 0 <=> order;
}

namespace {

/// Four numbers of one to three digits, all of them decimal.
std::optional<Address> parse_v4(std::string_view text) {
    Address address;
    for (std::size_t i = 0; i < 4; ++i) {
        if (i > 0 && !take(text, ".")) return std::nullopt;
        const std::string_view digits = take_digits(text);
        const auto octet = parse_number<std::uint8_t>(digits);
        if (!octet || digits.size() > 3) return std::nullopt;
        address.bytes[i] = *octet;
    }
    if (!text.empty()) return std::nullopt;
    return address;
}

/// How many bits stand before the IPv4 address in one of IPv6.
constexpr unsigned mapping_bits = 96;

/// The IPv4 address that `::ffff:0:0/96` stands for.
std::optional<Address> mapped_v4(const Address& address) {
    constexpr std::array<std::uint8_t, mapping_bits / 8> mapping{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (!address.v6 || !std::equal(mapping.begin(), mapping.end(), address.bytes.begin())) return std::nullopt;
    Address v4;
    std::copy(address.bytes.begin() + mapping.size(), address.bytes.end(), v4.bytes.begin());
    return v4;
}

/// The part of a byte that a prefix of so many bits in it covers.
unsigned covered(std::uint8_t byte, unsigned bits) { return byte & (0xFF00U >> bits & 0xFFU); }

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
    if (text.find(':') == std::string_view::npos) return parse_v4(text);
    char buffer[INET6_ADDRSTRLEN];
    if (text.size() >= sizeof buffer || text.find('\0') != std::string_view::npos) return std::nullopt;
    *std::copy(text.begin(), text.end(), buffer) = '\0';
    Address address;
    address.v6 = true;
    if (inet_pton(AF_INET6, buffer, address.bytes.data()) != 1) return std::nullopt;
    return mapped_v4(address).value_or(address);
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string_view written = text.substr(0, slash);
    const std::optional<Address> base = Address::parse(written);
    if (!base) return std::nullopt;
    const unsigned bits = base->v6 ? 128 : 32;
    if (slash == std::string_view::npos) return AddressRange{*base, bits};
    const std::string_view digits = text.substr(slash + 1);
    if (!is_digits(digits)) return std::nullopt;
    const auto prefix = parse_number<unsigned>(digits);
    // A mapped address is written with the prefix of IPv6.
    const unsigned before = !base->v6 && written.find(':') != std::string_view::npos ? mapping_bits : 0;
    if (!prefix || *prefix < before || *prefix - before > bits) return std::nullopt;
    return AddressRange{*base, *prefix - before};
}

bool AddressRange::contains(const Address& address) const {
    if (address.v6 != base.v6) return false;
    const std::size_t size = base.v6 ? 16 : 4;
    for (std::size_t i = 0; i < size; ++i) {
        const auto begin = static_cast<unsigned>(i * 8);
        const unsigned bits = prefix <= begin ? 0 : std::min(prefix - begin, 8U);
        // A network of IPv6 is compared as it is written, with what stands behind its prefix.
        const unsigned network = base.v6 ? base.bytes[i] : covered(base.bytes[i], bits);
        if (covered(address.bytes[i], bits) != network) return false;
    }
    return true;
}

std::optional<Bytes> Bytes::parse(std::string_view base64) {
    std::optional<std::string> decoded = base64_decode(base64);
    if (!decoded) return std::nullopt;
    return Bytes{std::move(*decoded)};
}

}  // namespace iamlocal::policy
