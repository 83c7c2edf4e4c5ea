#include "aws/ids.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::ids {
namespace {

constexpr char base32_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t key_prefix_size = 4;
constexpr std::size_t key_body_size = 16;

/// The account's bits inside the first six bytes of a decoded key id.
constexpr int account_shift = 7;
constexpr std::uint64_t account_mask = 0x7fffffffff80;
/// Key ids that carry their account begin with a letter from Q on: the highest bit is set.
constexpr std::uint64_t carries_account = 1ULL << 47;

const char* prefix_of(Kind kind) {
    switch (kind) {
        case Kind::user:
            return "AIDA";
        case Kind::role:
            return "AROA";
        case Kind::group:
            return "AGPA";
        case Kind::managed_policy:
            return "ANPA";
        case Kind::instance_profile:
            return "AIPA";
        case Kind::server_certificate:
            return "ASCA";
        case Kind::service_specific_credential:
            return "ACCA";
        case Kind::oidc_provider:
            return "OIDC";
    }
    return "";
}

/// The prefix, and `size` letters and digits behind it, 17 at most.
std::string random_id(Entropy& entropy, std::string_view prefix, std::size_t size) {
    std::array<unsigned char, 17> random;
    const std::span<unsigned char> used(random.data(), size);
    entropy.fill(used);
    std::string id(prefix);
    for (const unsigned char byte : used) id.push_back(base32_alphabet[byte & 31]);
    return id;
}

int base32_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= '2' && c <= '7') return c - '2' + 26;
    return -1;
}

}  // namespace

std::string unique_id(Entropy& entropy, Kind kind) { return random_id(entropy, prefix_of(kind), 17); }

std::string ssh_public_key_id(Entropy& entropy) { return random_id(entropy, "APKA", 16); }

std::string saml_id(Entropy& entropy, SamlIdOf of) {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::size_t size = 22;
    // The highest multiple of the alphabet's size: bytes from there on would favour some characters.
    constexpr std::size_t fair = 256 / alphabet.size() * alphabet.size();
    std::string id = of == SamlIdOf::provider ? "SAMLSP" : "SAMLPK";
    while (id.size() < size) {
        std::array<unsigned char, 32> random;
        entropy.fill(random);
        for (const unsigned char byte : random)
            if (byte < fair && id.size() < size) id.push_back(alphabet[byte % alphabet.size()]);
    }
    return id;
}

AccessKeyId access_key_id(Entropy& entropy, const AccountId& account, KeyLife life) {
    std::array<unsigned char, 10> bytes;
    entropy.fill(bytes);
    std::uint64_t number = 0;
    for (const char digit : account.view()) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
    const std::uint64_t low_bits = bytes[5] & 0x7f;
    const std::uint64_t head = carries_account | ((number << account_shift) & account_mask) | low_bits;
    for (int i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(head >> (8 * (5 - i)));

    std::string id = life == KeyLife::long_term ? "AKIA" : "ASIA";
    for (std::size_t i = 0; i < bytes.size(); i += 5) {
        std::uint64_t group = 0;
        for (std::size_t k = 0; k < 5; ++k) group = (group << 8) | bytes[i + k];
        for (int shift = 35; shift >= 0; shift -= 5) id.push_back(base32_alphabet[(group >> shift) & 31]);
    }
    return AccessKeyId(std::move(id));
}

std::optional<AccountId> account_of(std::string_view access_key_id) {
    if (access_key_id.size() != key_prefix_size + key_body_size) return std::nullopt;
    const std::string_view prefix = access_key_id.substr(0, key_prefix_size);
    if (prefix != "AKIA" && prefix != "ASIA") return std::nullopt;
    std::uint64_t head = 0;
    for (std::size_t i = 0; i < key_body_size; ++i) {
        const int value = base32_value(access_key_id[key_prefix_size + i]);
        if (value < 0) return std::nullopt;
        if (i < 10) head = (head << 5) | static_cast<std::uint64_t>(value);
    }
    head >>= 2;  // ten characters are fifty bits, six bytes are forty-eight
    const std::uint64_t number = (head & account_mask) >> account_shift;
    if ((head & carries_account) == 0 || number > 999999999999ULL) return std::nullopt;
    return AccountId(fmt::format("{:012}", number));
}

Secret secret_access_key(Entropy& entropy) {
    std::array<unsigned char, 30> random;
    entropy.fill(random);
    return Secret(base64_encode(random));
}

std::string request_id(Entropy& entropy) {
    std::array<unsigned char, 16> random;
    entropy.fill(random);
    random[6] = static_cast<unsigned char>((random[6] & 0x0f) | 0x40);
    random[8] = static_cast<unsigned char>((random[8] & 0x3f) | 0x80);
    std::string id;
    id.reserve(36);
    hex_append(id, random);
    for (const std::size_t at : {8U, 13U, 18U, 23U}) id.insert(at, 1, '-');
    return id;
}

std::string extended_request_id(std::string_view region, Instant at, std::string_view request_id) {
    const auto time = std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
    return base64_encode(
        as_bytes(fmt::format("1:{}:S:{}:R:{}", region.empty() ? std::string_view("us-east-1") : region, time,
                             request_id.substr(request_id.size() - std::min<std::size_t>(request_id.size(), 8)))));
}

bool is_unique_id(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.empty() && !is_digit(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
        const char folded = fold_case(c);
        return is_digit(c) || (folded >= 'a' && folded <= 'z');
    });
}

bool can_sign(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~' && c != ',' && c != '/'; });
}

bool is_account_id(std::string_view text) {
    if (text.size() != 12) return false;
    for (const char c : text)
        if (c < '0' || c > '9') return false;
    return true;
}

}  // namespace iamlocal::ids
