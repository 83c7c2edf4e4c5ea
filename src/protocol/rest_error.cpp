#include "protocol/rest_error.hpp"

#include "base/encoding.hpp"
#include "protocol/json_error.hpp"

namespace iamlocal::protocol {

void write_rest_error(http::Response& response, const ApiError& error) {
    response.status = error.type().status;
    response.content_type = "application/json";
    response.headers.emplace_back("x-amzn-ErrorType", json_code_of(error.type().name));
    response.body = "{\"message\":\"";
    json_append(response.body, error.message());
    response.body.append("\"}");
}

}  // namespace iamlocal::protocol
