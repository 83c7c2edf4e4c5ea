#include "testbench/issuer_requests.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "base/time_format.hpp"
#include "federation/algorithms.hpp"
#include "federation/issuer_presets.hpp"

namespace iamlocal::testbench {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::size_t most_body = std::size_t{16} << 10;
constexpr int deepest = 16;
constexpr std::size_t longest_url = 255;
constexpr std::size_t longest_key_id = 128;
constexpr std::int64_t longest_lifetime = std::int64_t{10} * 366 * 24 * 3600;

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool has_only(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_plain(c) || others.find(c) != std::string_view::npos; });
}

/// Reads the members of an object one by one; the first thing that is wrong is remembered.
class Members {
  public:
    Members(std::string_view body, std::initializer_list<std::string_view> known) : error_(read(body, known)) {}

    const std::string& error() const { return error_; }
    void fail(std::string sentence) {
        if (error_.empty()) error_ = std::move(sentence);
    }
    /// Null if it is not there, or something was wrong before.
    const OrderedJson* find(const char* name) const {
        if (!error_.empty()) return nullptr;
        const auto found = object_.find(name);
        return found == object_.end() ? nullptr : &*found;
    }
    std::optional<std::string> text(const char* name) {
        const OrderedJson* const value = find(name);
        if (value == nullptr) return std::nullopt;
        if (value->is_string()) return value->get<std::string>();
        fail(fmt::format("{} is a text", name));
        return std::nullopt;
    }

  private:
    /// A sentence, or nothing.
    std::string read(std::string_view body, std::initializer_list<std::string_view> known) {
        if (body.size() > most_body) return "the body is larger than 16 KiB";
        if (body.empty()) return {};
        bool is_too_deep = false;
        object_ = OrderedJson::parse(
            body,
            [&](int depth, OrderedJson::parse_event_t, OrderedJson&) {
                if (depth > deepest) is_too_deep = true;
                return !is_too_deep;
            },
            false);
        if (is_too_deep) return "the body is nested too deeply";
        if (!object_.is_object()) return "the body is no object of JSON";
        for (const auto& [name, value] : object_.items())
            if (std::find(known.begin(), known.end(), name) == known.end())
                return fmt::format("there is no member {}", name.substr(0, 40));
        return {};
    }

    OrderedJson object_ = OrderedJson::object();  // read() fills it
    std::string error_;
};

bool is_key_id(std::string_view text) {
    return !text.empty() && text.size() <= longest_key_id &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<std::string> read_algorithm(Members& members) {
    std::optional<std::string> algorithm = members.text("algorithm");
    if (algorithm && federation::find_algorithm(*algorithm) == nullptr)
        members.fail("algorithm is one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 and ES512");
    return algorithm;
}

KeyWish read_key(Members& members) {
    KeyWish key{read_algorithm(members), members.text("kid")};
    if (key.id && !is_key_id(*key.id)) members.fail("kid has 1 to 128 printable characters of ASCII");
    return key;
}

std::string preset_names() {
    std::string names;
    for (const federation::IssuerPreset& preset : federation::issuer_presets())
        if (!preset.name.empty()) names.append(names.empty() ? "" : ", ").append(preset.name);
    return names;
}

/// Nothing for what is no whole number, or too large a one.
std::optional<std::int64_t> whole_number(const OrderedJson& value) {
    if (!value.is_number_integer()) return std::nullopt;
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
        return std::nullopt;
    return value.get<std::int64_t>();
}

std::optional<std::int64_t> read_lifetime(Members& members) {
    const OrderedJson* const value = members.find("expires_in");
    if (value == nullptr) return std::nullopt;
    std::optional<std::int64_t> seconds = whole_number(*value);
    if (value->is_string())
        if (const auto duration = parse_duration(value->get<std::string>())) seconds = duration->count();
    if (!seconds || *seconds < -longest_lifetime || *seconds > longest_lifetime) {
        members.fail("expires_in is a number of seconds, or a duration such as 90s, 15m or 1h30m; ten years at most");
        return std::nullopt;
    }
    return seconds;
}

template <class Wish>
std::variant<Wish, std::string> result_of(Members& members, Wish wish) {
    if (!members.error().empty()) return members.error();
    return wish;
}

}  // namespace

std::variant<IssuerDeclaration, std::string> parse_issuer_declaration(std::string_view body) {
    Members members(body, {"issuer", "preset", "algorithm", "kid"});
    IssuerDeclaration declaration;
    declaration.url = members.text("issuer");
    if (declaration.url && !is_issuer_url(*declaration.url))
        members.fail("issuer is an address such as https://idp.example.com/path, without a query or the port 443");
    declaration.preset = members.text("preset").value_or("");
    if (federation::find_issuer_preset(declaration.preset) == nullptr)
        members.fail(fmt::format("preset is one of {}", preset_names()));
    declaration.key = read_key(members);
    return result_of(members, std::move(declaration));
}

std::variant<Rotation, std::string> parse_rotation(std::string_view body) {
    Members members(body, {"algorithm", "kid", "keep"});
    Rotation rotation;
    rotation.key = read_key(members);
    if (const OrderedJson* const keep = members.find("keep")) {
        const std::int64_t number = whole_number(*keep).value_or(-1);
        if (number < 0 || number >= most_issuer_keys)
            members.fail(fmt::format("keep is a number from 0 to {}", most_issuer_keys - 1));
        rotation.keep = number;
    }
    return result_of(members, std::move(rotation));
}

std::variant<TokenWish, std::string> parse_token_wish(std::string_view body) {
    Members members(body, {"claims", "expires_in", "algorithm", "kid"});
    TokenWish wish;
    if (const OrderedJson* const claims = members.find("claims")) {
        if (claims->is_object())
            wish.claims = *claims;
        else
            members.fail("claims is an object");
    }
    wish.lifetime = read_lifetime(members);
    wish.algorithm = read_algorithm(members);
    if (const OrderedJson* const key_id = members.find("kid")) {
        wish.has_key_id = !key_id->is_null();
        if (wish.has_key_id) wish.key_id = members.text("kid");
        if (wish.key_id && !is_key_id(*wish.key_id)) members.fail("kid has 1 to 128 printable characters of ASCII");
    }
    return result_of(members, std::move(wish));
}

bool is_issuer_name(std::string_view text) { return !text.empty() && text.size() <= 64 && has_only(text, "-_"); }

bool is_authority(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    const std::string_view host = text.substr(0, colon);
    if (host.empty() || host.size() > longest_url || !has_only(host, "-._")) return false;
    if (colon == text.size()) return true;
    const std::string_view digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return error == std::errc{} && end == digits.data() + digits.size() && port != 0;
}

bool is_issuer_url(std::string_view text) {
    if (text.size() > longest_url) return false;
    const bool is_secure = text.starts_with("https://");
    if (!is_secure && !text.starts_with("http://")) return false;
    text.remove_prefix(is_secure ? 8 : 7);
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view authority = text.substr(0, slash);
    return is_authority(authority) && !authority.ends_with(":443") &&
           has_only(text.substr(slash), "-._~!$&'()*+,;=:@/");
}

}  // namespace iamlocal::testbench
