// A small blocking HTTP client, for whoever asks a server one question. One connection per call; no redirect is
// followed.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/address_scope.hpp"

namespace iamlocal::http {

/// Where a server is.
struct Url {
    bool secure = false;
    std::string host;  ///< a name or an address; IPv6 without its brackets
    std::uint16_t port = 80;
    std::string path = "/";

    /// As the Host header has it: the port only where it is not the scheme's own.
    [[nodiscard]] std::string host_header() const;
};

/// Reads `http://host[:port][/path]` and https, with IPv6 in brackets; nullopt for other schemes, for user names,
/// queries and fragments, and for characters that a request line cannot have.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text);

/// What is sent, and what is accepted.
struct Post {
    std::vector<std::pair<std::string, std::string>> headers;  ///< Host included; Content-Length is added
    std::string_view body;
    std::string ca_bundle = {};     ///< PEM file of the certificates to trust; empty: the system's
    std::uint32_t most = 1U << 20;  ///< bytes of an answer's head, and of its body
    std::chrono::milliseconds patience = std::chrono::seconds(15);  ///< for everything together, but looking up a name
    /// SHA-1 of certificates in lower-case hex. A server whose chain leads to one of these is trusted, too.
    std::vector<std::string> thumbprints = {};
    /// To which addresses to connect, whatever the name is that stands for them; empty: to any.
    std::function<bool(AddressScope scope)> admits = {};
    const std::atomic<bool>* gives_up = nullptr;  ///< true: there is no time left; another thread may set it
};

/// An answer, or the sentence that tells why there is none.
struct Answer {
    int status = 0;
    std::string body;
    std::string error;           ///< empty: there is an answer
    bool unreachable = false;    ///< whether there is none because nobody was there
    bool by_thumbprint = false;  ///< whether the server's certificate is trusted for its thumbprint alone
};

/// Sends, and reads to the end of the answer. A server's certificate is verified, and must be for the host of the URL.
[[nodiscard]] Answer post(const Url& url, const Post& request);

/// As post(), with PUT.
[[nodiscard]] Answer put(const Url& url, const Post& request);

/// As post(), with GET and without a body; the URL's path may have a query string. With `take` the body of an answer
/// with status 200 is handed out as it comes, for as long as it comes: patience and the limit are for its head alone.
[[nodiscard]] Answer get(const Url& url, const Post& request, const std::function<void(std::string_view)>& take = {});

}  // namespace iamlocal::http
