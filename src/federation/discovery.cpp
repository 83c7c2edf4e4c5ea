#include "federation/discovery.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"

namespace iamlocal::federation {

Discovery outbound_discovery(std::string issuer, std::string keys_url) {
    return {.issuer = std::move(issuer),
            .keys_url = std::move(keys_url),
            .algorithms = {"RS256", "ES384"},
            .claims = {"sub", "iss", "aud", "exp", "iat", "jti", "https://sts.amazonaws.com/"}};
}

std::string write_discovery(const Discovery& discovery) {
    nlohmann::ordered_json document;
    document["issuer"] = discovery.issuer;
    document["jwks_uri"] = discovery.keys_url;
    document["response_types_supported"] = {"id_token"};
    document["subject_types_supported"] = {"public"};
    document["id_token_signing_alg_values_supported"] = discovery.algorithms;
    document["claims_supported"] = discovery.claims;
    return json_text(document);
}

}  // namespace iamlocal::federation
