#include "base/rsa_public_key.hpp"

#include <bit>
#include <cstdint>

#include "base/encoding.hpp"
#include "base/pem.hpp"

namespace iamlocal {
namespace {

constexpr std::string_view ssh_name = "ssh-rsa";
constexpr std::string_view pem_label = "PUBLIC KEY";

constexpr unsigned char integer_tag = 0x02;
constexpr unsigned char bit_string_tag = 0x03;
constexpr unsigned char sequence_tag = 0x30;
/// The elements of AlgorithmIdentifier: the OID 1.2.840.113549.1.1.1, and NULL.
constexpr std::string_view rsa_encryption{"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 13};

unsigned char byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

/// Not negative, not zero, and written with as few bytes as possible.
bool is_positive_number(std::string_view bytes) {
    if (bytes.empty() || byte_at(bytes, 0) >= 0x80) return false;
    if (byte_at(bytes, 0) != 0) return true;
    return bytes.size() > 1 && byte_at(bytes, 1) >= 0x80;
}

// SSH: four bytes of length before each part.

std::optional<std::string_view> take_ssh_part(std::string_view& bytes) {
    if (bytes.size() < 4) return std::nullopt;
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) size = size << 8 | byte_at(bytes, i);
    bytes.remove_prefix(4);
    if (size > bytes.size()) return std::nullopt;
    const std::string_view part = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return part;
}

void append_ssh_part(std::string& out, std::string_view part) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(part.size() >> shift & 0xff));
    out.append(part);
}

// DER: a tag, the length in its shortest form, the content.

std::optional<std::string_view> take_element(std::string_view& der, unsigned char tag) {
    if (der.size() < 2 || byte_at(der, 0) != tag) return std::nullopt;
    std::size_t size = byte_at(der, 1);
    der.remove_prefix(2);
    if (size >= 0x80) {
        const std::size_t count = size & 0x7f;
        if (count == 0 || count > 4 || count > der.size() || byte_at(der, 0) == 0) return std::nullopt;
        size = 0;
        for (std::size_t i = 0; i < count; ++i) size = size << 8 | byte_at(der, i);
        if (size < 0x80) return std::nullopt;
        der.remove_prefix(count);
    }
    if (size > der.size()) return std::nullopt;
    const std::string_view content = der.substr(0, size);
    der.remove_prefix(size);
    return content;
}

std::string element(unsigned char tag, std::string_view content) {
    std::string out(1, static_cast<char>(tag));
    if (content.size() < 0x80) {
        out.push_back(static_cast<char>(content.size()));
    } else {
        std::string size;
        for (std::size_t left = content.size(); left > 0; left >>= 8)
            size.insert(size.begin(), static_cast<char>(left & 0xff));
        out.push_back(static_cast<char>(0x80 | size.size()));
        out += size;
    }
    out += content;
    return out;
}

}  // namespace

std::optional<RsaPublicKey> RsaPublicKey::of_numbers(std::string_view exponent, std::string_view modulus) {
    if (!is_positive_number(exponent) || !is_positive_number(modulus)) return std::nullopt;
    return RsaPublicKey(exponent, modulus);
}

std::optional<RsaPublicKey> RsaPublicKey::parse(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (text.starts_with('-')) {
        const std::optional<std::vector<PemBlock>> blocks = parse_pem(text);
        if (!blocks || blocks->size() != 1 || blocks->front().label != pem_label) return std::nullopt;
        return parse_public_key_info(blocks->front().bytes);
    }
    // What stands behind the key on its line is a comment; there is one line.
    text = text.substr(0, text.find_last_not_of(blanks) + 1);
    if (text.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
    const std::size_t name_end = std::min(text.find_first_of(blanks), text.size());
    if (text.substr(0, name_end) != ssh_name) return std::nullopt;
    text.remove_prefix(name_end);
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    const std::optional<std::string> bytes = base64_decode(text.substr(0, text.find_first_of(blanks)));
    if (!bytes) return std::nullopt;
    return parse_ssh_bytes(*bytes);
}

std::optional<RsaPublicKey> RsaPublicKey::parse_ssh_bytes(std::string_view bytes) {
    const auto name = take_ssh_part(bytes);
    if (!name || *name != ssh_name) return std::nullopt;
    const auto exponent = take_ssh_part(bytes);
    const auto modulus = take_ssh_part(bytes);
    if (!exponent || !modulus || !bytes.empty()) return std::nullopt;
    return of_numbers(*exponent, *modulus);
}

std::optional<RsaPublicKey> RsaPublicKey::parse_public_key_info(std::string_view der) {
    auto info = take_element(der, sequence_tag);
    if (!info || !der.empty()) return std::nullopt;
    const auto algorithm = take_element(*info, sequence_tag);
    auto bits = take_element(*info, bit_string_tag);
    // The first byte of a BIT STRING says how many bits of the last one are left over.
    if (algorithm != rsa_encryption || !bits || !info->empty() || !bits->starts_with('\0')) return std::nullopt;
    bits->remove_prefix(1);
    auto numbers = take_element(*bits, sequence_tag);
    if (!numbers || !bits->empty()) return std::nullopt;
    const auto modulus = take_element(*numbers, integer_tag);
    const auto exponent = take_element(*numbers, integer_tag);
    if (!modulus || !exponent || !numbers->empty()) return std::nullopt;
    return of_numbers(*exponent, *modulus);
}

std::string RsaPublicKey::ssh_bytes() const {
    std::string out;
    append_ssh_part(out, ssh_name);
    append_ssh_part(out, exponent_);
    append_ssh_part(out, modulus_);
    return out;
}

std::string RsaPublicKey::ssh_line() const {
    return std::string(ssh_name) + ' ' + base64_encode(as_bytes(ssh_bytes()));
}

std::string RsaPublicKey::pem() const {
    const std::string numbers = element(sequence_tag, element(integer_tag, modulus_) + element(integer_tag, exponent_));
    return write_pem(pem_label, element(sequence_tag, element(sequence_tag, rsa_encryption) +
                                                          element(bit_string_tag, '\0' + numbers)));
}

std::size_t RsaPublicKey::modulus_bits() const {
    const std::size_t zeros = byte_at(modulus_, 0) == 0 ? 1 : 0;
    return (modulus_.size() - zeros - 1) * 8 + static_cast<std::size_t>(std::bit_width(byte_at(modulus_, zeros)));
}

bool RsaPublicKey::is_plausible() const {
    return (modulus_.back() & 1) != 0 && (exponent_.back() & 1) != 0 && exponent_ != "\x01";
}

}  // namespace iamlocal
