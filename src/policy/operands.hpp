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

/// An exact decimal number of any length: `-12.50` equals `-12.5`, and nothing is rounded.
struct Decimal {
    bool negative = false;  ///< never for zero
    std::string integer;    ///< without leading zeros; empty for 0
    std::string fraction;   ///< without trailing zeros

    /// Sign, digits, optional fraction.
    static std::optional<Decimal> parse(std::string_view text);
    std::strong_ordering operator<=>(const Decimal& other) const;
    bool operator==(const Decimal& other) const = default;
};

/// An instant with as many digits of a second as the text had.
struct PreciseInstant {
    std::int64_t seconds = 0;  ///< since 1970, rounded down
    std::string fraction;      ///< digits after the second, without trailing zeros

    /// `YYYY-MM-DD`, `YYYY-MM-DDThh:mm[:ss[.f…]]` with `Z` or `±hh:mm`, or a whole number of seconds since 1970.
    static std::optional<PreciseInstant> parse(std::string_view text);
    std::strong_ordering operator<=>(const PreciseInstant& other) const;
    bool operator==(const PreciseInstant& other) const = default;
};

/// An IPv4 or IPv6 address.
struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};  ///< the first four for IPv4

    static std::optional<Address> parse(std::string_view text);
};

/// An address or CIDR block; bits of the host part do not count.
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
