#include "admin/router.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "admin/json_answer.hpp"
#include "base/encoding.hpp"

namespace iamlocal::admin {
namespace {

constexpr std::string_view own_paths = "/_iamlocal/";
/// Everything below these is answered here, if only with 404; other paths are one by one.
constexpr std::string_view answered_paths[] = {own_paths, "/_localstack/", "/moto-api/"};

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool covers(const Route& route, std::string_view path) {
    if (!path.starts_with(route.path)) return false;
    const std::string_view rest = path.substr(route.path.size());
    return rest.empty() || (route.has_subpaths && rest.front() == '/');
}

/// What is wrong with the query string. Health has names of others, who may send it anything.
std::optional<std::string> find_problem(const Route& route, std::string_view target) {
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return std::nullopt;
    if (!route.path.starts_with(own_paths) && !route.needs_testbench) return std::nullopt;
    const auto known = [&](const std::string& name) {
        return std::find(route.parameters.begin(), route.parameters.end(), name) != route.parameters.end();
    };
    std::set<std::string> given;
    FormPairs pairs(target.substr(mark + 1));
    while (const auto pair = pairs.next()) {
        const auto name = percent_decode(pair->name, PlusIs::space);
        const auto value = percent_decode(pair->value, PlusIs::space);
        if (!name || !value || !is_utf8(*name)) return std::string("the query string is not percent-encoded");
        if (!known(*name)) return fmt::format("there is no parameter {}", *name);
        if (!given.insert(*name).second) return fmt::format("{} is given twice", *name);
    }
    return std::nullopt;
}

/// The value of Allow, which every answer 405 has.
std::string allowed_methods(const Route& route) {
    std::string list;
    for (const Method& method : route.methods)
        list.append(list.empty() ? "" : ", ").append(method.name).append(method.name == "GET" ? ", HEAD" : "");
    return list;
}

const Method* find_method(const Route& route, std::string_view name) {
    if (name == "HEAD") name = "GET";
    const auto found =
        std::find_if(route.methods.begin(), route.methods.end(), [&](const Method& m) { return m.name == name; });
    return found == route.methods.end() ? nullptr : &*found;
}

}  // namespace

std::optional<std::string> query_parameter(std::string_view target, std::string_view name) {
    const std::size_t mark = target.find('?');
    if (mark == std::string_view::npos) return std::nullopt;
    FormPairs pairs(target.substr(mark + 1));
    while (const auto pair = pairs.next())
        if (percent_decode(pair->name, PlusIs::space) == name) return percent_decode(pair->value, PlusIs::space);
    return std::nullopt;
}

Router::Router(std::vector<Route> routes, bool testbench) : routes_(std::move(routes)), testbench_(testbench) {}

bool Router::owns(std::string_view target) const {
    const std::string_view path = path_of(target);
    if (path.size() < 2) return false;  // "/", as nearly all requests
    return std::any_of(std::begin(answered_paths), std::end(answered_paths),
                       [&](std::string_view below) { return path.starts_with(below); }) ||
           find(path) != nullptr;
}

bool Router::is_health(std::string_view target) const {
    const Route* const route = find(path_of(target));
    return route != nullptr && route->is_health;
}

const Route* Router::find(std::string_view path) const {
    for (const Route& route : routes_)
        if (covers(route, path)) return &route;
    return nullptr;
}

std::string_view Router::handle(const http::Request& request, http::Response& response) const {
    const Route* const route = find(path_of(request.target));
    if (route == nullptr) {
        refuse(response, 404, "there is nothing at this path");
        return "admin";
    }
    if (!is_served(*route)) {
        refuse(response, 403, "the test bench is off; start with --testbench on");
        return route->action;
    }
    const Method* const method = find_method(*route, request.method);
    if (method == nullptr) {
        refuse(response, 405, route->other_methods);
        response.headers.emplace_back("Allow", allowed_methods(*route));
    } else if (const std::optional<std::string> problem = find_problem(*route, request.target)) {
        refuse(response, 400, *problem);
    } else {
        method->answer(request, response);
    }
    return route->action;
}

const Method* Router::find_served(const http::Request& request) const {
    const Route* const route = find(path_of(request.target));
    return route == nullptr || !is_served(*route) ? nullptr : find_method(*route, request.method);
}

bool Router::is_slow(const http::Request& request) const {
    const Method* const method = find_served(request);
    return method != nullptr && method->is_slow;
}

std::size_t Router::body_bytes(const http::Request& request) const {
    const Method* const method = find_served(request);
    return method != nullptr ? method->body_bytes : 0;
}

}  // namespace iamlocal::admin
