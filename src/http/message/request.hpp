// A request as the HTTP shell hands it to the core: views into the connection's buffers, valid until the answer is
// made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace iamlocal::http {

struct Header {
    std::string_view name;   ///< as sent; names compare without case
    std::string_view value;  ///< as sent, without the surrounding white space
};

/// The first header of that name (without case), or an empty view.
std::string_view find_header(std::span<const Header> headers, std::string_view name);

/// The value of a header that is a list, which may come in several lines (RFC 9110 section 5.3). `buffer` holds it
/// where there is more than one.
std::string_view find_list(std::span<const Header> headers, std::string_view name, std::string& buffer);

/// How a connection is encrypted, as the TLS library names it; literals.
struct TlsFacts {
    std::string_view version;  ///< "TLSv1.3"
    std::string_view cipher;   ///< "TLS_AES_256_GCM_SHA384"
    std::string_view group;    ///< of the key exchange: "x25519"; empty: unknown
};

struct Request {
    std::string_view method;          ///< as sent, for example "POST"
    std::string_view target;          ///< raw request target: path and, after '?', the query string
    std::span<const Header> headers;  ///< in order of arrival, repeated ones as often as they were sent
    std::string_view body;            ///< after chunked decoding, before any Content-Encoding is undone
    std::string_view peer;            ///< the peer's address in text form, without the port
    bool secure = false;              ///< whether TLS carried it
    std::uint16_t listener = 0;       ///< by which of the server's addresses it came, in the order of its options
    bool loopback = false;            ///< whether only this machine reaches that address
    const TlsFacts* tls = nullptr;    ///< of the connection; null where `secure` is false

    std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

}  // namespace iamlocal::http
