// What a listener serves. One server may have several front doors, each with handlers of its own.
#pragma once

#include <cstdint>

namespace iamlocal::http {

enum class Purpose : std::uint8_t {
    api,       ///< AWS's API, and what operators and test benches ask
    metadata,  ///< instance and container credentials
    console,   ///< pages for people
    metrics,   ///< what Prometheus scrapes
};

/// Whether TLS is spoken there, if at all: who asks for metadata knows no https.
constexpr bool speaks_tls(Purpose purpose) { return purpose != Purpose::metadata; }

}  // namespace iamlocal::http
