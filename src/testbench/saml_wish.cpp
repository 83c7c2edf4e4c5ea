#include "testbench/saml_wish.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/pem.hpp"
#include "base/time_format.hpp"

namespace iamlocal::testbench {
namespace {

using WishJson = nlohmann::ordered_json;

constexpr std::size_t most_wish_bytes = std::size_t{64} << 10;
constexpr std::chrono::seconds ten_years{std::chrono::hours(24) * 3660};
constexpr std::string_view known_members[] = {"role",
                                              "provider",
                                              "session_name",
                                              "subject",
                                              "subject_format",
                                              "recipient",
                                              "audience",
                                              "expires_in",
                                              "duration",
                                              "session_expires_in",
                                              "source_identity",
                                              "tags",
                                              "transitive_tags",
                                              "attributes",
                                              "sign",
                                              "encrypt_for"};

struct BadWish {
    std::string why;
};

/// Members of one object; the first that is wrong ends it.
class WishReader {
  public:
    explicit WishReader(std::string_view body) {
        if (body.size() > most_wish_bytes) throw BadWish{"the body is larger than 64 KiB"};
        object_ = WishJson::parse(body, nullptr, false);
        if (!object_.is_object()) throw BadWish{"the body is no object of JSON"};
        for (const auto& [name, value] : object_.items())
            if (std::find(std::begin(known_members), std::end(known_members), name) == std::end(known_members))
                throw BadWish{fmt::format("there is no member {}", name.substr(0, 40))};
    }

    const WishJson* find(const char* name) const {
        const auto found = object_.find(name);
        return found == object_.end() ? nullptr : &*found;
    }
    std::optional<std::string> text(const char* name) const {
        const WishJson* const value = find(name);
        return value ? std::optional(text_of(*value, name)) : std::nullopt;
    }
    std::vector<std::string> texts(const char* name) const {
        const WishJson* const value = find(name);
        return value ? texts_of(*value, name) : std::vector<std::string>();
    }
    std::optional<std::chrono::seconds> duration(const char* name) const {
        const WishJson* const value = find(name);
        if (value == nullptr) return std::nullopt;
        std::optional<std::chrono::seconds> seconds;
        if (value->is_number_integer()) seconds = std::chrono::seconds(value->get<std::int64_t>());
        if (value->is_string()) seconds = parse_duration(value->get<std::string>());
        if (!seconds || *seconds < -ten_years || *seconds > ten_years)
            throw BadWish{fmt::format("{} is a number of seconds, or a duration such as 15m; ten years at most", name)};
        return seconds;
    }

    static std::string text_of(const WishJson& value, std::string_view name) {
        if (!value.is_string()) throw BadWish{fmt::format("{} is a text", name)};
        std::string text = value.get<std::string>();
        // XML has no such characters, not even escaped ones.
        if (std::any_of(
                text.begin(), text.end(),
                [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r'; }) ||
            text.find("\xef\xbf\xbe") != std::string::npos || text.find("\xef\xbf\xbf") != std::string::npos)
            throw BadWish{fmt::format("{} has a character that XML cannot have", name)};
        return text;
    }
    static std::vector<std::string> texts_of(const WishJson& value, std::string_view name) {
        if (!value.is_array()) return {text_of(value, name)};
        std::vector<std::string> texts;
        for (const WishJson& item : value) texts.push_back(text_of(item, name));
        return texts;
    }

  private:
    WishJson object_;
};

void read_sign(const WishReader& reader, SamlWish& wish) {
    const std::string sign = reader.text("sign").value_or("assertion");
    if (sign != "assertion" && sign != "response" && sign != "both" && sign != "nothing")
        throw BadWish{"sign is assertion, response, both or nothing"};
    wish.sign_assertion = sign == "assertion" || sign == "both";
    wish.sign_response = sign == "response" || sign == "both";
}

void read_certificate(const WishReader& reader, SamlWish& wish) {
    const std::optional<std::string> pem = reader.text("encrypt_for");
    if (!pem) return;
    const auto blocks = parse_pem(*pem);
    if (!blocks || blocks->size() != 1 || blocks->front().label != "CERTIFICATE")
        throw BadWish{"encrypt_for is a certificate in PEM"};
    wish.encrypt_for = blocks->front().bytes;
}

template <class Add>
void each_member(const WishReader& reader, const char* name, Add add) {
    const WishJson* const object = reader.find(name);
    if (object == nullptr) return;
    if (!object->is_object()) throw BadWish{fmt::format("{} is an object", name)};
    for (const auto& [key, value] : object->items()) add(WishReader::text_of(key, name), value);
}

SamlWish read_wish(const WishReader& reader) {
    SamlWish wish;
    wish.roles = reader.texts("role");
    wish.provider = reader.text("provider");
    wish.session_name = reader.text("session_name").value_or(wish.session_name);
    wish.subject = reader.text("subject").value_or(wish.subject);
    wish.subject_format =
        reader.text("subject_format").value_or("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent");
    wish.recipient = reader.text("recipient").value_or("https://signin.aws.amazon.com/saml");
    wish.audience = reader.text("audience").value_or("https://signin.aws.amazon.com/saml");
    wish.expires_in = reader.duration("expires_in").value_or(wish.expires_in);
    if (const auto duration = reader.duration("duration")) wish.duration = fmt::format("{}", duration->count());
    wish.session_expires_in = reader.duration("session_expires_in");
    wish.source_identity = reader.text("source_identity").value_or("");
    wish.transitive_tags = reader.texts("transitive_tags");
    each_member(reader, "tags", [&](std::string key, const WishJson& value) {
        wish.tags.emplace_back(std::move(key), WishReader::text_of(value, "tags"));
    });
    each_member(reader, "attributes", [&](std::string key, const WishJson& value) {
        wish.attributes.emplace_back(std::move(key), WishReader::texts_of(value, "attributes"));
    });
    read_sign(reader, wish);
    read_certificate(reader, wish);
    return wish;
}

}  // namespace

std::variant<SamlWish, std::string> parse_saml_wish(std::string_view body) {
    try {
        return read_wish(WishReader(body));
    } catch (const BadWish& bad) {
        return bad.why;
    }
}

}  // namespace iamlocal::testbench
