// The words of access lines: what people read first of a request, and what a client may have meant that was refused
// before it named an operation of ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/operations.hpp"
#include "http/message/request.hpp"

namespace iamlocal::app {

/// What an access line tells of a request.
struct AccessWords {
    std::string_view decision;   ///< as Verdict has it
    std::string_view action;     ///< empty: none was understood
    std::string_view principal;  ///< an ARN, or empty
    int status = 0;
    std::string_view error;  ///< AWS's code, or empty
};

/// `deny iam:ListUsers 000000000000:user/alice`, `allow iam:GetUser 000000000000:root 404 NoSuchEntity`: in text, in
/// front of all else. Long names are cut, so that the line with time and request id has 120 columns.
[[nodiscard]] std::string headline(const AccessWords& words);

/// Whether the text is a name that may be quoted in a log: up to 64 letters, digits, `-` and `_`.
[[nodiscard]] bool is_loggable_name(std::string_view text);

/// What AWS's message ends with: `no identity-based policy allows the iam:ListUsers action`.
[[nodiscard]] std::string_view short_reason(std::string_view denied);

/// A hint in pieces that fit behind time, level and `hint` in lines of 120 columns.
[[nodiscard]] std::vector<std::string> wrapped_hint(std::string_view sentence);

/// A sentence for a request that failed with `error` and was perhaps meant for somebody else: for a service that is not
/// served, or with credentials of another emulator's convention. Empty where there is nothing to say.
[[nodiscard]] std::string find_hint(std::string_view error, const http::Request& request, const ServiceTable& services);

}  // namespace iamlocal::app
