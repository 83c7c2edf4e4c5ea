#include "http/authorities.hpp"

#include <array>
#include <cstdlib>
#include <unistd.h>

namespace iamlocal::http {
namespace {

/// Debian and its like, Alpine; RHEL and Fedora, older and newer; SUSE; Alpine without the package, macOS.
constexpr std::array bundles{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                             "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/ca-bundle.pem",
                             "/etc/ssl/cert.pem"};

}  // namespace

void trust_system_authorities(boost::asio::ssl::context& context) {
    boost::system::error_code ignored;
    context.set_default_verify_paths(ignored);
    // What somebody names is instead of the system's, not beside it.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
    if (std::getenv("SSL_CERT_FILE") != nullptr || std::getenv("SSL_CERT_DIR") != nullptr) return;
    for (const char* const bundle : bundles) {
        if (::access(bundle, R_OK) != 0) continue;
        context.load_verify_file(bundle, ignored);
        return;
    }
}

}  // namespace iamlocal::http
