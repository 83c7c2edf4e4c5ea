#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "db/transaction.hpp"
#include "store/role_deletions.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using nlohmann::json;

constexpr std::string_view expected_role =
    R"(expected {"role":"arn:aws:iam::ACCOUNT:role/aws-service-role/SERVICE/ROLE","usage":[{"Region":"eu-west-1",)"
    R"("Resources":["arn:…"]}]}; without "usage" the role can be deleted again)";

struct NamedRole {
    AccountId account;
    std::string name;
};

std::optional<NamedRole> parse_role(const std::string& text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "iam" || !ids::is_account_id(arn->account) || !arn::is_service_linked_role(text))
        return std::nullopt;
    return NamedRole{AccountId(arn->account), std::string(arn->resource.substr(arn->resource.rfind('/') + 1))};
}

/// No white space, and nothing that a list of lines could not hold.
bool is_word(const json& value) {
    if (!value.is_string()) return false;
    const auto& text = value.get_ref<const std::string&>();
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::optional<std::vector<store::RoleUsage>> parse_usage(const json& list) {
    if (!list.is_array()) return std::nullopt;
    std::vector<store::RoleUsage> usage;
    for (const json& item : list) {
        if (!item.is_object() || item.size() != 2 || !item.contains("Region") || !item.contains("Resources") ||
            !is_word(item["Region"]) || !item["Resources"].is_array() || item["Resources"].empty())
            return std::nullopt;
        store::RoleUsage& use = usage.emplace_back(store::RoleUsage{item["Region"].get<std::string>(), {}});
        for (const json& resource : item["Resources"]) {
            if (!is_word(resource)) return std::nullopt;
            use.resources.push_back(resource.get<std::string>());
        }
    }
    return usage;
}

void declare(db::Database& database, const http::Request& request, http::Response& response) {
    const json asked = json::parse(request.body, nullptr, false);
    if (!asked.is_object() || !asked.contains("role") || !asked["role"].is_string() ||
        asked.size() != (asked.contains("usage") ? 2 : 1))
        return admin::refuse(response, 400, expected_role);
    const std::optional<NamedRole> role = parse_role(asked["role"].get<std::string>());
    if (!role) return admin::refuse(response, 400, expected_role);
    std::optional<std::vector<store::RoleUsage>> usage;
    if (asked.contains("usage") && !(usage = parse_usage(asked["usage"])))
        return admin::refuse(response, 400, expected_role);

    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::write);
    if (usage)
        store::undeletable_roles::set(tx, role->account, role->name, *usage);
    else
        store::undeletable_roles::remove(tx, role->account, role->name);
    tx.commit();
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

admin::Route undeletable_role_route(db::Database& database) {
    return {.path = "/_iamlocal/undeletable-role",
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"PUT", [&database](const http::Request& request,
                                            http::Response& response) { declare(database, request, response); }}},
            .other_methods = "this is done with PUT"};
}

}  // namespace iamlocal::testbench
