#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/ids.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "db/transaction.hpp"
#include "store/access_keys.hpp"
#include "store/account.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using http::Request;
using http::Response;

constexpr std::string_view accounts_root = "/_iamlocal/accounts";
constexpr std::string_view expected_account =
    R"(expected nothing, or {"id":"111122223333","alias":"worker-1"}, of which both may be left out)";

struct AccountWish {
    std::optional<AccountId> id;
    std::optional<std::string> alias;
};

/// As IAM takes it: small letters and digits, with single hyphens in between, 3 to 63 of them.
bool is_alias(std::string_view text) {
    const bool has_only_these = std::all_of(
        text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return text.size() >= 3 && text.size() <= 63 && has_only_these && text.front() != '-' && text.back() != '-' &&
           text.find("--") == text.npos;
}

/// Or a sentence.
std::variant<AccountWish, std::string> parse_account_wish(std::string_view body) {
    AccountWish wish;
    if (body.empty()) return wish;
    const nlohmann::json asked = nlohmann::json::parse(body, nullptr, false);
    if (!asked.is_object()) return std::string(expected_account);
    for (const auto& [name, value] : asked.items()) {
        if ((name != "id" && name != "alias") || !value.is_string()) return std::string(expected_account);
        const auto& text = value.get_ref<const std::string&>();
        if (name == "id") {
            if (!ids::is_account_id(text)) return std::string("id is twelve digits");
            wish.id = AccountId(text);
        } else {
            if (!is_alias(text))
                return std::string("alias has 3 to 63 small letters and digits, and single hyphens between them");
            wish.alias = text;
        }
    }
    return wish;
}

AccountId random_account(Entropy& entropy) {
    std::array<unsigned char, 8> bytes{};
    entropy.fill(bytes);
    std::uint64_t number = 0;
    for (const unsigned char byte : bytes) number = number << 8 | byte;
    return AccountId(fmt::format("{:012}", number % 1'000'000'000'000));
}

class Accounts {
  public:
    explicit Accounts(const AccountBench& bench) : bench_(bench) {}

    void show(const Request& request, Response& response) const;
    void make(const Request& request, Response& response) const;
    void remove(const Request& request, Response& response) const;

  private:
    AccountId fresh(db::Transaction& tx) const;
    std::pair<AccessKeyId, Secret> give_root_key(db::Transaction& tx, const AccountId& account, Seconds now) const;

    const AccountBench bench_;
};

/// What stands behind the root.
std::string_view account_in(std::string_view target) {
    std::string_view path = target.substr(0, target.find('?'));
    path.remove_prefix(std::min(accounts_root.size() + 1, path.size()));
    return path;
}

void Accounts::show(const Request& request, Response& response) const {
    if (!account_in(request.target).empty())
        return admin::refuse(response, 404, "accounts are listed at /_iamlocal/accounts");
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::read);
    for (const store::account::Seen& seen : store::account::all(tx)) {
        nlohmann::ordered_json shown{{"id", seen.account.view()}};
        if (seen.alias) shown["alias"] = *seen.alias;
        shown["created"] = format_iso8601(seen.created);
        shown["entities"] = seen.entities;
        list.push_back(std::move(shown));
    }
    tx.commit();
    admin::answer_json(response, 200, json_text(nlohmann::ordered_json{{"accounts", std::move(list)}}));
}

AccountId Accounts::fresh(db::Transaction& tx) const {
    while (true) {
        AccountId account = random_account(bench_.entropy);
        if (account != bench_.default_account && !store::account::exists(tx, account)) return account;
    }
}

/// Every account's root user has a key already, with a secret that is the same for all. One that was given to this
/// program is nobody's to be told, and then the account gets a key of its own.
std::pair<AccessKeyId, Secret> Accounts::give_root_key(db::Transaction& tx, const AccountId& account,
                                                       Seconds now) const {
    if (bench_.is_secret_known) return {AccessKeyId(account.view()), bench_.root_secret};
    store::AccessKey key{.account = account,
                         .user_id = {},
                         .id = ids::access_key_id(bench_.entropy, account, ids::KeyLife::long_term),
                         .secret = ids::secret_access_key(bench_.entropy),
                         .created = now,
                         .last_used = {}};
    store::access_keys::insert(tx, bench_.keyring, bench_.entropy, key);
    return {std::move(key.id), std::move(key.secret)};
}

void Accounts::make(const Request& request, Response& response) const {
    if (!account_in(request.target).empty())
        return admin::refuse(response, 404, "accounts are made at /_iamlocal/accounts");
    const auto read = parse_account_wish(request.body);
    if (const auto* const problem = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *problem);
    const auto& wish = std::get<AccountWish>(read);
    const Seconds now = whole_seconds(bench_.clock.now());

    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::write);
    tx.start();
    const AccountId account = wish.id ? *wish.id : fresh(tx);
    if (store::account::exists(tx, account))
        return admin::refuse(response, 409, fmt::format("there is an account {} already", account.view()));
    if (wish.alias && store::account::find_by_alias(tx, *wish.alias))
        return admin::refuse(response, 409, fmt::format("another account has the alias {}", *wish.alias));
    store::account::note(tx, account, now);
    if (wish.alias) store::account::set_alias(tx, account, *wish.alias, now);
    const auto [id, secret] = give_root_key(tx, account, now);
    tx.commit();
    bench_.database.catch_up(account);

    nlohmann::ordered_json made{{"id", account.view()}};
    if (wish.alias) made["alias"] = *wish.alias;
    made["access_key_id"] = id.view();
    made["secret_access_key"] = secret.reveal();
    admin::answer_json(response, 200, json_text(made));
}

void Accounts::remove(const Request& request, Response& response) const {
    const std::string_view text = account_in(request.target);
    if (!ids::is_account_id(text)) return admin::refuse(response, 400, "an account is twelve digits");
    const AccountId account(text);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::write);
    tx.start();
    if (!store::account::exists(tx, account))
        return admin::refuse(response, 404, fmt::format("there is no account {}", text));
    store::account::erase(tx, account);
    bench_.forget_account(account);
    tx.commit();
    bench_.database.catch_up(account);
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

admin::Route accounts_route(const AccountBench& bench) {
    const auto accounts = std::make_shared<const Accounts>(bench);
    const auto answer = [&](void (Accounts::*method)(const Request&, Response&) const) -> admin::Answer {
        return [accounts, method](const Request& request, Response& response) {
            ((*accounts).*method)(request, response);
        };
    };
    // There may be many to be listed.
    return {.path = accounts_root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", answer(&Accounts::show), true},
                        {"POST", answer(&Accounts::make)},
                        {"DELETE", answer(&Accounts::remove)}},
            .other_methods = "accounts are made with POST, listed with GET and erased with DELETE"};
}

}  // namespace iamlocal::testbench
