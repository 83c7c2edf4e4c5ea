// The services that are served, as a table, and the operation that a request names.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/operation.hpp"
#include "protocol/input_reader.hpp"

namespace iamlocal::app {

/// An operation, and its number among those of all services, from 0.
struct NumberedOperation {
    const api::Operation* operation;
    std::size_t number;
};

/// One service's row: what tells its requests from those of others, and what they may ask.
struct Service {
    std::string_view name;         ///< as in a credential scope: "iam"
    std::string_view version;      ///< of the API
    std::string_view host_prefix;  ///< of AWS's endpoints, "sts."
    std::string_view xmlns;        ///< of answers
    protocol::ShowValues show;     ///< whether validation messages repeat values
    std::span<const std::span<const api::Operation>> operations;
    std::span<const std::string_view> model_names;                         ///< of all operations that AWS has
    std::unordered_map<std::string_view, NumberedOperation> by_name = {};  ///< ServiceTable fills it

    /// The operation, or null.
    const api::Operation* find_operation(std::string_view action) const;
    /// The same with its number, or null.
    const NumberedOperation* find_numbered(std::string_view action) const;
    /// Whether AWS has it and this server has not.
    bool is_unbuilt(std::string_view action) const;
};

/// One more service is one more row.
class ServiceTable {
  public:
    /// At least one row.
    explicit ServiceTable(std::vector<Service> rows);

    std::span<const Service> rows() const { return rows_; }
    /// How metrics name the operations of all services, by their numbers: "iam:GetUser".
    std::span<const std::string> operation_names() const { return operation_names_; }
    /// The service of a version of an API, or null.
    const Service* find(std::string_view version) const;
    /// The service of a name, or null.
    const Service* find_by_name(std::string_view name) const;
    /// The service whose endpoint has this name, else the first row's.
    const Service& at_host(std::string_view host) const;

  private:
    std::vector<Service> rows_;
    std::vector<std::string> operation_names_;
};

/// IAM and STS.
const ServiceTable& served_services();

}  // namespace iamlocal::app
