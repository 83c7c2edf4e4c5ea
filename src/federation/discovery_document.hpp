// What an OpenID Connect issuer says about itself ("OpenID Connect Discovery 1.0"): where its keys are.
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace iamlocal::federation {

/// Where the document of an issuer is.
std::string discovery_address(std::string_view issuer);

struct JwksAddress {
    std::string url;
};
/// A sentence.
struct DiscoveryFault {
    std::string complaint;
};

/// The address of the keys, if the document is that of this issuer.
std::variant<JwksAddress, DiscoveryFault> parse_discovery_document(std::string_view text, std::string_view issuer);

}  // namespace iamlocal::federation
