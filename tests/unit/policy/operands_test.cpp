#include "policy/operands.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iamlocal::policy {
namespace {

TEST(Decimal, ParsesSignDigitsFraction) {
    for (const std::string_view text :
         {"0", "-0", "+5", "10", "10.0", "-12.50", "000", "123456789012345678901234567890.5"}) {
        EXPECT_TRUE(Decimal::parse(text)) << text;
    }
    for (const std::string_view text :
         {"", "-", ".5", "5.", "1e3", "0x10", "1,5", " 1", "1 ", "--1", "1.2.3", "ten", "NaN"}) {
        EXPECT_FALSE(Decimal::parse(text)) << text;
    }
}

TEST(Decimal, ComparesExactly) {
    // Ascending; neighbours in one row are equal.
    const std::vector<std::vector<std::string>> rows{{"-123456789012345678901"},
                                                     {"-10", "-10.0"},
                                                     {"-9.99"},
                                                     {"-0.5"},
                                                     {"0", "-0", "+0.00"},
                                                     {"0.05"},
                                                     {"0.5", "0.50"},
                                                     {"9.99"},
                                                     {"10", "010", "10.000"},
                                                     {"10.0001"},
                                                     {"9007199254740992"},
                                                     {"9007199254740993"}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < rows.size(); ++j) {
            for (const std::string& a : rows[i]) {
                for (const std::string& b : rows[j]) {
                    SCOPED_TRACE(a + " <=> " + b);
                    EXPECT_EQ(*Decimal::parse(a) <=> *Decimal::parse(b), i <=> j);
                    EXPECT_EQ(*Decimal::parse(a) == *Decimal::parse(b), i == j);
                }
            }
        }
    }
}

TEST(PreciseInstant, ParsesIsoAndEpoch) {
    struct Row {
        std::string_view text;
        std::int64_t seconds;
        std::string_view fraction;
    };
    constexpr Row rows[]{{"1970-01-01T00:00:00Z", 0, ""},
                         {"2024-05-01", 1714521600, ""},
                         {"2024-05-01T12:00Z", 1714564800, ""},
                         {"2024-05-01T12:00:00.250Z", 1714564800, "25"},
                         {"2024-05-01T14:00:00+02:00", 1714564800, ""},
                         {"2024-05-01T06:30:00-05:30", 1714564800, ""},
                         {"1714564800", 1714564800, ""},
                         {"0", 0, ""},
                         {"-1", -1, ""},
                         {"2024-05-01T12:00:00.1234567891Z", 1714564800, "1234567891"},
                         {"2024-05-01T14:00:00.5+02:00", 1714564800, "5"}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const auto instant = PreciseInstant::parse(row.text);
        ASSERT_TRUE(instant);
        EXPECT_EQ(instant->seconds, row.seconds);
        EXPECT_EQ(instant->fraction, row.fraction);
    }
    for (const std::string_view text :
         {"", "-", "yesterday", "2024-13-01", "2024-02-30", "2024-05-01T12:00:00", "2024-05-01T12Z",
          "2024-05-01 12:00:00Z", "2024-05-01T12:00:00.Z", "2024-05-01T12:00.5Z", "2024-05-01T12:00+01.5:00",
          "1714564800.5", "99999999999999999999", "2024-05-01T25:00:00Z"}) {
        EXPECT_FALSE(PreciseInstant::parse(text)) << text;
    }
    EXPECT_LT(*PreciseInstant::parse("2024-05-01T12:00:00Z"), *PreciseInstant::parse("2024-05-01T12:00:00.0000001Z"));
    EXPECT_EQ(*PreciseInstant::parse("2024-05-01T12:00:00.10Z"), *PreciseInstant::parse("2024-05-01T12:00:00.1Z"));
}

TEST(AddressRange, ContainsAddresses) {
    struct Row {
        std::string_view range, address;
        bool contains;
    };
    constexpr Row rows[]{{"10.0.0.1", "10.0.0.1", true},
                         {"10.0.0.1", "10.0.0.2", false},
                         {"10.0.0.0/8", "10.255.0.1", true},
                         {"10.0.0.0/8", "11.0.0.1", false},
                         {"10.1.2.3/31", "10.1.2.2", true},
                         {"10.1.2.3/31", "10.1.2.4", false},
                         {"0.0.0.0/0", "255.255.255.255", true},
                         {"0.0.0.0/0", "::1", false},
                         {"::/0", "2001:db8::", true},
                         {"::/0", "1.2.3.4", false},
                         {"2001:db8::/33", "2001:db8:7fff::1", true},
                         {"2001:db8::/33", "2001:db8:8000::1", false},
                         {"2001:DB8:0:0:0:0:0:1/128", "2001:db8::1", true}};
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.range) + " / " + std::string(row.address));
        const auto range = AddressRange::parse(row.range);
        const auto address = Address::parse(row.address);
        ASSERT_TRUE(range && address);
        EXPECT_EQ(range->contains(*address), row.contains);
    }
    for (const std::string_view text :
         {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8", "::/129", "10.0.0.0/8/8",
          "10.0.0.256", "host", "10.0.0.0 ", "2001:db8::g", "::1%lo", "10.0.0.0/99999999999999999999"}) {
        EXPECT_FALSE(AddressRange::parse(text)) << text;
    }
    EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(Bytes, ComparesWhatBase64Means) {
    EXPECT_EQ(Bytes::parse("QmluYXJ5")->value, "Binary");
    EXPECT_FALSE(Bytes::parse("QmluYXJ"));
    EXPECT_FALSE(Bytes::parse("****"));
}

}  // namespace
}  // namespace iamlocal::policy
