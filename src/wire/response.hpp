// An answer as the core hands it to the HTTP shell.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace iamlocal::wire {

struct Response {
    int status = 200;
    std::string_view content_type = "text/xml";  ///< a literal
    std::string request_id;                      ///< goes out as x-amzn-RequestId; empty: no such header
    std::vector<std::pair<std::string_view, std::string>> headers;  ///< further ones; names are literals
    std::string body;

    /// Empty again, with its memory kept for the next answer.
    void clear() {
        status = 200;
        content_type = "text/xml";
        request_id.clear();
        headers.clear();
        body.clear();
    }
};

}  // namespace iamlocal::wire
