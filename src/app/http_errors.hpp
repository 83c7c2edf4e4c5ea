// AWS's errors for what is wrong with a request before it is one of a service: its HTTP, or the coding of its body.
#pragma once

#include "aws/error.hpp"
#include "http/message/content_encoding.hpp"
#include "http/message/fault.hpp"

namespace iamlocal::app {

[[nodiscard]] ApiError undecodable_content(http::ContentError error);
[[nodiscard]] ApiError fault_error(http::Fault fault);

}  // namespace iamlocal::app
