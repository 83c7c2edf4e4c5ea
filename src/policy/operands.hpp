// Values of condition operators other than text: decimal numbers, instants, addresses, bytes. Each parser gives nothing
// for a text that is not of its form.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::policy {

/// An exact decimal number of any length: `-12.50` equals `-1.25e1`, and nothing is rounded.
struct Decimal {
    bool negative = false;   ///< never for zero
    std::string digits;      ///< without zeros at either end; empty for 0
    std::int64_t point = 0;  ///< how many of them stand before the decimal point; less than 0: zeros stand after it

    /// Sign, digits with or without a point, and an exponent of 32 bits (`1e0`): what AWS reads, as Java does.
    static std::optional<Decimal> parse(std::string_view text);
    std::strong_ordering operator<=>(const Decimal& other) const;
    bool operator==(const Decimal& other) const = default;
};

/// An instant as conditions compare it: to the millisecond.
struct PreciseInstant {
    std::int64_t seconds = 0;      ///< since 1970, rounded down
    std::int32_t millisecond = 0;  ///< of that second

    /// Digits alone are seconds since 1970. All else is ISO 8601 as AWS reads it, which is as Joda-Time does: what
    /// stands at the end may be left out (`2035-01`, `01T`), months to seconds may have one digit, a year up to nine,
    /// and without a zone it is UTC.
    static std::optional<PreciseInstant> parse(std::string_view text);
    std::strong_ordering operator<=>(const PreciseInstant& other) const = default;
};

/// An IPv4 or IPv6 address. An IPv4 address written as one of IPv6 (`::ffff:192.0.2.1`) is one of IPv4.
struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};  ///< the first four for IPv4

    /// Leading zeros do not matter: `010.001.2.3` is `10.1.2.3`.
    static std::optional<Address> parse(std::string_view text);
};

/// An address or CIDR block. Bits of the host part do not count in IPv4; in IPv6 such a block contains nothing.
struct AddressRange {
    Address base;
    unsigned prefix = 0;

    static std::optional<AddressRange> parse(std::string_view text);
    /// An address of the other family is outside every range.
    [[nodiscard]] bool contains(const Address& address) const;
};

/// The bytes behind a base64 value.
struct Bytes {
    std::string value;

    static std::optional<Bytes> parse(std::string_view base64);
    bool operator==(const Bytes& other) const = default;
};

}  // namespace iamlocal::policy
