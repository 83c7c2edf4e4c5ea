#include "app/access_log.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "aws/ids.hpp"

namespace iamlocal::app {
namespace {

/// Of 120 columns without time, level and request id.
constexpr std::size_t most_columns = 120 - 30 - 37;
constexpr std::size_t least_name = 12;
/// Of 120 columns without time, level and `hint`.
constexpr std::size_t most_hint_columns = 120 - 30 - 5;

/// `000000000000:user/alice` of an ARN.
std::string_view short_name(std::string_view arn) {
    for (int colon = 0; colon < 4; ++colon) {
        const std::size_t at = arn.find(':');
        if (at == std::string_view::npos) return arn;
        arn.remove_prefix(at + 1);
    }
    return arn;
}

/// The parts of the credential that a request came with, wherever it stands; empty ones where there is none.
std::array<std::string_view, 5> credential_of(const http::Request& request) {
    std::array<std::string_view, 5> parts{};
    std::string_view text = request.header("authorization");
    bool encoded = false;
    std::size_t at = text.find("Credential=");
    if (at == std::string_view::npos) {
        text = request.target;
        at = text.find("X-Amz-Credential=");
        if (at == std::string_view::npos) return parts;
        encoded = true;
    }
    text.remove_prefix(text.find('=', at) + 1);
    text = text.substr(0, text.find_first_of(encoded ? std::string_view("& ") : std::string_view(", ")));
    for (std::string_view& part : parts) {
        std::size_t slash = text.find('/');
        std::size_t size = 1;
        const std::size_t escaped = encoded ? text.find("%2F") : std::string_view::npos;
        if (escaped < slash) {
            slash = escaped;
            size = 3;
        }
        part = text.substr(0, slash);
        if (slash == std::string_view::npos) break;
        text.remove_prefix(slash + size);
    }
    return parts;
}

bool has_form_of_aws(std::string_view id) {
    return id.size() >= 16 && (id.starts_with("AKIA") || id.starts_with("ASIA"));
}

std::string about_key(std::string_view id) {
    if (!is_loggable_name(id)) return {};
    if (id.size() >= 16 && (id.starts_with("LKIA") || id.starts_with("LSIA")))
        return fmt::format(
            "the access key id {} has the form of LocalStack's; keys of another server are not known here", id);
    if (id == "AKIAIOSFODNN7EXAMPLE") return "the access key id is the one of AWS's documentation; root's is test";
    if (has_form_of_aws(id) || ids::is_account_id(id)) return {};
    return fmt::format(
        "there is no access key {}; other emulators take any, here root's is test unless it was set, and twelve digits "
        "are another account's root",
        id);
}

}  // namespace

bool is_loggable_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

std::string headline(const AccessWords& words) {
    const bool decided = words.decision != "-" && !words.decision.empty();
    std::string before = decided               ? std::string(words.decision)
                         : words.error.empty() ? std::string("ok")
                                               : fmt::format("{} {}", words.status, words.error);
    before.append(" ").append(words.action.empty() ? "-" : words.action);
    std::string after;
    const bool told = !decided || words.error.empty() || words.error == error_type::access_denied.name;
    if (!told) after = fmt::format(" {} {}", words.status, words.error);
    if (words.principal.empty() && before.size() > most_columns) before.replace(most_columns - 1, before.size(), "…");
    if (words.principal.empty()) return before.append(after);
    std::string_view name = short_name(words.principal);
    const std::size_t used = before.size() + 1 + after.size();
    const std::size_t room = std::max(least_name, used < most_columns ? most_columns - used : 0);
    before.append(" ");
    // The account goes first, and the end of a name tells more than its beginning.
    if (name.size() > room) name.remove_prefix(name.find(':') + 1);
    if (name.size() > room)
        before.append("…").append(name.substr(name.size() - room + 1));
    else
        before.append(name);
    return before.append(after);
}

std::string_view short_reason(std::string_view denied) {
    for (const std::string_view mark : {" because ", " with an explicit deny"}) {
        const std::size_t at = denied.rfind(mark);
        if (at != std::string_view::npos) return denied.substr(at + (mark == " because " ? mark.size() : 1));
    }
    return {};
}

std::vector<std::string> wrapped_hint(std::string_view sentence) {
    std::vector<std::string> pieces;
    while (!sentence.empty()) {
        std::size_t end = sentence.size();
        if (end > most_hint_columns) end = std::min(sentence.rfind(' ', most_hint_columns), end);
        pieces.emplace_back(sentence.substr(0, end));
        sentence.remove_prefix(std::min(end + 1, sentence.size()));
    }
    return pieces;
}

std::string find_hint(std::string_view error, const http::Request& request, const ServiceTable& services) {
    const auto [id, date, region, service, terminator] = credential_of(request);
    const auto rows = services.rows();
    const bool ours = std::any_of(rows.begin(), rows.end(), [&](const Service& row) { return row.name == service; });
    if (!ours && is_loggable_name(service))
        return fmt::format("the request is for the service {}; iamlocal serves IAM and STS", service);
    if (error == error_type::invalid_client_token_id.name) return about_key(id);
    return {};
}

}  // namespace iamlocal::app
