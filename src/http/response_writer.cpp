#include "http/response_writer.hpp"

#include <charconv>

#include <boost/beast/http/status.hpp>

#include "base/time_format.hpp"

namespace iamlocal::http {
namespace {

void append_number(std::string& out, std::size_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    const auto reason =
        boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    out.append("HTTP/1.1 ");
    append_number(out, static_cast<std::size_t>(status));
    out.append(" ").append(reason.data(), reason.size()).append("\r\n");
}

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

void append_chunk(std::string& out, std::string_view bytes) {
    if (bytes.empty()) return;
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, bytes.size(), 16).ptr;
    out.append(digits, end).append("\r\n").append(bytes).append("\r\n");
}

const std::string& ResponseWriter::date_line() {
    const Seconds now = whole_seconds(clock_.now());
    if (now != date_second_) {
        date_second_ = now;
        date_line_ = "Date: " + format_http_date(now) + "\r\n";
    }
    return date_line_;
}

void ResponseWriter::append(std::string& out, const http::Response& response, AnswerForm form) {
    append_status_line(out, response.status);
    out.append(date_line());
    if (!response.request_id.empty()) append_header(out, "x-amzn-RequestId", response.request_id);
    if (may_have_body(response.status)) {
        if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
        if (form.chunked) {
            out.append("Transfer-Encoding: chunked\r\n");
        } else if (!form.until_close) {
            out.append("Content-Length: ");
            append_number(out, response.body.size());
            out.append("\r\n");
        }
    }
    for (const auto& [name, value] : response.headers) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos) append_header(out, name, value);
    }
    if (form.close) {
        out.append("Connection: close\r\n");
    } else if (form.say_keep_alive) {
        out.append("Connection: keep-alive\r\n");
    }
    out.append("\r\n");
    if (form.without_body || !may_have_body(response.status)) return;
    if (form.chunked)
        append_chunk(out, response.body);
    else
        out.append(response.body);
}

}  // namespace iamlocal::http
