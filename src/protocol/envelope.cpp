#include "protocol/envelope.hpp"

#include "base/characters.hpp"

namespace iamlocal::protocol {
namespace {

/// A message may repeat what somebody sent, and characters become up to six in XML.
std::string_view bounded(std::string_view message) {
    constexpr std::size_t most = std::size_t{64} << 10;
    return whole_characters(message, most);
}

}  // namespace

std::string_view content_type_of(AnswerFormat format) {
    return format == AnswerFormat::xml ? "text/xml" : "application/json";
}

void begin_answer(AnswerWriter& writer, std::string_view action, std::string_view xmlns, bool has_result) {
    writer.begin_document(action, "Response", xmlns);
    if (has_result) writer.begin(action, "Result");
}

void end_answer(AnswerWriter& writer, std::string_view action, bool has_result, std::string_view request_id) {
    if (has_result) writer.end(action, "Result");
    writer.begin("ResponseMetadata");
    writer.text("RequestId", request_id);
    writer.end("ResponseMetadata");
    writer.end_document(action, "Response");
}

void write_error(http::Response& response, AnswerFormat format, std::string_view xmlns, const ApiError& error) {
    const ErrorType& type = error.type();
    response.status = type.status;
    response.content_type = content_type_of(format);
    response.body.clear();
    AnswerWriter writer(format, response.body);
    writer.begin_document("ErrorResponse", {}, xmlns);
    writer.begin("Error");
    writer.text("Type", type.status < 500 ? "Sender" : "Receiver");
    writer.text("Code", type.name);
    // Some errors of AWS's have no words, and then no element for them either.
    if (!error.message().empty()) writer.text("Message", bounded(error.message()));
    writer.end("Error");
    writer.text("RequestId", response.request_id);
    writer.end_document("ErrorResponse", {});
}

}  // namespace iamlocal::protocol
