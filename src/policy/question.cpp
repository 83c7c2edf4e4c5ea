#include "policy/question.hpp"

#include <algorithm>
#include <optional>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (fold_case(c) >= 'a' && fold_case(c) <= 'z') || c == '-' || c == '_';
    });
}

}  // namespace

bool is_action_name(std::string_view text) {
    const std::size_t colon = text.find(':');
    return colon != std::string_view::npos && is_word(text.substr(0, colon)) && is_word(text.substr(colon + 1));
}

bool is_resource_name(std::string_view text) { return text == "*" || Arn::parse(text).has_value(); }

std::string account_in(std::string_view arn) {
    const std::optional<Arn> parsed = Arn::parse(arn);
    if (!parsed || !ids::is_account_id(parsed->account)) return {};
    return std::string(parsed->account);
}

}  // namespace iamlocal::policy
