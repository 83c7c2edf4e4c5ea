#include "app/operations.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "app/app.hpp"
#include "iam/operations.hpp"
#include "protocol/envelope.hpp"
#include "protocol/model_printer.hpp"
#include "sts/operations.hpp"

namespace iamlocal::app {
namespace {

using Index = std::unordered_map<std::string_view, const api::Operation*>;

Index index_of(const Service& service) {
    Index index;
    for (const auto& resource : service.operations)
        for (const api::Operation& operation : resource) index.emplace(operation.name, &operation);
    return index;
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

const Service& iam_service() {
    static const Service service{"iam",
                                 "2010-05-08",
                                 protocol::iam_namespace,
                                 protocol::ShowValues::no,
                                 iam::operations(),
                                 iam::unbuilt_operations()};
    return service;
}

const Service& sts_service() {
    static const Service service{"sts",
                                 "2011-06-15",
                                 protocol::sts_namespace,
                                 protocol::ShowValues::yes,
                                 sts::operations(),
                                 sts::unbuilt_operations()};
    return service;
}

const api::Operation* find_operation(const Service& service, std::string_view action) {
    static const Index iam_index = index_of(iam_service());
    static const Index sts_index = index_of(sts_service());
    const Index& index = &service == &iam_service() ? iam_index : sts_index;
    const auto found = index.find(action);
    return found == index.end() ? nullptr : found->second;
}

bool is_unbuilt(const Service& service, std::string_view action) {
    return std::find(service.unbuilt.begin(), service.unbuilt.end(), action) != service.unbuilt.end();
}

std::string describe_model() {
    std::string out = "{\"iam\":";
    describe_service(out, iam_service());
    out.append(",\"sts\":");
    describe_service(out, sts_service());
    return out.append("}\n");
}

}  // namespace iamlocal::app
