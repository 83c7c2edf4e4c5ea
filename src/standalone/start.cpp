// What the standalone program must not take from the system it runs on: code that belongs to other versions of the
// libraries in it. (OpenSSL is built so that it does not read the system's openssl.cnf.)
#include <array>

#include <nss.h>

namespace {

/// Before anything else runs, on the only thread there is.
[[gnu::constructor]] void keep_apart() {
    // /etc/nsswitch.conf may name modules that the C library would load. These are in it: the hosts file and DNS.
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread yet
    __nss_configure_lookup("hosts", "files dns");
    constexpr std::array of_files{"passwd", "group", "services", "protocols", "networks", "initgroups"};
    for (const char* const database : of_files) __nss_configure_lookup(database, "files");
}

}  // namespace
