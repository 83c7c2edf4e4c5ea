#include "foreign/refusals.hpp"

#include "admin/json_answer.hpp"

namespace iamlocal::foreign {

admin::Method refused_method(std::string_view name, std::string_view why) {
    return {name, [why](const http::Request&, http::Response& response) { admin::refuse(response, 501, why); }};
}

void add_refusals(std::vector<admin::Route>& routes, std::span<const Refusal> refusals) {
    for (const Refusal& refusal : refusals) {
        admin::Route route{.path = refusal.path,
                           .has_subpaths = refusal.has_subpaths,
                           .action = "admin",
                           .methods = {},
                           .other_methods = refusal.why};
        for (const std::string_view method : {"GET", "POST", "PUT", "PATCH", "DELETE"})
            route.methods.push_back(refused_method(method, refusal.why));
        routes.push_back(std::move(route));
    }
}

}  // namespace iamlocal::foreign
