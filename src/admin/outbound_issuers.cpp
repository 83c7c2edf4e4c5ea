#include "admin/outbound_issuers.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "admin/json_answer.hpp"
#include "db/transaction.hpp"
#include "federation/discovery.hpp"
#include "store/issuer_keys.hpp"
#include "store/issuers.hpp"

namespace iamlocal::admin {
namespace {

constexpr std::string_view outbound_root = "/_iamlocal/outbound";
constexpr std::string_view outbound_discovery_path = "/.well-known/openid-configuration";
constexpr std::string_view outbound_keys_path = "/.well-known/jwks.json";

void show_outbound(db::Database& database, const http::Request& request, http::Response& response) {
    std::string_view path = request.target.substr(0, request.target.find('?'));
    path.remove_prefix(std::min(outbound_root.size() + 1, path.size()));
    const std::string_view id = path.substr(0, path.find('/'));
    const std::string_view rest = path.substr(id.size());
    const std::unique_ptr<db::Connection> connection = database.connect();
    db::Transaction tx(*connection, db::Access::read);
    const std::optional<AccountId> account = store::find_outbound_account(tx, id);
    if (!account) return refuse(response, 404, "no account has this issuer");
    if (rest == outbound_keys_path)
        return answer_json(response, 200, store::issuer_keys::jwks(tx, store::issuer_keys::owner_of(*account)));
    if (rest != outbound_discovery_path) return refuse(response, 404, "there is nothing at this path");
    const std::string keys_url = fmt::format("{}://{}{}/{}{}", request.secure ? "https" : "http",
                                             request.header("host"), outbound_root, id, outbound_keys_path);
    answer_json(response, 200,
                federation::write_discovery(federation::outbound_discovery(store::outbound_issuer_url(id), keys_url)));
}

}  // namespace

Route outbound_issuers_route(db::Database& database) {
    return {.path = outbound_root,
            .has_subpaths = true,
            .action = "admin",
            .methods = {{"GET", [&database](const http::Request& request,
                                            http::Response& response) { show_outbound(database, request, response); }}},
            .other_methods = "keys of issuers are asked for with GET"};
}

}  // namespace iamlocal::admin
