#include "seed/route.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/ids.hpp"
#include "base/json_text.hpp"
#include "db/transaction.hpp"
#include "seed/bundle.hpp"
#include "seed/export.hpp"
#include "seed/refused.hpp"

namespace iamlocal::seed {
namespace {

nlohmann::ordered_json described(const Refused& refused) {
    nlohmann::ordered_json body = {{"error", refused.message()}};
    if (!refused.code().empty()) body["code"] = refused.code();
    body["file"] = refused.place().file;
    if (refused.place().line != 0) {
        body["line"] = refused.place().line;
        body["column"] = refused.place().column;
    }
    return body;
}

void put_seed(const Bench& bench, const http::Request& request, http::Response& response) {
    if (admin::query_parameter(request.target, "account"))
        return admin::refuse(response, 400, "account is for GET: a seed says itself which accounts it is about");
    try {
        const Bundle bundle = read_bundle(request.body);
        const Read said = read(bundle.seeds, [&](const std::string& path) -> std::optional<std::string> {
            const auto found = bundle.files.find(path);
            if (found == bundle.files.end()) return std::nullopt;
            return found->second;
        });
        const Counts counts = apply(bench, said.seed);
        const nlohmann::ordered_json body = {
            {"created", counts.created}, {"updated", counts.updated}, {"unchanged", counts.unchanged}};
        admin::answer_json(response, 200, json_text(body));
    } catch (const Refused& refused) {
        admin::answer_json(response, 400, json_text(described(refused)));
    }
}

void get_seed(const Bench& bench, const http::Request& request, http::Response& response) {
    std::optional<AccountId> account;
    if (const auto wanted = admin::query_parameter(request.target, "account")) {
        if (!ids::is_account_id(*wanted)) return admin::refuse(response, 400, "account is twelve digits");
        account = AccountId(*wanted);
    }
    const std::unique_ptr<db::Connection> connection = bench.database.connect();
    db::Transaction tx(*connection, db::Access::read);
    std::string seed = write_seed(tx, bench.environment.keyring, account);
    tx.commit();
    admin::answer_json(response, 200, std::move(seed));
}

}  // namespace

admin::Route seed_route(const Bench& bench, std::size_t most_bytes) {
    return {.path = "/_iamlocal/seed",
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET",
                         [bench](const http::Request& request, http::Response& response) {
                             get_seed(bench, request, response);
                         },
                         true},
                        {"PUT",
                         [bench](const http::Request& request, http::Response& response) {
                             put_seed(bench, request, response);
                         },
                         true, most_bytes}},
            .other_methods = "a seed is sent with PUT, and read with GET",
            .parameters = {"account"}};
}

}  // namespace iamlocal::seed
