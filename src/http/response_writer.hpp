// Writes answers in HTTP's form, by hand into a buffer that is used again: status line, Date, headers, body.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "http/message/response.hpp"

namespace iamlocal::http {

/// What the request decides about the form of its answer.
struct AnswerForm {
    bool without_body = false;    ///< HEAD: headers as if the body came, but none comes
    bool chunked = false;         ///< the body is sent in chunks, this one's first; of a stream
    bool until_close = false;     ///< the body has no length and ends with the connection: a stream for HTTP/1.0
    bool close = false;           ///< say `Connection: close`
    bool say_keep_alive = false;  ///< HTTP/1.0 clients have to be told that the connection stays
};

/// Appends `bytes` as one chunk of a chunked body. Without bytes it appends nothing: an empty chunk would end the body.
void append_chunk(std::string& out, std::string_view bytes);
/// What ends a chunked body.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

class ResponseWriter {
  public:
    /// `clock` feeds the Date header.
    explicit ResponseWriter(const Clock& clock) : clock_(clock) {}

    /// Appends one answer to `out`. A header whose value holds CR, LF or NUL is left out: it could only split the
    /// answer.
    void append(std::string& out, const http::Response& response, AnswerForm form);

  private:
    const std::string& date_line();

    const Clock& clock_;
    Seconds date_second_{Seconds::min()};
    std::string date_line_;
};

}  // namespace iamlocal::http
