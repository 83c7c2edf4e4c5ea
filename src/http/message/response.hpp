// An answer as the core hands it to the HTTP shell.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iamlocal::http {

/// A body that is made while it is sent, for answers without a foreseeable end.
class Stream {
  public:
    virtual ~Stream() = default;
    /// Appends to `out` what is there to be sent, perhaps nothing. False: that was all. Called about ten times a second
    /// on the worker's thread, sooner after it gave something, later when the client is slow to read: it must not
    /// block, nor throw, and what it gives at once is kept in memory until it is sent.
    virtual bool next(std::string& out) = 0;
};

/// How much of an answer the client gets before the connection is closed: all of it in ordinary life.
enum class Delivery { whole, half, none };

struct Response {
    int status = 200;
    std::string_view content_type = "text/xml";  ///< a literal
    std::string request_id;                      ///< goes out as x-amzn-RequestId; empty: no such header
    std::vector<std::pair<std::string_view, std::string>> headers;  ///< further ones; names are literals
    std::string body;
    Delivery delivery = Delivery::whole;
    std::unique_ptr<Stream> stream;  ///< null, or what follows `body`; the connection is closed after it

    /// Empty again, with its memory kept for the next answer.
    void clear() {
        status = 200;
        content_type = "text/xml";
        request_id.clear();
        headers.clear();
        body.clear();
        delivery = Delivery::whole;
        stream.reset();
    }
};

}  // namespace iamlocal::http
