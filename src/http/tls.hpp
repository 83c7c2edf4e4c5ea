// The TLS side of the server: a context from PEM files.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include <boost/asio/ssl/context.hpp>

#include "http/message/request.hpp"

namespace iamlocal::http {

/// A server context for TLS 1.2 and later. Throws std::runtime_error with one sentence that names the file at fault.
boost::asio::ssl::context make_tls_context(const std::string& cert_file, const std::string& key_file);

/// The context for new connections, which may be replaced while there are some. Safe for threads.
class TlsContext {
  public:
    using Shared = std::shared_ptr<boost::asio::ssl::context>;

    explicit TlsContext(boost::asio::ssl::context context) { replace(std::move(context)); }

    /// Whoever makes a connection with it keeps it for as long.
    Shared current() const {
        const std::lock_guard lock(mutex_);
        return context_;
    }
    void replace(boost::asio::ssl::context context) {
        Shared made = std::make_shared<boost::asio::ssl::context>(std::move(context));
        const std::lock_guard lock(mutex_);
        context_.swap(made);
    }

  private:
    mutable std::mutex mutex_;
    Shared context_;
};

/// What a connection has agreed on. Once its handshake is done.
TlsFacts tls_facts(SSL& connection);

}  // namespace iamlocal::http
