#include "db/snapshots.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/ids.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "store/account.hpp"
#include "testbench/plain_name.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;
using http::Request;
using http::Response;

constexpr std::string_view snapshots_root = "/_iamlocal/snapshots";
constexpr std::string_view account_parameter = "account";
constexpr std::string_view bad_snapshot_name =
    "the name of a snapshot has 1 to 64 letters, digits and ._-, and begins with a letter or digit";

/// The name behind the root; empty: none.
std::string name_in(std::string_view target) {
    std::string_view path = target.substr(0, target.find('?'));
    path.remove_prefix(std::min(snapshots_root.size() + 1, path.size()));
    return std::string(path);
}

db::SnapshotScope scope_of(const std::optional<AccountId>& account) {
    return {store::account::rows(), "entities", account};
}

/// What stands in a snapshot's notes. `restore` looks at all of it, `describe` shows some.
struct Notes {
    std::optional<AccountId> account;
    std::string saved;    ///< the real time
    std::string clock;    ///< the server's time then
    std::string keyring;  ///< whose secrets are sealed in it
    Json memory = Json::object();
};

std::string write_notes_of(const Notes& notes) {
    Json json{{"saved", notes.saved}, {"clock", notes.clock}, {"keyring", notes.keyring}, {"memory", notes.memory}};
    if (notes.account) json["account"] = notes.account->view();
    return json_text(json);
}

/// Nothing for what we have not written.
std::optional<Notes> read_notes(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    Notes notes;
    for (const auto& [name, member] :
         {std::pair("saved", &notes.saved), std::pair("clock", &notes.clock), std::pair("keyring", &notes.keyring)}) {
        if (!json.contains(name) || !json[name].is_string()) return std::nullopt;
        *member = json[name].get<std::string>();
    }
    if (!json.contains("memory") || !json["memory"].is_object()) return std::nullopt;
    notes.memory = json["memory"];
    if (json.contains("account")) {
        if (!json["account"].is_string() || !ids::is_account_id(json["account"].get_ref<const std::string&>()))
            return std::nullopt;
        notes.account = AccountId(json["account"].get<std::string>());
    }
    return notes;
}

OrderedJson describe_snapshot(const db::SnapshotHead& head) {
    OrderedJson shown{{"name", head.name}};
    const std::optional<Notes> notes = head.is_damaged ? std::nullopt : read_notes(head.notes);
    if (!notes) {
        shown["damaged"] = true;
        return shown;
    }
    if (notes->account) shown["account"] = notes->account->view();
    shown["saved"] = notes->saved;
    shown["clock"] = notes->clock;
    shown["entities"] = head.counted;
    shown["bytes"] = head.bytes;
    return shown;
}

class SnapshotRoutes {
  public:
    explicit SnapshotRoutes(const SnapshotBench& bench) : bench_(bench) {}

    void show(const Request& request, Response& response) const;
    void save(const Request& request, Response& response) const;
    void restore(const Request& request, Response& response) const;
    void remove(const Request& request, Response& response) const;

  private:
    db::Snapshots& snapshots() const { return bench_.database.snapshots(); }
    void exchange(const std::string& name, const Notes& notes) const;

    const SnapshotBench bench_;
};

/// The name and the account that a request names; false, and it is refused, where it names none as it should.
bool read_wish(const Request& request, Response& response, std::string& name, std::optional<AccountId>& account) {
    name = name_in(request.target);
    if (!is_plain_name(name)) {
        admin::refuse(response, 400, bad_snapshot_name);
        return false;
    }
    const std::optional<std::string> given = admin::query_parameter(request.target, account_parameter);
    if (given && !ids::is_account_id(*given)) {
        admin::refuse(response, 400, "account is twelve digits");
        return false;
    }
    if (given) account = AccountId(*given);
    if (!request.body.empty()) {
        admin::refuse(response, 400, "there is nothing to be said in the body");
        return false;
    }
    return true;
}

void answer_snapshot(const db::SnapshotHead& head, Response& response) {
    admin::answer_json(response, 200, json_text(describe_snapshot(head)));
}

void refuse_absent(const std::string& name, Response& response) {
    admin::refuse(response, 404, fmt::format("there is no snapshot {}", name));
}

void SnapshotRoutes::show(const Request& request, Response& response) const {
    if (name_in(request.target).empty()) {
        if (admin::query_parameter(request.target, account_parameter))
            return admin::refuse(response, 400, "account goes with a snapshot's name");
        OrderedJson list = OrderedJson::array();
        for (const db::SnapshotHead& head : snapshots().list()) list.push_back(describe_snapshot(head));
        return admin::answer_json(response, 200, json_text(OrderedJson{{"snapshots", std::move(list)}}));
    }
    std::string name;
    std::optional<AccountId> account;
    if (!read_wish(request, response, name, account)) return;
    if (account) return admin::refuse(response, 400, "account goes with POST and PUT");
    const std::optional<db::SnapshotHead> head = snapshots().find(name);
    if (!head) return refuse_absent(name, response);
    answer_snapshot(*head, response);
}

void SnapshotRoutes::save(const Request& request, Response& response) const {
    std::string name;
    Notes notes;
    if (!read_wish(request, response, name, notes.account)) return;
    {
        const std::unique_ptr<db::Connection> connection = bench_.database.connect();
        bench_.write_notes(*connection);
    }
    notes.saved = format_iso8601(whole_seconds(bench_.clock.real_now()));
    notes.clock = format_iso8601(whole_seconds(bench_.clock.now()));
    notes.keyring = bench_.keyring.fingerprint();
    if (!notes.account)
        for (const KeptInMemory& part : bench_.memory) notes.memory[part.name] = part.save();
    try {
        answer_snapshot(snapshots().save(name, write_notes_of(notes), scope_of(notes.account)), response);
    } catch (const db::SnapshotRefused& refused) {
        admin::refuse(response, 409, refused.what());
    }
}

void SnapshotRoutes::exchange(const std::string& name, const Notes& notes) const {
    snapshots().restore(name, scope_of(notes.account), [&] {
        if (notes.account)
            bench_.forget_notes_of(*notes.account);
        else
            bench_.forget_notes();
    });
    if (notes.account) return;
    for (const KeptInMemory& part : bench_.memory)
        if (notes.memory.contains(part.name)) part.restore(notes.memory[part.name]);
    bench_.forget();
}

void SnapshotRoutes::restore(const Request& request, Response& response) const {
    std::string name;
    std::optional<AccountId> account;
    if (!read_wish(request, response, name, account)) return;
    const std::optional<db::SnapshotHead> head = snapshots().find(name);
    if (!head) return refuse_absent(name, response);
    const std::optional<Notes> notes = head->is_damaged ? std::nullopt : read_notes(head->notes);
    if (!notes) return admin::refuse(response, 409, fmt::format("the file of snapshot {} is damaged", name));
    if (account && account != notes->account)
        return admin::refuse(response, 409, fmt::format("snapshot {} is not of this account", name));
    if (notes->keyring != bench_.keyring.fingerprint())
        return admin::refuse(
            response, 409, fmt::format("snapshot {} was saved with another master key, which its secrets need", name));
    try {
        exchange(name, *notes);
    } catch (const db::SnapshotRefused& refused) {
        return admin::refuse(response, 409, refused.what());
    }
    answer_snapshot(*head, response);
}

void SnapshotRoutes::remove(const Request& request, Response& response) const {
    std::string name;
    std::optional<AccountId> account;
    if (!read_wish(request, response, name, account)) return;
    if (account) return admin::refuse(response, 400, "account goes with POST and PUT");
    try {
        if (!snapshots().remove(name)) return refuse_absent(name, response);
    } catch (const db::SnapshotRefused& refused) {
        return admin::refuse(response, 409, refused.what());
    }
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

KeptInMemory kept_quotas(aws::Quotas& quotas) {
    const auto save = [&quotas] {
        Json saved = Json::object();
        for (std::size_t i = 0; i < aws::quota_count; ++i) {
            const auto quota = static_cast<aws::Quota>(i);
            saved[std::string(aws::name_of(quota))] = quotas[quota];
        }
        return saved;
    };
    const auto restore = [&quotas](const Json& saved) {
        // One that this release does not have limits nothing.
        for (const auto& [name, limit] : saved.items()) static_cast<void>(quotas.set(name, limit.get<std::int64_t>()));
    };
    return {"quotas", save, restore};
}

admin::Route snapshots_route(const SnapshotBench& bench) {
    const auto routes = std::make_shared<const SnapshotRoutes>(bench);
    const auto answer = [&](void (SnapshotRoutes::*method)(const Request&, Response&) const) -> admin::Answer {
        return [routes, method](const Request& request, Response& response) { ((*routes).*method)(request, response); };
    };
    // All of them read files, or wait for whoever saves.
    return {.path = snapshots_root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", answer(&SnapshotRoutes::show), true},
                        {"POST", answer(&SnapshotRoutes::save), true},
                        {"PUT", answer(&SnapshotRoutes::restore), true},
                        {"DELETE", answer(&SnapshotRoutes::remove), true}},
            .other_methods = "POST saves a snapshot, GET lists and describes, PUT goes back to it, DELETE removes it",
            .parameters = {account_parameter}};
}

}  // namespace iamlocal::testbench
