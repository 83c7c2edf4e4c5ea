#include "policy/operands.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iamlocal::policy {
namespace {

TEST(Decimal, ParsesSignDigitsFractionExponent) {
    for (const std::string_view text : {"0", "-0", "+5", "10", "10.0", "-12.50", "000", "5.", ".5", "1e0", "1E+3",
                                        "2.5e-3", "1e9999", "1e-2147483648", "123456789012345678901234567890.5"}) {
        EXPECT_TRUE(Decimal::parse(text)) << text;
    }
    for (const std::string_view text :
         {"",     "-",   ".",  "-.", "e1",  "1e",    "1e+", "1e+-1", "1e--1",   "1e1.5", "1e2147483648",
          "0x10", "1,5", " 1", "1 ", "--1", "1.2.3", "ten", "NaN",   "Infinity"}) {
        EXPECT_FALSE(Decimal::parse(text)) << text;
    }
}

TEST(Decimal, ComparesExactly) {
    // Ascending; neighbours in one row are equal.
    const std::vector<std::vector<std::string>> rows{{"-1e9999", "-10e9998"},
                                                     {"-123456789012345678901"},
                                                     {"-10", "-10.0", "-1e1"},
                                                     {"-9.99"},
                                                     {"-0.5"},
                                                     {"-1e-9999"},
                                                     {"0", "-0", "+0.00", "0e99", "-0e-99"},
                                                     {"1e-9999"},
                                                     {"0.05", "5e-2", ".5e-1"},
                                                     {"0.5", "0.50", ".5"},
                                                     {"9.99"},
                                                     {"10", "010", "10.000", "1e1", "1.0E+1", "100e-1", "10."},
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
        int millisecond;
    };
    constexpr Row rows[]{{"1970-01-01T00:00:00Z", 0, 0},
                         {"2024-05-01", 1714521600, 0},
                         {"2024-05", 1714521600, 0},
                         {"2024-5-1", 1714521600, 0},
                         {"2024-05-01T", 1714521600, 0},
                         {"2024-05-01TZ", 1714521600, 0},
                         {"2024-05-01T+02", 1714514400, 0},
                         {"2024-05-01T12", 1714564800, 0},
                         {"2024-05-01T12.5", 1714566600, 0},
                         {"2024-05-01T12:00", 1714564800, 0},
                         {"2024-05-01T12:00Z", 1714564800, 0},
                         {"2024-05-01T12:00,5z", 1714564830, 0},
                         {"2024-05-01t12:00:00", 1714564800, 0},
                         {"2024-05-01T12:00:00.250Z", 1714564800, 250},
                         {"2024-05-01T12:00:00.2509999999999Z", 1714564800, 250},
                         {"2024-05-01T14:00:00+02:00", 1714564800, 0},
                         {"2024-05-01T14:00:00+0200", 1714564800, 0},
                         {"2024-05-01T06:30:00-05:30", 1714564800, 0},
                         {"2024-05-01T14:00:00.5+02:00", 1714564800, 500},
                         {"2016-12-13T21:20:37.593194+00:00", 1481664037, 593},
                         {"2016-12-13t2:00:00.593194+23", 1481511600, 593},
                         {"01T", -62135596800, 0},
                         {"-292275054", -9223372017043200, 0},
                         {"-0001-12-31", -62167305600, 0},
                         {"2000-02-29", 951782400, 0},
                         {"1714564800", 1714564800, 0},
                         {"2035", 2035, 0},
                         {"0", 0, 0},
                         {"9223372036854775807", 9223372036854775807, 0}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const auto instant = PreciseInstant::parse(row.text);
        ASSERT_TRUE(instant);
        EXPECT_EQ(instant->seconds, row.seconds);
        EXPECT_EQ(instant->millisecond, row.millisecond);
    }
    for (const std::string_view text : {"",
                                        "-",
                                        "T",
                                        "yesterday",
                                        "sdfdsf",
                                        "234-13",
                                        "2024-13-01",
                                        "2024-00-01",
                                        "2024-01-00",
                                        "2024-02-30",
                                        "1900-02-29",
                                        "2024-05-01 12:00:00Z",
                                        "2024-05-01Z",
                                        "2024-05-01T12:00:00.Z",
                                        "2024-05-01T12:",
                                        "2024-05-01T12:00+01.5:00",
                                        "2024-05-01T12:00:00+1",
                                        "2016-12-13t2:00:00.593194+1",
                                        "2024-05-01T12:00:00+24",
                                        "2024-05-01T12:00:00+02:60",
                                        "2024-05-01T12:00:00+02:",
                                        "2024-05-01T25:00:00Z",
                                        "2024-05-01T24:00:00Z",
                                        "2024-05-01T12:60Z",
                                        "2024-05-01T12:00:60Z",
                                        "2024-05-01T12:00:00ZZ",
                                        "1714564800.5",
                                        "-292275055",
                                        "9223372036854775808",
                                        "99999999999999999999"}) {
        EXPECT_FALSE(PreciseInstant::parse(text)) << text;
    }
    EXPECT_LT(*PreciseInstant::parse("2024-05-01T12:00:00Z"), *PreciseInstant::parse("2024-05-01T12:00:00.001Z"));
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
                         {"2001:DB8:0:0:0:0:0:1/128", "2001:db8::1", true},
                         {"2001:db8::5/64", "2001:db8::5", false},
                         {"2001:db8::4/127", "2001:db8::4", true},
                         {"2001:db8::4/127", "2001:db8::5", true},
                         {"2001:db8::4/127", "2001:db8::6", false},
                         {"192.0.2.0/24", "::ffff:192.0.2.1", true},
                         {"::ffff:192.0.2.1", "192.0.2.1", true},
                         {"::ffff:192.0.2.0/120", "192.0.2.255", true},
                         {"::ffff:192.0.2.0/120", "192.0.3.0", false},
                         {"::/0", "::ffff:192.0.2.1", false},
                         {"192.000.002.0/024", "192.0.02.001", true}};
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.range) + " / " + std::string(row.address));
        const auto range = AddressRange::parse(row.range);
        const auto address = Address::parse(row.address);
        ASSERT_TRUE(range && address);
        EXPECT_EQ(range->contains(*address), row.contains);
    }
    for (const std::string_view text : {"",
                                        "/8",
                                        "10.0.0.0/",
                                        "10.0.0.0/33",
                                        "10.0.0.0/-1",
                                        "10.0.0.0/+8",
                                        "10.0.0/8",
                                        "::/129",
                                        "10.0.0.0/8/8",
                                        "10.0.0.256",
                                        "10.0.0.0001",
                                        "10.0.0.1.",
                                        ".10.0.0.1",
                                        "::ffff:10.0.0.0/8",
                                        "::ffff:10.0.0.0/129",
                                        "host",
                                        "10.0.0.0 ",
                                        "2001:db8::g",
                                        "::1%lo",
                                        "10.0.0.0/99999999999999999999"}) {
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
