#include "app/operations.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "app/app.hpp"
#include "app/model_names.hpp"
#include "iam/operations.hpp"
#include "sts/operations.hpp"
#include "wire/envelope.hpp"
#include "wire/model_printer.hpp"

namespace iamlocal::app {
namespace {

using Index = std::unordered_map<std::string_view, const service::Operation*>;

Index index_of(const Service& service) {
    Index index;
    for (const auto& resource : service.operations)
        for (const service::Operation& operation : resource) index.emplace(operation.name, &operation);
    return index;
}

nlohmann::ordered_json described(const Service& service) {
    nlohmann::ordered_json operations = nlohmann::ordered_json::object();
    for (const auto& resource : service.operations) {
        for (const service::Operation& operation : resource) {
            nlohmann::ordered_json input = nlohmann::ordered_json::object();
            wire::ModelPrinter printer(input);
            operation.describe(printer);
            operations[operation.name] = {{"input", std::move(input)}, {"result", operation.has_result}};
        }
    }
    nlohmann::ordered_json unbuilt = nlohmann::ordered_json::array();
    for (const std::string_view name : service.model_names)
        if (is_unbuilt(service, name)) unbuilt.push_back(name);
    return {{"operations", std::move(operations)}, {"not_implemented", std::move(unbuilt)}};
}

}  // namespace

const Service& iam_service() {
    static const Service service{
        "iam", "2010-05-08", wire::iam_namespace, wire::ShowValues::no, iam::operations(), iam_model_names()};
    return service;
}

const Service& sts_service() {
    static const Service service{
        "sts", "2011-06-15", wire::sts_namespace, wire::ShowValues::yes, sts::operations(), sts_model_names()};
    return service;
}

const service::Operation* find_operation(const Service& service, std::string_view action) {
    static const Index iam_index = index_of(iam_service());
    static const Index sts_index = index_of(sts_service());
    const Index& index = &service == &iam_service() ? iam_index : sts_index;
    const auto found = index.find(action);
    return found == index.end() ? nullptr : found->second;
}

bool is_unbuilt(const Service& service, std::string_view action) {
    return std::ranges::binary_search(service.model_names, action) && find_operation(service, action) == nullptr;
}

std::string describe_model() {
    const nlohmann::ordered_json model = {{"iam", described(iam_service())}, {"sts", described(sts_service())}};
    return model.dump() + "\n";
}

}  // namespace iamlocal::app
