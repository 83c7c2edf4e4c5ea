#include "auth/session_token.hpp"

#include <cstdint>

#include <nlohmann/json.hpp>

#include "auth/cbor_writer.hpp"
#include "base/encoding.hpp"

namespace iamlocal::auth {
namespace {

using Json = nlohmann::json;

/// Authenticated with every token: the purpose and the form of what is inside, CBOR with named members.
constexpr std::string_view binding = "iamlocal session token 2";
constexpr std::string_view claims_binding = "iamlocal session claims 1";

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

/// Of the text of so many bytes.
constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

std::int64_t count_of(Seconds at) { return at.time_since_epoch().count(); }

void put_item(CborWriter& out, std::string_view value) { out.text(value); }
void put_item(CborWriter& out, bool value) { out.boolean(value); }
void put_item(CborWriter& out, std::int64_t value) { out.integer(value); }

void put_item(CborWriter& out, const std::pair<std::string, std::string>& value) {
    out.begin_array(2);
    out.text(value.first);
    out.text(value.second);
}

template <class Value>
void put_item(CborWriter& out, const std::vector<Value>& values);

void put_item(CborWriter& out, const Federation::Key& key) {
    out.begin_array(3);
    out.text(key.name);
    put_item(out, key.values);
    out.boolean(key.is_list);
}

template <class Value>
void put_item(CborWriter& out, const std::vector<Value>& values) {
    out.begin_array(values.size());
    for (const Value& value : values) put_item(out, value);
}

void put_item(CborWriter& out, const Federation& federation) {
    out.begin_map(3);
    out.text("provider");
    out.text(federation.provider);
    out.text("prefix");
    out.text(federation.key_prefix);
    out.text("keys");
    put_item(out, federation.keys);
}

/// The members of a token that is to be sealed, in the order in which they are put.
class Members {
  public:
    Members() { out_.reserve(usual_size); }

    template <class Value>
    void put(std::string_view name, const Value& value) {
        ++count_;
        out_.text(name);
        put_item(out_, value);
    }
    template <class Value>
    void put_unless_empty(std::string_view name, const Value& value) {
        if (!value.empty()) put(name, value);
    }

    std::string to_cbor() const {
        CborWriter head;
        head.begin_map(count_);
        return head.str() + out_.str();
    }

  private:
    static constexpr std::size_t usual_size = 512;

    CborWriter out_;
    std::size_t count_ = 0;
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

Federation read_federation(const Json& members) {
    Federation federation;
    federation.provider = members.at("provider").get<std::string>();
    federation.key_prefix = members.at("prefix").get<std::string>();
    for (const Json& key : members.at("keys"))
        federation.keys.push_back(
            {key.at(0).get<std::string>(), key.at(1).get<std::vector<std::string>>(), key.at(2).get<bool>()});
    return federation;
}

SessionClaims read_claims(const Json& members) {
    SessionClaims claims;
    claims.kind = static_cast<SessionKind>(members.at("kind").get<int>());
    claims.account = AccountId(members.at("account").get<std::string>());
    claims.principal_id = take<std::string>(members, "principal");
    claims.session_name = take<std::string>(members, "name");
    claims.issued = take_time(members, "issued");
    claims.expires = take_time(members, "expires");
    if (members.contains("policy")) claims.policy = members["policy"].get<std::string>();
    claims.policy_arns = take<std::vector<std::string>>(members, "policies");
    claims.delegated_policy = take<std::string>(members, "delegated");
    claims.scope_down = take<std::vector<std::string>>(members, "scope");
    claims.tags = take<std::vector<std::pair<std::string, std::string>>>(members, "tags");
    claims.transitive_tag_keys = take<std::vector<std::string>>(members, "transitive");
    claims.source_identity = take<std::string>(members, "source");
    claims.context = take<std::vector<std::pair<std::string, std::string>>>(members, "context");
    if (members.contains("mfa")) claims.mfa = take_time(members, "mfa");
    if (members.contains("federation")) claims.federation = read_federation(members["federation"]);
    claims.from_console = take<bool>(members, "console");
    claims.end_is_fixed = take<bool>(members, "fixed");
    claims.default_regions_only = take<bool>(members, "v1");
    return claims;
}

SessionToken read_token(const Json& members) {
    return {AccessKeyId(members.at("key").get<std::string>()), Secret(members.at("secret").get<std::string>()),
            read_claims(members)};
}

void put_claims(Members& members, const SessionClaims& claims) {
    members.put("kind", static_cast<std::int64_t>(claims.kind));
    members.put("account", claims.account.str());
    members.put("issued", count_of(claims.issued));
    members.put("expires", count_of(claims.expires));
    members.put_unless_empty("principal", claims.principal_id);
    members.put_unless_empty("name", claims.session_name);
    if (claims.policy) members.put("policy", *claims.policy);
    members.put_unless_empty("policies", claims.policy_arns);
    members.put_unless_empty("delegated", claims.delegated_policy);
    members.put_unless_empty("scope", claims.scope_down);
    members.put_unless_empty("tags", claims.tags);
    members.put_unless_empty("transitive", claims.transitive_tag_keys);
    members.put_unless_empty("source", claims.source_identity);
    members.put_unless_empty("context", claims.context);
    if (claims.mfa) members.put("mfa", count_of(*claims.mfa));
    if (claims.federation) members.put("federation", *claims.federation);
    if (claims.from_console) members.put("console", true);
    if (claims.end_is_fixed) members.put("fixed", true);
    if (claims.default_regions_only) members.put("v1", true);
}

/// What was sealed for that purpose; nullopt for anything else.
template <class Value>
std::optional<Value> open(std::span<const unsigned char, 32> key, std::string_view text, std::string_view purpose,
                          Value (*read)(const Json& members)) {
    const std::optional<std::string> sealed = base64_decode(text);
    if (!sealed) return std::nullopt;
    const std::optional<std::string> plain = open_sealed(key, *sealed, purpose);
    if (!plain) return std::nullopt;
    try {
        // Of a list that says that it is longer than memory it throws, whatever it is told about exceptions.
        const Json members = Json::from_cbor(*plain, true, false);
        if (!members.is_object()) return std::nullopt;
        return read(members);
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

}  // namespace

std::string seal_session_token(std::span<const unsigned char, 32> key, const SessionToken& token, Entropy& entropy,
                               std::size_t minimum_size) {
    Members members;
    members.put("key", token.access_key_id.str());
    members.put("secret", token.secret.reveal());
    put_claims(members, token.claims);
    std::string plain = members.to_cbor();
    const std::size_t size = base64_size(plain.size() + seal_overhead);
    if (size < minimum_size) {
        const Padding padding = padding_of((minimum_size - size + 3) / 4 * 3);
        members.put(padding.name, padding.spaces);
        plain = members.to_cbor();
    }
    return base64_encode(as_bytes(seal(key, plain, binding, entropy)));
}

std::optional<SessionToken> open_session_token(std::span<const unsigned char, 32> key, std::string_view text) {
    return open(key, text, binding, &read_token);
}

std::string seal_session_claims(std::span<const unsigned char, 32> key, const SessionClaims& claims, Entropy& entropy) {
    Members members;
    put_claims(members, claims);
    return base64_encode(as_bytes(seal(key, members.to_cbor(), claims_binding, entropy)));
}

std::optional<SessionClaims> open_session_claims(std::span<const unsigned char, 32> key, std::string_view text) {
    return open(key, text, claims_binding, &read_claims);
}

}  // namespace iamlocal::auth
