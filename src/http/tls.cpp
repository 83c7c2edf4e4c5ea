#include "http/tls.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/ssl.h>

namespace iamlocal::http {
namespace {

/// OpenSSL words a missing file as a failure of its own BIO layer; people want the system's word.
void require_readable(const std::string& file, std::string_view what) {
    // A device may have no end, and a pipe nobody who writes.
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(file, error);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
        throw std::runtime_error(fmt::format("Cannot read the {} {}: it is not a file.", what, file));
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> opened(std::fopen(file.c_str(), "r"), &std::fclose);
    if (!opened) throw std::runtime_error(fmt::format("Cannot read the {} {}: {}.", what, file, std::strerror(errno)));
}

}  // namespace

boost::asio::ssl::context make_tls_context(const std::string& cert_file, const std::string& key_file) {
    namespace ssl = boost::asio::ssl;
    require_readable(cert_file, "TLS certificate");
    require_readable(key_file, "TLS key");
    ssl::context context(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);

    boost::system::error_code error;
    // Without a callback OpenSSL would ask for a passphrase on the terminal.
    context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
    context.use_certificate_chain_file(cert_file, error);
    if (error) {
        throw std::runtime_error(
            fmt::format("{} holds no usable PEM certificate chain: {}.", cert_file, error.message()));
    }
    context.use_private_key_file(key_file, ssl::context::pem, error);
    if (error) {
        // OpenSSL compares the key with the certificate already when it loads it.
        throw std::runtime_error(
            fmt::format("{} holds no usable PEM private key without passphrase for the certificate in {}: {}.",
                        key_file, cert_file, error.message()));
    }
    return context;
}

TlsFacts tls_facts(SSL& connection) {
    const auto text = [](const char* name) { return name == nullptr ? std::string_view() : std::string_view(name); };
    const SSL_CIPHER* const cipher = SSL_get_current_cipher(&connection);
    const auto group = static_cast<int>(SSL_get_negotiated_group(&connection));
    return {text(SSL_get_version(&connection)), text(cipher == nullptr ? nullptr : SSL_CIPHER_standard_name(cipher)),
            text(group == 0 ? nullptr : SSL_group_to_name(&connection, group))};
}

}  // namespace iamlocal::http
