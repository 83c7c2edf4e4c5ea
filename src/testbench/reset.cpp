#include <memory>
#include <utility>

#include "admin/json_answer.hpp"
#include "aws/ids.hpp"
#include "db/transaction.hpp"
#include "store/account.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

constexpr std::string_view done = R"({"status":"ok"})";

void reset_account(db::Database& database, const std::string& account,
                   const std::function<void(const AccountId&)>& forget, http::Response& response) {
    if (!ids::is_account_id(account)) return admin::refuse(response, 400, "account is twelve digits");
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    store::account::erase(tx, AccountId(account));
    // While nobody else can write: what is to be written of the account is forgotten before it is.
    forget(AccountId(account));
    tx.commit();
    database.catch_up(AccountId(account));
    admin::answer_json(response, 200, std::string(done));
}

}  // namespace

std::vector<admin::Route> reset_routes(db::Database& database, std::function<void()> forget,
                                       std::function<void(const AccountId&)> forget_account) {
    const admin::Answer reset = [&database, forget = std::move(forget), forget_account = std::move(forget_account)](
                                    const http::Request& request, http::Response& response) {
        if (const auto account = admin::query_parameter(request.target, "account"))
            return reset_account(database, *account, forget_account, response);
        database.reset();
        forget();
        admin::answer_json(response, 200, std::string(done));
    };
    std::vector<admin::Route> routes;
    for (const char* path : {"/_iamlocal/reset", "/moto-api/reset", "/_localstack/state/reset"})
        routes.push_back({.path = path,
                          .needs_testbench = true,
                          .action = "testbench",
                          .methods = {{"POST", reset}},
                          .other_methods = "this is done with POST",
                          .parameters = {"account"}});
    return routes;
}

}  // namespace iamlocal::testbench
