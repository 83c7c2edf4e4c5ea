#include "store/mfa_devices.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/one_time_code.hpp"
#include "store/users.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using Json = nlohmann::json;
using store::MfaDevice;
using store::MfaDeviceKind;

constexpr std::string_view expected =
    R"(expected {"serial_number":"GAHT12345678","seed":"BASE32"} or {"user_name":"bob","security_key":"work"})";
constexpr std::size_t shortest_serial = 9;
constexpr std::size_t longest_serial = 256;
constexpr std::size_t shortest_seed = 16;
constexpr std::size_t longest_seed = 64;
constexpr std::size_t longest_certification = 32;
constexpr std::size_t key_id_bytes = 15;

/// Why a declaration is refused.
struct Refusal {
    int status;
    std::string why;
};

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("_+=,.@-").find(c) != std::string_view::npos;
    });
}

/// The member's text; empty if it is not there or no text.
std::string text_of(const Json& body, const char* name) {
    const auto found = body.find(name);
    return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool has_only(const Json& body, std::initializer_list<std::string_view> names) {
    return std::all_of(body.items().begin(), body.items().end(), [&](const auto& member) {
        return std::find(names.begin(), names.end(), member.key()) != names.end();
    });
}

/// Lines as the store has them; nothing for what cannot be certifications.
std::optional<std::string> certifications_of(const Json& body) {
    const auto found = body.find("certifications");
    if (found == body.end()) return std::string();
    if (!found->is_object()) return std::nullopt;
    std::string lines;
    for (const auto& [name, level] : found->items()) {
        const std::string text = level.is_string() ? level.get<std::string>() : std::string();
        if (!is_name(text) || text.size() > longest_certification) return std::nullopt;
        if (!is_name(name) || name.find('=') != std::string::npos) return std::nullopt;
        if (!lines.empty()) lines += '\n';
        lines.append(name).append("=").append(text);
    }
    return lines;
}

class Declaration {
  public:
    Declaration(const MfaHardware& hardware, const Json& body) : hardware_(hardware), body_(body) {
        device_.account = body.contains("account") ? AccountId(text_of(body, "account")) : hardware.account;
        device_.id = ids::request_id(hardware.entropy);
        device_.created = std::chrono::floor<std::chrono::seconds>(hardware.clock.now());
    }

    std::optional<Refusal> declare() {
        if (!ids::is_account_id(device_.account.view())) return Refusal{400, "account is twelve digits"};
        const std::unique_ptr<db::Connection> connection = hardware_.database.connect();
        db::Transaction tx(*connection, db::Access::write);
        std::optional<Refusal> refusal = body_.contains("security_key") ? read_key(tx) : read_token();
        if (refusal) return refusal;
        if (store::mfa_devices::exists(tx, device_.account, device_.serial))
            return Refusal{409, "the serial number is taken"};
        store::mfa_devices::insert(tx, hardware_.keyring, hardware_.entropy, device_, seed_, {});
        tx.commit();
        return std::nullopt;
    }

    const std::string& serial() const { return device_.serial; }

  private:
    std::optional<Refusal> read_token() {
        if (!has_only(body_, {"account", "serial_number", "seed"})) return Refusal{400, std::string(expected)};
        device_.kind = MfaDeviceKind::token;
        device_.serial = text_of(body_, "serial_number");
        if (!is_name(device_.serial) || device_.serial.size() < shortest_serial ||
            device_.serial.size() > longest_serial)
            return Refusal{400, "serial_number has 9 to 256 letters, digits and _+=,.@-"};
        const std::optional<std::string> seed = one_time_code::base32_decode(text_of(body_, "seed"));
        if (!seed || seed->size() < shortest_seed || seed->size() > longest_seed)
            return Refusal{400, "seed is the base32 of 16 to 64 bytes"};
        seed_ = Secret(*seed);
        return std::nullopt;
    }

    std::optional<Refusal> read_key(db::Transaction& tx) {
        if (!has_only(body_, {"account", "user_name", "security_key", "certifications"}))
            return Refusal{400, std::string(expected)};
        const std::string name = text_of(body_, "security_key");
        if (!is_name(name)) return Refusal{400, "security_key is a name of letters, digits and _+=,.@-"};
        std::optional<std::string> certifications = certifications_of(body_);
        if (!certifications) return Refusal{400, R"(certifications are like {"FIDO":"L1"})"};
        const std::string user_name = text_of(body_, "user_name");
        if (!is_name(user_name)) return Refusal{400, std::string(expected)};
        const std::optional<store::User> user = store::users::find(tx, device_.account, user_name);
        if (!user) return Refusal{404, "there is no such user"};
        std::array<unsigned char, key_id_bytes> bytes;
        hardware_.entropy.fill(bytes);
        const std::string key_id = one_time_code::base32_encode(std::string(bytes.begin(), bytes.end()));
        device_.kind = MfaDeviceKind::security_key;
        device_.serial = arn::iam(device_.account, "u2f/user/" + user->name, "/", name + "-" + key_id);
        if (device_.serial.size() > longest_serial) return Refusal{400, "the names are too long"};
        device_.holder = user->id;
        device_.enabled = device_.created;
        device_.certifications = *std::move(certifications);
        return std::nullopt;
    }

    const MfaHardware& hardware_;
    const Json& body_;
    MfaDevice device_;
    Secret seed_;
};

void add(const MfaHardware& hardware, const http::Request& request, http::Response& response) {
    const Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_object()) return admin::refuse(response, 400, expected);
    Declaration declaration(hardware, body);
    if (const std::optional<Refusal> refusal = declaration.declare())
        return admin::refuse(response, refusal->status, refusal->why);
    admin::answer_json(response, 200, Json{{"serial_number", declaration.serial()}}.dump());
}

}  // namespace

admin::Route mfa_devices_route(const MfaHardware& hardware) {
    return {.path = "/_iamlocal/mfa-devices",
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"POST", [hardware](const http::Request& request,
                                            http::Response& response) { add(hardware, request, response); }}},
            .other_methods = "hardware is declared with POST"};
}

}  // namespace iamlocal::testbench
