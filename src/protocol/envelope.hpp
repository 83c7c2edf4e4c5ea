// The frames of the Query protocol: <XResponse>…<ResponseMetadata> and <ErrorResponse>.
#pragma once

#include <string_view>

#include "aws/error.hpp"
#include "http/message/response.hpp"
#include "protocol/answer_writer.hpp"

namespace iamlocal::protocol {

inline constexpr std::string_view iam_namespace = "https://iam.amazonaws.com/doc/2010-05-08/";
inline constexpr std::string_view sts_namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/// `text/xml`, or JSON's type.
std::string_view content_type_of(AnswerFormat format);

/// Opens `<ACTIONResponse xmlns=…>` and, for an operation with an output, `<ACTIONResult>`.
void begin_answer(AnswerWriter& writer, std::string_view action, std::string_view xmlns, bool has_result);
/// Closes both and writes the request id between them.
void end_answer(AnswerWriter& writer, std::string_view action, bool has_result, std::string_view request_id);

/// Makes `response` the answer to an error: body, status and type.
/// An error without a message has no element for it.
void write_error(http::Response& response, AnswerFormat format, std::string_view xmlns, const ApiError& error);

}  // namespace iamlocal::protocol
