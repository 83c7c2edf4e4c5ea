// Asks a server one question over HTTP: what `iamlocal healthcheck` does, so that an image needs no other client.
#pragma once

#include <string>
#include <string_view>

#include "http/options.hpp"

namespace iamlocal::http {

/// Why GET `path` is not answered with 200 within two seconds; empty if it is. A server that listens on every address
/// is asked on loopback. With `tls` the certificate is not verified: the question is whether it answers, not who it is.
[[nodiscard]] std::string probe(const Listen& server, std::string_view path, bool tls);

}  // namespace iamlocal::http
