#include "auth/session_token.hpp"

#include <cstdint>

#include "base/encoding.hpp"

namespace iamlocal::auth {
namespace {

/// Authenticated with every token: the purpose and the version of the layout below.
constexpr std::string_view binding = "iamlocal session token 2";

/// Fields one after another: numbers as eight bytes, texts as their length and their bytes.
class Packer {
  public:
    void number(std::int64_t value) {
        for (int shift = 56; shift >= 0; shift -= 8)
            out_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift));
    }
    void text(std::string_view value) {
        number(static_cast<std::int64_t>(value.size()));
        out_.append(value);
    }
    void texts(const std::vector<std::string>& values) {
        number(static_cast<std::int64_t>(values.size()));
        for (const std::string& value : values) text(value);
    }
    const std::string& out() const { return out_; }

  private:
    std::string out_;
};

/// Reads the same back; once something does not fit, everything is empty and ok() is false.
class Unpacker {
  public:
    explicit Unpacker(std::string_view in) : in_(in) {}

    std::int64_t number() {
        if (in_.size() < 8) return fail();
        std::uint64_t value = 0;
        for (int i = 0; i < 8; ++i) value = (value << 8) | static_cast<unsigned char>(in_[static_cast<std::size_t>(i)]);
        in_.remove_prefix(8);
        return static_cast<std::int64_t>(value);
    }
    std::string text() {
        const auto size = static_cast<std::uint64_t>(number());
        if (size > in_.size()) {
            fail();
            return {};
        }
        std::string value(in_.substr(0, size));
        in_.remove_prefix(size);
        return value;
    }
    std::vector<std::string> texts() {
        std::vector<std::string> values;
        const auto count = static_cast<std::uint64_t>(number());
        for (std::uint64_t i = 0; i < count && ok_; ++i) values.push_back(text());
        return values;
    }
    bool ok() const { return ok_ && in_.empty(); }

  private:
    std::int64_t fail() {
        ok_ = false;
        in_ = {};
        return 0;
    }
    std::string_view in_;
    bool ok_ = true;
};

Seconds seconds_of(std::int64_t count) { return Seconds(std::chrono::seconds(count)); }

}  // namespace

std::string seal_session_token(std::span<const unsigned char, 32> key, const SessionClaims& claims, Entropy& entropy) {
    Packer packer;
    packer.number(static_cast<std::int64_t>(claims.kind));
    packer.text(claims.account.view());
    packer.text(claims.access_key_id.view());
    packer.text(claims.secret.reveal());
    packer.text(claims.principal_id);
    packer.text(claims.session_name);
    packer.number(claims.issued.time_since_epoch().count());
    packer.number(claims.expires.time_since_epoch().count());
    packer.number(claims.policy ? 1 : 0);
    packer.text(claims.policy.value_or(""));
    packer.texts(claims.policy_arns);
    packer.number(static_cast<std::int64_t>(claims.tags.size()));
    for (const auto& [tag_key, value] : claims.tags) {
        packer.text(tag_key);
        packer.text(value);
    }
    packer.texts(claims.transitive_tag_keys);
    packer.text(claims.source_identity);
    packer.text(claims.padding);
    return base64_encode(as_bytes(seal(key, packer.out(), binding, entropy)));
}

std::optional<SessionClaims> open_session_token(std::span<const unsigned char, 32> key, std::string_view token) {
    const std::optional<std::string> sealed = base64_decode(token);
    if (!sealed) return std::nullopt;
    const std::optional<std::string> plain = open_sealed(key, *sealed, binding);
    if (!plain) return std::nullopt;

    Unpacker in(*plain);
    SessionClaims claims;
    claims.kind = static_cast<SessionKind>(in.number());
    claims.account = AccountId(in.text());
    claims.access_key_id = AccessKeyId(in.text());
    claims.secret = Secret(in.text());
    claims.principal_id = in.text();
    claims.session_name = in.text();
    claims.issued = seconds_of(in.number());
    claims.expires = seconds_of(in.number());
    const bool has_policy = in.number() == 1;
    std::string policy = in.text();
    if (has_policy) claims.policy = std::move(policy);
    claims.policy_arns = in.texts();
    const std::int64_t tags = in.number();
    for (std::int64_t i = 0; i < tags && claims.tags.size() < plain->size(); ++i) {
        std::string tag_key = in.text();
        claims.tags.emplace_back(std::move(tag_key), in.text());
    }
    claims.transitive_tag_keys = in.texts();
    claims.source_identity = in.text();
    claims.padding = in.text();
    if (!in.ok()) return std::nullopt;
    return claims;
}

}  // namespace iamlocal::auth
