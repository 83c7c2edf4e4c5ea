// The authorities that the system trusts. Inside this folder only.
#pragma once

#include <boost/asio/ssl/context.hpp>

namespace iamlocal::http {

/// Trusts who the system trusts: the file or folder that SSL_CERT_FILE or SSL_CERT_DIR names, else where OpenSSL and the
/// distributions keep them. Nobody, where there is none of these.
void trust_system_authorities(boost::asio::ssl::context& context);

}  // namespace iamlocal::http
