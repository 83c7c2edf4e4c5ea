#include "http/address_scope.hpp"

#include <gtest/gtest.h>

namespace iamlocal::http {
namespace {

TEST(AddressScope, IsThatOfTheRegistries) {
    for (const char* address : {"8.8.8.8",         "1.1.1.1",         "9.255.255.255",
                                "11.0.0.0",        "100.63.255.255",  "100.128.0.0",
                                "126.255.255.255", "128.0.0.0",       "169.253.0.1",
                                "172.15.255.255",  "172.32.0.0",      "192.0.1.0",
                                "192.167.255.255", "192.169.0.0",     "198.17.255.255",
                                "198.20.0.0",      "223.255.255.255", "2606:4700:4700::1111",
                                "2a00:1450::1",    "::ffff:8.8.8.8",  "64:ff9b::8.8.8.8",
                                "2002:808:808::1"})
        EXPECT_EQ(scope_of(address), AddressScope::global) << address;
    for (const char* address : {"127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"})
        EXPECT_EQ(scope_of(address), AddressScope::loopback) << address;
    for (const char* address : {"0.0.0.0",
                                "0.1.2.3",
                                "10.0.0.1",
                                "10.255.255.255",
                                "100.64.0.1",
                                "100.127.255.255",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.1",
                                "192.0.2.1",
                                "192.168.0.1",
                                "198.18.0.1",
                                "198.19.255.255",
                                "198.51.100.1",
                                "203.0.113.1",
                                "224.0.0.1",
                                "239.255.255.255",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::8.8.8.8",
                                "fc00::1",
                                "fd00:ec2::254",
                                "fe80::1",
                                "fe80::1%eth0",
                                "ff02::1",
                                "2001::1",
                                "2001:db8::1",
                                "3fff::1",
                                "::ffff:10.0.0.1",
                                "::ffff:169.254.169.254",
                                "64:ff9b::192.168.0.1",
                                "64:ff9b:1::1",
                                "2002:a00:1::1",
                                "4000::1"})
        EXPECT_EQ(scope_of(address), AddressScope::local) << address;
    for (const char* text : {"", "localhost", "127.1", "0x7f000001", "2130706433", "8.8.8.8 ", "8.8.8", "::g"})
        EXPECT_EQ(scope_of(text), AddressScope::local) << text;
}

}  // namespace
}  // namespace iamlocal::http
