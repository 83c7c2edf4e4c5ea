#include <optional>
#include <variant>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/json_text.hpp"
#include "db/transaction.hpp"
#include "store/declared_templates.hpp"
#include "templates/declaration.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

void show_templates(db::Database& database, http::Response& response) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::read);
    std::optional<store::DeclaredTemplates> declared = store::declared_templates::find(tx);
    if (!declared) return admin::refuse(response, 404, "no templates are declared");
    admin::answer_json(response, 200, std::move(declared->text));
}

void declare_templates(db::Database& database, const AdjustableClock& clock, const http::Request& request,
                       http::Response& response) {
    const auto read = templates::parse_declaration(request.body);
    if (const auto* const error = std::get_if<templates::DeclarationError>(&read)) {
        const nlohmann::json body{{"error", error->message}, {"line", error->line}, {"column", error->column}};
        return admin::answer_json(response, 400, json_text(body));
    }
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    store::declared_templates::replace(tx, request.body, std::chrono::floor<std::chrono::seconds>(clock.now()));
    tx.commit();
    admin::answer_json(response, 200, std::string(request.body));
}

void remove_templates(db::Database& database, http::Response& response) {
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    store::declared_templates::remove(tx);
    tx.commit();
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

admin::Route templates_route(db::Database& database, const AdjustableClock& clock) {
    using http::Request;
    using http::Response;
    return {
        .path = "/_iamlocal/templates",
        .needs_testbench = true,
        .action = "testbench",
        .methods = {{"GET", [&database](const Request&, Response& response) { show_templates(database, response); }},
                    {"PUT",
                     [&database, &clock](const Request& request, Response& response) {
                         declare_templates(database, clock, request, response);
                     }},
                    {"DELETE",
                     [&database](const Request&, Response& response) { remove_templates(database, response); }}},
        .other_methods = "templates are declared with PUT"};
}

}  // namespace iamlocal::testbench
