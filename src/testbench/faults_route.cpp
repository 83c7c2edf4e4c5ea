#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/json_text.hpp"
#include "testbench/faults.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson listed_rule(const Faults::Listed& listed) {
    OrderedJson json{{"id", listed.id}};
    json.update(write_fault_rule(listed.rule));
    json["struck"] = listed.struck;
    return json;
}

void show_faults(const Faults& faults, http::Response& response) {
    OrderedJson rules = OrderedJson::array();
    for (const Faults::Listed& listed : faults.list()) rules.push_back(listed_rule(listed));
    admin::answer_json(response, 200, json_text(OrderedJson{{"rules", std::move(rules)}}));
}

void replace_faults(Faults& faults, std::span<const std::string> operations, const http::Request& request,
                    http::Response& response) {
    auto read = parse_fault_rules(request.body, operations);
    if (const auto* const problem = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *problem);
    faults.replace(std::get<std::vector<FaultRule>>(std::move(read)));
    show_faults(faults, response);
}

void add_fault(Faults& faults, std::span<const std::string> operations, const http::Request& request,
               http::Response& response) {
    const nlohmann::json json = nlohmann::json::parse(request.body, nullptr, false);
    auto read = parse_fault_rule(json, operations);
    if (const auto* const problem = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *problem);
    FaultRule& rule = std::get<FaultRule>(read);
    const OrderedJson shown = write_fault_rule(rule);
    const std::optional<std::uint64_t> id = faults.add(std::move(rule));
    if (!id) return admin::refuse(response, 409, fmt::format("there are {} rules already", most_fault_rules));
    OrderedJson added{{"id", *id}};
    added.update(shown);
    admin::answer_json(response, 200, json_text(added));
}

}  // namespace

KeptInMemory kept_faults(Faults& faults, std::vector<std::string> operations) {
    const auto save = [&faults] {
        nlohmann::json rules = nlohmann::json::array();
        for (const Faults::Listed& listed : faults.list())
            rules.push_back(nlohmann::json(write_fault_rule(listed.rule)));
        return rules;
    };
    const auto restore = [&faults, operations = std::move(operations)](const nlohmann::json& saved) {
        std::vector<FaultRule> rules;
        for (const nlohmann::json& item : saved) {
            auto read = parse_fault_rule(item, operations);
            if (auto* const rule = std::get_if<FaultRule>(&read)) rules.push_back(std::move(*rule));
        }
        faults.replace(std::move(rules));
    };
    return {"faults", save, restore};
}

admin::Route faults_route(Faults& faults, std::vector<std::string> operations) {
    using http::Request;
    using http::Response;
    const auto known = std::make_shared<const std::vector<std::string>>(std::move(operations));
    return {
        .path = "/_iamlocal/faults",
        .needs_testbench = true,
        .action = "testbench",
        .methods = {{"GET", [&faults](const Request&, Response& response) { show_faults(faults, response); }},
                    {"PUT",
                     [&faults, known](const Request& request, Response& response) {
                         replace_faults(faults, *known, request, response);
                     }},
                    {"POST", [&faults, known](const Request& request,
                                              Response& response) { add_fault(faults, *known, request, response); }},
                    {"DELETE",
                     [&faults](const Request&, Response& response) {
                         faults.clear();
                         admin::answer_json(response, 200, R"({"status":"ok"})");
                     }}},
        .other_methods =
            "faults are declared with PUT, one more is added with POST, GET shows them and DELETE ends them"};
}

}  // namespace iamlocal::testbench
