// The paths that are not AWS's API: health for everybody, and what tests and operators ask of a test bench.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message/request.hpp"
#include "http/message/response.hpp"

namespace iamlocal::admin {

using Answer = std::function<void(const http::Request&, http::Response&)>;

struct Method {
    std::string_view name;  ///< "GET" answers HEAD, too
    Answer answer;
    bool is_slow = false;        ///< whether the answer is to be given on a thread for slow work
    std::size_t body_bytes = 0;  ///< what a request's body may have, where that is more than the server's limit
};

/// One path. Texts are literals.
struct Route {
    std::string_view path;
    bool has_subpaths = false;     ///< whether it answers for what is below it as well
    bool needs_testbench = false;  ///< served only where the test bench is on
    bool is_health = false;        ///< served before anything else can be
    std::string_view action;       ///< as access lines name it: "admin", "testbench"
    std::vector<Method> methods;
    std::string_view other_methods;  ///< what those who come with another method are told
    /// Of the query string; below /_iamlocal/ and for the test bench any other is refused, since a slip of the
    /// pen may mean much.
    std::vector<std::string_view> parameters = {};
};

/// The value of a parameter of the target's query string, decoded; nothing where it is not there.
[[nodiscard]] std::optional<std::string> query_parameter(std::string_view target, std::string_view name);

class Router {
  public:
    Router(std::vector<Route> routes, bool testbench);

    /// Whether a request is for a path of ours, even if there is nothing at it. `target` may have a query string.
    bool owns(std::string_view target) const;
    /// Whether it asks for health.
    bool is_health(std::string_view target) const;
    /// Answers such a request; refusals are in JSON. Returns what access lines call it. Safe for threads if the routes
    /// are.
    std::string_view handle(const http::Request& request, http::Response& response) const;
    /// Whether handle() would take long, so that another thread is to call it.
    bool is_slow(const http::Request& request) const;
    /// Method::body_bytes of what would answer; 0 where nothing would.
    std::size_t body_bytes(const http::Request& request) const;

  private:
    const Route* find(std::string_view path) const;
    const Method* find_served(const http::Request& request) const;
    bool is_served(const Route& route) const { return testbench_ || !route.needs_testbench; }

    std::vector<Route> routes_;
    bool testbench_;
};

}  // namespace iamlocal::admin
