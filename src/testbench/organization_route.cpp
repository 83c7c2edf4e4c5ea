#include <optional>
#include <variant>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/json_text.hpp"
#include "db/transaction.hpp"
#include "testbench/organization.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

/// Nobody waits while the answer is written: the transaction is over.
std::optional<store::DeclaredOrganization> find(db::Database& database) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::read);
    return store::organization::find(tx);
}

void show(db::Database& database, http::Response& response) {
    const std::optional<store::DeclaredOrganization> declared = find(database);
    if (!declared) return admin::refuse(response, 404, "no organization is declared");
    admin::answer_json(response, 200, write_organization(*declared));
}

void replace(db::Database& database, const store::DeclaredOrganization& declared) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    tx.describe("the organization", {});
    store::organization::replace(tx, declared);
    tx.commit();
}

void declare(db::Database& database, const aws::Quotas& quotas, const http::Request& request,
             http::Response& response) {
    const auto read = parse_organization(request.body, quotas);
    if (const auto* const error = std::get_if<DeclarationError>(&read)) {
        const nlohmann::json body{{"error", error->message}, {"line", error->line}, {"column", error->column}};
        return admin::answer_json(response, 400, json_text(body));
    }
    const auto& declared = std::get<store::DeclaredOrganization>(read);
    replace(database, declared);
    admin::answer_json(response, 200, write_organization(declared));
}

void remove(db::Database& database, http::Response& response) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    tx.describe("the organization", {});
    store::organization::remove(tx);
    tx.commit();
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

admin::Route organization_route(db::Database& database, const aws::Quotas& quotas) {
    using http::Request;
    using http::Response;
    return {
        .path = "/_iamlocal/organization",
        .needs_testbench = true,
        .action = "testbench",
        .methods = {{"GET", [&database](const Request&, Response& response) { show(database, response); }},
                    {"PUT", [&database, &quotas](const Request& request,
                                                 Response& response) { declare(database, quotas, request, response); }},
                    {"DELETE", [&database](const Request&, Response& response) { remove(database, response); }}},
        .other_methods = "an organization is declared with PUT"};
}

}  // namespace iamlocal::testbench
