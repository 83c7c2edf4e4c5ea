#include "app/operations.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/app.hpp"
#include "app/model_names.hpp"
#include "iam/operations.hpp"
#include "protocol/envelope.hpp"
#include "protocol/model_printer.hpp"
#include "sts/operations.hpp"

namespace iamlocal::app {
namespace {

nlohmann::ordered_json described(const Service& service) {
    nlohmann::ordered_json operations = nlohmann::ordered_json::object();
    for (const auto& resource : service.operations) {
        for (const api::Operation& operation : resource) {
            nlohmann::ordered_json input = nlohmann::ordered_json::object();
            protocol::ModelPrinter printer(input);
            operation.describe(printer);
            operations[operation.name] = {
                {"input", std::move(input)}, {"result", operation.has_result}, {"anonymous", operation.is_anonymous()}};
        }
    }
    nlohmann::ordered_json unbuilt = nlohmann::ordered_json::array();
    for (const std::string_view name : service.model_names)
        if (service.is_unbuilt(name)) unbuilt.push_back(name);
    return {{"operations", std::move(operations)}, {"not_implemented", std::move(unbuilt)}};
}

}  // namespace

ServiceTable::ServiceTable(std::vector<Service> rows) : rows_(std::move(rows)) {
    for (Service& service : rows_)
        for (const auto& resource : service.operations)
            for (const api::Operation& operation : resource) {
                service.by_name.emplace(operation.name, NumberedOperation{&operation, operation_names_.size()});
                operation_names_.push_back(fmt::format("{}:{}", service.name, operation.name));
            }
}

const Service* ServiceTable::find(std::string_view version) const {
    for (const Service& service : rows_)
        if (service.version == version) return &service;
    return nullptr;
}

const Service* ServiceTable::find_by_name(std::string_view name) const {
    for (const Service& service : rows_)
        if (service.name == name) return &service;
    return nullptr;
}

const Service& ServiceTable::at_host(std::string_view host) const {
    for (const Service& service : rows_)
        if (host.starts_with(service.host_prefix)) return service;
    return rows_.front();
}

const ServiceTable& served_services() {
    static const ServiceTable table({
        {"iam", "2010-05-08", "iam.", protocol::iam_namespace, protocol::ShowValues::no, iam::operations(),
         iam_model_names()},
        {"sts", "2011-06-15", "sts.", protocol::sts_namespace, protocol::ShowValues::yes, sts::operations(),
         sts_model_names()},
    });
    return table;
}

const api::Operation* Service::find_operation(std::string_view action) const {
    const NumberedOperation* const found = find_numbered(action);
    return found == nullptr ? nullptr : found->operation;
}

const NumberedOperation* Service::find_numbered(std::string_view action) const {
    const auto found = by_name.find(action);
    return found == by_name.end() ? nullptr : &found->second;
}

bool Service::is_unbuilt(std::string_view action) const {
    return std::ranges::binary_search(model_names, action) && find_operation(action) == nullptr;
}

std::string describe_model() {
    nlohmann::ordered_json model = nlohmann::ordered_json::object();
    for (const Service& service : served_services().rows()) model[std::string(service.name)] = described(service);
    return model.dump() + "\n";
}

}  // namespace iamlocal::app
