#include "metadata/machine.hpp"

#include <algorithm>

#include "aws/arn.hpp"
#include "aws/ids.hpp"

namespace iamlocal::metadata {
namespace {

constexpr std::size_t longest_thing = 128;
constexpr std::size_t longest_container_id = 64;
constexpr std::size_t longest_kubernetes_name = 253;

bool is_small_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_letter_or_digit(char c) { return is_small_or_digit(c) || (c >= 'A' && c <= 'Z'); }

bool is_thing_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_thing && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter_or_digit(c) || std::string_view("_+=,.@-").find(c) != std::string_view::npos;
    });
}

}  // namespace

std::optional<NamedThing> parse_thing(std::string_view text, std::string_view type, const AccountId& account) {
    NamedThing thing{account, std::string(text)};
    if (text.starts_with("arn:")) {
        const std::optional<Arn> arn = Arn::parse(text);
        if (!arn || arn->service != "iam" || !ids::is_account_id(arn->account) || !arn->resource.starts_with(type) ||
            arn->resource.substr(type.size()).substr(0, 1) != "/")
            return std::nullopt;
        thing = {AccountId(arn->account), std::string(arn->resource.substr(arn->resource.rfind('/') + 1))};
    }
    if (!is_thing_name(thing.name)) return std::nullopt;
    return thing;
}

void Instance::move_to(std::string_view new_region) {
    region = new_region;
    zone = region + "a";
}

const Association* Machine::find_association(std::string_view name_space, std::string_view service_account) const {
    const auto found = std::find_if(associations.begin(), associations.end(), [&](const Association& association) {
        return association.name_space == name_space && association.service_account == service_account;
    });
    return found == associations.end() ? nullptr : &*found;
}

bool is_container_id(std::string_view text) {
    return text.size() >= 2 && text.size() <= longest_container_id &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; });
}

bool is_kubernetes_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_kubernetes_name &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_small_or_digit(c) || c == '-' || c == '.'; });
}

}  // namespace iamlocal::metadata
