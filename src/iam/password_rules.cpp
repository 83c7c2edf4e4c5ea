#include "iam/password_rules.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace iamlocal::iam {
namespace {

constexpr std::string_view symbols = "!@#$%^&*()_+-=[]{}|'";

/// The rule of AWS for accounts without a policy.
constexpr std::size_t usual_length = 8;
constexpr std::size_t usual_kinds = 3;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_number(char c) { return c >= '0' && c <= '9'; }
bool is_symbol(char c) { return symbols.find(c) != std::string_view::npos; }

/// A kind of characters that passwords are to have.
struct CharacterKind {
    bool (*is)(char c);
    const char* lack;
    bool store::PasswordPolicy::*required;
};
constexpr std::array<CharacterKind, 4> kinds{{
    {is_upper, "Password should have at least one uppercase letter", &store::PasswordPolicy::require_uppercase},
    {is_lower, "Password should have at least one lowercase letter", &store::PasswordPolicy::require_lowercase},
    {is_number, "Password should have at least one number", &store::PasswordPolicy::require_numbers},
    {is_symbol, "Password should have at least one symbol", &store::PasswordPolicy::require_symbols},
}};

/// In characters, of well-formed UTF-8.
std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::optional<std::string> password_lack(std::string_view password,
                                         const std::optional<store::PasswordPolicy>& policy) {
    std::vector<std::string> lacks;
    const std::size_t least = policy ? static_cast<std::size_t>(policy->minimum_length) : usual_length;
    if (length_of(password) < least) lacks.push_back(fmt::format("Password should have a minimum length of {}", least));

    std::vector<std::string> missing;
    for (const CharacterKind& kind : kinds) {
        const bool counts = !policy || (*policy).*kind.required;
        if (counts && std::none_of(password.begin(), password.end(), kind.is)) missing.emplace_back(kind.lack);
    }
    if (policy) {
        lacks.insert(lacks.end(), missing.begin(), missing.end());
    } else if (const std::size_t present = kinds.size() - missing.size(); present < usual_kinds) {
        lacks.push_back(fmt::format("Password should meet {} more of the following requirements: {}",
                                    usual_kinds - present, fmt::join(missing, ", ")));
    }
    if (lacks.empty()) return std::nullopt;
    return fmt::format("{}", fmt::join(lacks, ", "));
}

}  // namespace iamlocal::iam
