// Answers in JSON, as all paths give them that are not AWS's API.
#pragma once

#include <string>
#include <string_view>

#include "http/message/response.hpp"

namespace iamlocal::admin {

/// Answers with a JSON text on one line, without its line end.
void answer_json(http::Response& response, int status, std::string text);
/// `{"error":"…"}`.
void refuse(http::Response& response, int status, std::string_view message);

}  // namespace iamlocal::admin
