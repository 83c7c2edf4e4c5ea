#include "app/operations.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "app/app.hpp"
#include "iam/operations.hpp"
#include "protocol/envelope.hpp"
#include "protocol/model_printer.hpp"
#include "sts/operations.hpp"

namespace iamlocal::app {
namespace {

template <class Table>
Table with_index(Table table) {
    for (Service& service : table)
        for (const auto& resource : service.operations)
            for (const api::Operation& operation : resource) service.by_name.emplace(operation.name, &operation);
    return table;
}

void describe_service(std::string& out, const Service& service) {
    out.append("{\"operations\":{");
    bool first = true;
    for (const auto& resource : service.operations) {
        for (const api::Operation& operation : resource) {
            out.append(first ? "" : ",").append("\"").append(operation.name).append("\":{\"input\":{");
            first = false;
            protocol::ModelPrinter printer(out);
            operation.describe(printer);
            out.append("},\"result\":").append(operation.has_result ? "true}" : "false}");
        }
    }
    out.append("},\"not_implemented\":[");
    first = true;
    for (const char* name : service.unbuilt) {
        out.append(first ? "\"" : ",\"").append(name).append("\"");
        first = false;
    }
    out.append("]}");
}

}  // namespace

std::span<const Service> services() {
    static const auto table = with_index(std::array{
        Service{"iam", "2010-05-08", "iam.", protocol::iam_namespace, protocol::ShowValues::no, iam::operations(),
                iam::unbuilt_operations()},
        Service{"sts", "2011-06-15", "sts.", protocol::sts_namespace, protocol::ShowValues::yes, sts::operations(),
                sts::unbuilt_operations()},
    });
    return table;
}

const Service* find_service(std::string_view version) {
    for (const Service& service : services())
        if (service.version == version) return &service;
    return nullptr;
}

const Service& service_at(std::string_view host) {
    for (const Service& service : services())
        if (host.starts_with(service.host_prefix)) return service;
    return services().front();
}

const api::Operation* Service::find_operation(std::string_view action) const {
    const auto found = by_name.find(action);
    return found == by_name.end() ? nullptr : found->second;
}

bool Service::is_unbuilt(std::string_view action) const {
    return std::find(unbuilt.begin(), unbuilt.end(), action) != unbuilt.end();
}

std::string describe_model() {
    std::string out;
    for (const Service& service : services()) {
        out.append(out.empty() ? "{\"" : ",\"").append(service.name).append("\":");
        describe_service(out, service);
    }
    return out.append("}\n");
}

}  // namespace iamlocal::app
