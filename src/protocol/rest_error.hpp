// Errors of the APIs that speak JSON over plain HTTP paths.
#pragma once

#include "aws/error.hpp"
#include "http/message/response.hpp"

namespace iamlocal::protocol {

/// Makes `response` the answer to an error: the code in a header, the message in the body. Codes are those of the JSON
/// protocols, which call some things otherwise than Query does (`AccessDeniedException`).
void write_rest_error(http::Response& response, const ApiError& error);

}  // namespace iamlocal::protocol
