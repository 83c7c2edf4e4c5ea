#include "auth/session_token.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"

namespace iamlocal::auth {
namespace {

using Json = nlohmann::json;

/// Authenticated with every token: the purpose and the form of what is inside, CBOR with named members.
constexpr std::string_view binding = "iamlocal session token 2";

/// A member that makes a token longer.
struct Padding {
    const char* name;
    std::string spaces;
};

/// One which with what CBOR puts before it, its name and a length of one to three bytes, is `bytes` long. Where the
/// length's own bytes leave a gap, a longer name fills it.
Padding padding_of(std::size_t bytes) {
    constexpr std::size_t usual = 8;
    const bool in_gap = bytes == usual + 25 || bytes == usual + 258;
    const std::size_t name = in_gap ? usual + 1 : usual;
    const std::size_t head = name + (bytes > name + 257 ? 3 : bytes > name + 24 ? 2 : 1);
    return {in_gap ? "padding+" : "padding", std::string(bytes > head ? bytes - head : 1, ' ')};
}

std::int64_t count_of(Seconds at) { return at.time_since_epoch().count(); }

/// The members of a token that is to be sealed, in the order in which they are put: one array in place of a tree.
class Members {
  public:
    Members() { members_.get_ref<Written::object_t&>().reserve(most); }

    template <class Value>
    void put(const char* name, const Value& value) {
        members_.get_ref<Written::object_t&>().emplace_back(name, value);
    }
    template <class Value>
    void put_unless_empty(const char* name, const Value& value) {
        if (!value.empty()) put(name, value);
    }
    std::string to_cbor() const {
        std::string out;
        Written::to_cbor(members_, out);
        return out;
    }

  private:
    using Written = nlohmann::ordered_json;
    static constexpr std::size_t most = 16;

    Written members_ = Written::object();
};

/// The member, or what a token without it means. Throws nlohmann's exception for one of another type.
template <class Value>
Value take(const Json& members, const char* name) {
    const auto found = members.find(name);
    return found == members.end() ? Value() : found->get<Value>();
}

Seconds take_time(const Json& members, const char* name) {
    return Seconds(std::chrono::seconds(members.at(name).get<std::int64_t>()));
}

SessionToken read_token(const Json& members) {
    SessionToken token;
    token.access_key_id = AccessKeyId(members.at("key").get<std::string>());
    token.secret = Secret(members.at("secret").get<std::string>());
    SessionClaims& claims = token.claims;
    claims.kind = static_cast<SessionKind>(members.at("kind").get<int>());
    claims.account = AccountId(members.at("account").get<std::string>());
    claims.principal_id = take<std::string>(members, "principal");
    claims.session_name = take<std::string>(members, "name");
    claims.issued = take_time(members, "issued");
    claims.expires = take_time(members, "expires");
    if (members.contains("policy")) claims.policy = members["policy"].get<std::string>();
    claims.policy_arns = take<std::vector<std::string>>(members, "policies");
    claims.tags = take<std::vector<std::pair<std::string, std::string>>>(members, "tags");
    claims.transitive_tag_keys = take<std::vector<std::string>>(members, "transitive");
    claims.source_identity = take<std::string>(members, "source");
    claims.context = take<std::vector<std::pair<std::string, std::string>>>(members, "context");
    if (members.contains("mfa")) claims.mfa = take_time(members, "mfa");
    claims.from_console = take<bool>(members, "console");
    claims.default_regions_only = take<bool>(members, "v1");
    return token;
}

}  // namespace

std::string seal_session_token(std::span<const unsigned char, 32> key, const SessionToken& token, Entropy& entropy,
                               std::size_t minimum_size) {
    const SessionClaims& claims = token.claims;
    Members members;
    members.put("key", token.access_key_id.str());
    members.put("secret", token.secret.reveal());
    members.put("kind", static_cast<int>(claims.kind));
    members.put("account", claims.account.str());
    members.put("issued", count_of(claims.issued));
    members.put("expires", count_of(claims.expires));
    members.put_unless_empty("principal", claims.principal_id);
    members.put_unless_empty("name", claims.session_name);
    if (claims.policy) members.put("policy", *claims.policy);
    members.put_unless_empty("policies", claims.policy_arns);
    members.put_unless_empty("tags", claims.tags);
    members.put_unless_empty("transitive", claims.transitive_tag_keys);
    members.put_unless_empty("source", claims.source_identity);
    members.put_unless_empty("context", claims.context);
    if (claims.mfa) members.put("mfa", count_of(*claims.mfa));
    if (claims.from_console) members.put("console", true);
    if (claims.default_regions_only) members.put("v1", true);
    const auto sealed = [&] { return base64_encode(as_bytes(seal(key, members.to_cbor(), binding, entropy))); };
    std::string text = sealed();
    if (text.size() >= minimum_size) return text;
    const std::size_t missing = (minimum_size - text.size() + 3) / 4 * 3;
    const Padding padding = padding_of(missing);
    members.put(padding.name, padding.spaces);
    return sealed();
}

std::optional<SessionToken> open_session_token(std::span<const unsigned char, 32> key, std::string_view text) {
    const std::optional<std::string> sealed = base64_decode(text);
    if (!sealed) return std::nullopt;
    const std::optional<std::string> plain = open_sealed(key, *sealed, binding);
    if (!plain) return std::nullopt;
    const Json members = Json::from_cbor(*plain, true, false);
    if (!members.is_object()) return std::nullopt;
    try {
        return read_token(members);
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

}  // namespace iamlocal::auth
