// The TLS side of the server: a context from PEM files.
#pragma once

#include <string>

#include <boost/asio/ssl/context.hpp>

#include "http/message/request.hpp"

namespace iamlocal::http {

/// A server context for TLS 1.2 and later. Throws std::runtime_error with one sentence that names the file at fault.
boost::asio::ssl::context make_tls_context(const std::string& cert_file, const std::string& key_file);

/// What a connection has agreed on. Once its handshake is done.
TlsFacts tls_facts(SSL& connection);

}  // namespace iamlocal::http
