// Why the HTTP shell itself refuses.
#pragma once

namespace iamlocal::http {

enum class Fault {
    malformed,          ///< not HTTP/1.1, or broken chunks: 400
    headers_too_large,  ///< 431
    body_too_large,     ///< 413
    timeout,            ///< the client was too slow: 408
    overloaded,         ///< too much slow work is waiting; the client may try again: 503
};

}  // namespace iamlocal::http
