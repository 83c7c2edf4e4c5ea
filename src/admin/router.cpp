#include "admin/router.hpp"

#include <string>
#include <utility>

#include "admin/json_answer.hpp"

namespace iamlocal::admin {
namespace {

/// Everything below it is ours; other paths are one by one.
constexpr std::string_view own_paths = "/_iamlocal/";

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

bool covers(const Route& route, std::string_view path) {
    if (!path.starts_with(route.path)) return false;
    const std::string_view rest = path.substr(route.path.size());
    return rest.empty() || (route.has_subpaths && rest.front() == '/');
}

/// The value of Allow, which every answer 405 has.
std::string allowed_methods(const Route& route) {
    std::string list;
    for (const Method& method : route.methods)
        list.append(list.empty() ? "" : ", ").append(method.name).append(method.name == "GET" ? ", HEAD" : "");
    return list;
}

}  // namespace

Router::Router(std::vector<Route> routes, bool testbench) : routes_(std::move(routes)), testbench_(testbench) {}

bool Router::owns(std::string_view target) const {
    const std::string_view path = path_of(target);
    if (path.size() < 2) return false;  // "/", as nearly all requests
    return path.starts_with(own_paths) || find(path) != nullptr;
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
    if (route->needs_testbench && !testbench_) {
        refuse(response, 403, "the test bench is off; start with --testbench on");
        return route->action;
    }
    const std::string_view name = request.method == "HEAD" ? "GET" : request.method;
    for (const Method& method : route->methods) {
        if (method.name != name) continue;
        method.answer(request, response);
        return route->action;
    }
    refuse(response, 405, route->other_methods);
    response.headers.emplace_back("Allow", allowed_methods(*route));
    return route->action;
}

}  // namespace iamlocal::admin
