// Reads requests, and refuses what two readers could understand differently: the ground of request smuggling. Heads are
// read by hand, since Beast's parser takes half of the time that HTTP takes here; chunked bodies, which no SDK sends,
// are Beast's. Works on bytes in memory; no I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message/handler.hpp"

namespace iamlocal::http {

/// More header lines than any client of AWS sends. Readers may look through all of them for each that is signed.
inline constexpr std::size_t max_header_lines = 256;

/// A request line and headers. The views point into the bytes given to parse_head().
struct Head {
    std::string_view method;
    std::string_view target;            ///< as sent
    std::string_view origin_form;       ///< the target's path and query; not the same where it is in absolute form
    std::string_view authority;         ///< of a target in absolute form: what Host says as well; else empty
    std::vector<http::Header> headers;  ///< in order of arrival
    std::uint64_t content_length = 0;   ///< 0 where chunked
    bool chunked = false;
    bool http11 = false;      ///< otherwise HTTP/1.0
    bool keep_alive = false;  ///< by version and Connection header
    bool expects_continue = false;

    /// Empty again, with its memory kept.
    void clear();
};

/// Where a request's head ends, looked for before it is parsed.
struct HeadEnd {
    enum class State { need_more, found, malformed };
    State state = State::need_more;
    std::size_t size = 0;    ///< found: bytes of the head with its empty line
    std::size_t resume = 0;  ///< need_more: where to look on when more bytes have come
};

/// Looks for the empty line in `bytes` from `resume` on. Malformed: a line that does not end in CR LF, a folded header
/// (obsolete since RFC 7230), or a first byte that begins no method, such as a TLS handshake's: those need no waiting
/// for the end.
HeadEnd find_head_end(std::string_view bytes, std::size_t resume);

/// Parses a whole head, which find_head_end() measured, into `head`. Returns why it is refused, or nothing. As strict
/// as Beast, and stricter in these: a target that is neither a path nor `http://HOST/PATH` (nor `*`); Host
/// that is no name or address with a port, or another one than the target's; too many headers; Content-Length that is
/// not one plain number, given once; Transfer-Encoding that is not `chunked` alone, or comes with HTTP/1.0 or with
/// Content-Length; HTTP/1.1 without exactly one Host (RFC 9112 section 3.2).
std::optional<http::Fault> parse_head(std::string_view bytes, std::uint64_t body_limit, Head& head);

/// Undoes chunked transfer encoding, piece by piece.
class ChunkDecoder {
  public:
    /// `head` as parse_head() accepted it; `body_limit` in decoded bytes.
    ChunkDecoder(std::string_view head, std::uint64_t body_limit);
    ~ChunkDecoder();

    struct Decoded {
        std::size_t used = 0;  ///< leading bytes that need not be given again
        bool done = false;     ///< the last chunk and the trailers, which are dropped, have been read
        std::optional<http::Fault> fault;
    };
    /// Appends to `body` what `bytes` hold of it. What was not used is to be given again with more behind it.
    Decoded feed(std::string_view bytes, std::string& body);

  private:
    class Parser;
    std::unique_ptr<Parser> parser_;
};

}  // namespace iamlocal::http
