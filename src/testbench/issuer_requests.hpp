// What is asked of built-in issuers, read from JSON. Nothing here knows the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <nlohmann/json.hpp>

namespace iamlocal::testbench {

/// The key that an issuer signs with.
struct KeyWish {
    std::optional<std::string> algorithm;  ///< one that is known
    std::optional<std::string> id;         ///< `kid`
};

/// PUT: there is to be such an issuer.
struct IssuerDeclaration {
    std::optional<std::string> url;
    std::string preset;  ///< one that is known; empty: none
    KeyWish key;
};

/// POST …/rotate: from now on another key signs.
struct Rotation {
    KeyWish key;
    std::int64_t keep = 1;  ///< how many older keys stay in the set
};

/// POST …/token
struct TokenWish {
    nlohmann::ordered_json claims = nlohmann::ordered_json::object();  ///< null: a claim that is to be left out
    std::optional<std::int64_t> lifetime;                              ///< in seconds; negative: it is over already
    std::optional<std::string> algorithm;                              ///< one that is known
    std::optional<std::string> key_id;  ///< what the token says; the key of that name signs, if there is one
    bool has_key_id = true;             ///< false: it names no key
};

/// The error is a sentence. An empty body asks for what is usual.
std::variant<IssuerDeclaration, std::string> parse_issuer_declaration(std::string_view body);
std::variant<Rotation, std::string> parse_rotation(std::string_view body);
std::variant<TokenWish, std::string> parse_token_wish(std::string_view body);

/// 1 to 64 letters, digits and `-_`.
bool is_issuer_name(std::string_view text);
/// `https://` or `http://`, a host, perhaps a port and a path; as IAM takes it, but that http is fine here.
bool is_issuer_url(std::string_view text);
/// Host and port as a Host header has them, in the form that IAM takes.
bool is_authority(std::string_view text);

inline constexpr std::int64_t most_issuer_keys = 10;

}  // namespace iamlocal::testbench
