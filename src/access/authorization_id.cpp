#include "access/authorization_id.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::access {
namespace {

constexpr unsigned base = 36;
constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
using Number = std::array<unsigned char, 16>;  ///< the greatest byte first

/// Divides by `base` and gives the remainder.
unsigned divide(Number& number) {
    unsigned rest = 0;
    for (unsigned char& byte : number) {
        const unsigned value = rest * 256 + byte;
        byte = static_cast<unsigned char>(value / base);
        rest = value % base;
    }
    return rest;
}

/// number * base + digit; false when that is too large.
bool append_digit(Number& number, unsigned digit) {
    unsigned carry = digit;
    for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
        const unsigned value = *byte * base + carry;
        *byte = static_cast<unsigned char>(value % 256);
        carry = value / 256;
    }
    return carry == 0;
}

}  // namespace

bool has_authorization_id(std::string_view action) {
    if (!action.starts_with("iam:")) return false;
    // AWS's answers had none for these.
    constexpr std::string_view without[] = {
        "iam:CreateRole",
        "iam:ListInstanceProfiles",
        "iam:ListOrganizationsFeatures",
        "iam:EnableOrganizationsRootCredentialsManagement",
        "iam:DisableOrganizationsRootCredentialsManagement",
        "iam:EnableOrganizationsRootSessions",
        "iam:DisableOrganizationsRootSessions",
        "iam:GetRoleTemplateVersion",
    };
    return std::find(std::begin(without), std::end(without), action) == std::end(without);
}

std::string authorization_id(std::string_view request_id) {
    Number number{};
    std::size_t nibble = 0;
    for (const char c : request_id) {
        const int value = hex_value(c);
        if (value < 0 || nibble == 2 * number.size()) continue;
        number[nibble / 2] = static_cast<unsigned char>(number[nibble / 2] * 16 + value);
        ++nibble;
    }
    std::string text;
    while (std::any_of(number.begin(), number.end(), [](unsigned char byte) { return byte != 0; }))
        text.push_back(digits[divide(number)]);
    std::reverse(text.begin(), text.end());
    return text;
}

std::optional<std::string> request_id_of(std::string_view authorization_id) {
    Number number{};
    if (authorization_id.empty() || authorization_id.front() == '0') return std::nullopt;
    for (const char c : authorization_id) {
        const std::size_t digit = digits.find(c);
        if (digit == std::string_view::npos || !append_digit(number, static_cast<unsigned>(digit))) return std::nullopt;
    }
    std::string id;
    for (std::size_t i = 0; i < number.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) id.push_back('-');
        hex_append(id, std::span(number).subspan(i, 1));
    }
    return id;
}

std::string where_the_details_are(std::string_view request_id) {
    const std::string id = authorization_id(request_id);
    return fmt::format(
        ". Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/{} for "
        "complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: {}",
        id, id);
}

}  // namespace iamlocal::access
