// Errors of the APIs that speak AWS's JSON protocol.
#pragma once

#include <string_view>

#include "aws/error.hpp"
#include "http/message/response.hpp"

namespace iamlocal::protocol {

inline constexpr std::string_view json_content_type = "application/x-amz-json-1.1";

/// What the protocols in JSON call an error, which differs from Query in some (`AccessDeniedException`).
std::string_view json_code_of(std::string_view code);

/// Makes `response` the answer to an error: code and message in the body.
void write_json_error(http::Response& response, const ApiError& error);

}  // namespace iamlocal::protocol
