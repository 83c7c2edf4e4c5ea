#include "federation/saml_encryption.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/encoding.hpp"
#include "base/key_transport.hpp"
#include "federation/saml_assertion.hpp"

namespace iamlocal::federation {
namespace {

using xml::Element;

constexpr std::string_view encryption_space = "http://www.w3.org/2001/04/xmlenc#";
constexpr std::string_view newer_encryption_space = "http://www.w3.org/2009/xmlenc11#";
/// Keys for other recipients may stand beside ours; each costs a decryption.
constexpr std::size_t most_encrypted_keys = 8;

struct ContentMethod {
    std::string_view algorithm;
    AesMode mode;
    std::size_t key_size;
};
constexpr ContentMethod content_methods[] = {
    {"http://www.w3.org/2001/04/xmlenc#aes128-cbc", AesMode::cbc, 16},
    {"http://www.w3.org/2001/04/xmlenc#aes256-cbc", AesMode::cbc, 32},
    {"http://www.w3.org/2009/xmlenc11#aes128-gcm", AesMode::gcm, 16},
    {"http://www.w3.org/2009/xmlenc11#aes256-gcm", AesMode::gcm, 32},
};

struct NamedHash {
    std::string_view algorithm;
    OaepHash hash;
};
constexpr NamedHash digests[] = {
    {"http://www.w3.org/2000/09/xmldsig#sha1", OaepHash::sha1},
    {"http://www.w3.org/2001/04/xmlenc#sha256", OaepHash::sha256},
    {"http://www.w3.org/2001/04/xmldsig-more#sha384", OaepHash::sha384},
    {"http://www.w3.org/2001/04/xmlenc#sha512", OaepHash::sha512},
};
constexpr NamedHash masks[] = {
    {"http://www.w3.org/2009/xmlenc11#mgf1sha1", OaepHash::sha1},
    {"http://www.w3.org/2009/xmlenc11#mgf1sha224", OaepHash::sha224},
    {"http://www.w3.org/2009/xmlenc11#mgf1sha256", OaepHash::sha256},
    {"http://www.w3.org/2009/xmlenc11#mgf1sha384", OaepHash::sha384},
    {"http://www.w3.org/2009/xmlenc11#mgf1sha512", OaepHash::sha512},
};

const Element* child_of(const Element& parent, std::string_view name_space, std::string_view name) {
    const auto found = std::find_if(parent.children.begin(), parent.children.end(),
                                    [&](const Element& child) { return child.is(name_space, name); });
    return found == parent.children.end() ? nullptr : &*found;
}

/// Base64 that may be broken into lines.
std::optional<std::string> decoded(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return base64_decode(text);
}

std::optional<std::string> cipher_value(const Element& encrypted) {
    const Element* const data = child_of(encrypted, encryption_space, "CipherData");
    const Element* const value = data ? child_of(*data, encryption_space, "CipherValue") : nullptr;
    return value ? decoded(value->text) : std::nullopt;
}

/// The Algorithm of a child; `usual` where that is not there.
std::optional<OaepHash> hash_of(const Element* method, std::span<const NamedHash> known) {
    if (method == nullptr) return OaepHash::sha1;
    const std::string* const algorithm = method->find("Algorithm");
    for (const NamedHash& one : known)
        if (algorithm != nullptr && *algorithm == one.algorithm) return one.hash;
    return std::nullopt;
}

std::optional<Oaep> oaep_of(const Element& encrypted_key) {
    const Element* const method = child_of(encrypted_key, encryption_space, "EncryptionMethod");
    const std::string* const algorithm = method ? method->find("Algorithm") : nullptr;
    if (algorithm == nullptr) return std::nullopt;
    const bool is_newer = *algorithm == "http://www.w3.org/2009/xmlenc11#rsa-oaep";
    if (!is_newer && *algorithm != "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p") return std::nullopt;
    const std::optional<OaepHash> digest = hash_of(child_of(*method, xml_signature_space, "DigestMethod"), digests);
    const std::optional<OaepHash> mask =
        is_newer ? hash_of(child_of(*method, newer_encryption_space, "MGF"), masks) : OaepHash::sha1;
    if (!digest || !mask) return std::nullopt;
    Oaep oaep{.digest = *digest, .mask = *mask};
    if (const Element* const label = child_of(*method, encryption_space, "OAEPparams")) {
        std::optional<std::string> bytes = decoded(label->text);
        if (!bytes) return std::nullopt;
        oaep.label = *std::move(bytes);
    }
    return oaep;
}

/// They stand within the data's KeyInfo, or beside the data.
std::vector<const Element*> encrypted_keys(const Element& encrypted, const Element& data) {
    std::vector<const Element*> keys;
    const auto add_from = [&](const Element& parent) {
        for (const Element& child : parent.children)
            if (child.is(encryption_space, "EncryptedKey") && keys.size() < most_encrypted_keys) keys.push_back(&child);
    };
    if (const Element* const info = child_of(data, xml_signature_space, "KeyInfo")) add_from(*info);
    add_from(encrypted);
    return keys;
}

}  // namespace

std::optional<std::string> decrypt_assertion(const Element& encrypted, std::span<const Secret> private_keys) {
    const Element* const data = child_of(encrypted, encryption_space, "EncryptedData");
    const Element* const method = data ? child_of(*data, encryption_space, "EncryptionMethod") : nullptr;
    const std::string* const algorithm = method ? method->find("Algorithm") : nullptr;
    if (algorithm == nullptr) return std::nullopt;
    const auto content = std::find_if(std::begin(content_methods), std::end(content_methods),
                                      [&](const ContentMethod& known) { return known.algorithm == *algorithm; });
    const std::optional<std::string> sealed = cipher_value(*data);
    if (content == std::end(content_methods) || !sealed) return std::nullopt;
    for (const Element* const encrypted_key : encrypted_keys(encrypted, *data)) {
        const std::optional<Oaep> oaep = oaep_of(*encrypted_key);
        const std::optional<std::string> sealed_key = cipher_value(*encrypted_key);
        if (!oaep || !sealed_key) continue;
        for (const Secret& private_key : private_keys) {
            const std::optional<Secret> key = open_oaep(private_key, *oaep, *sealed_key);
            if (!key || key->reveal().size() != content->key_size) continue;
            if (auto plain = open_aes(content->mode, *key, *sealed)) return plain;
        }
    }
    return std::nullopt;
}

}  // namespace iamlocal::federation
