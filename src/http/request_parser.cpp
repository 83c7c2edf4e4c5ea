#include "http/request_parser.hpp"

#include <algorithm>
#include <cstring>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/encoding.hpp"

namespace iamlocal::http {
namespace {

namespace beast = boost::beast;
using ErrorCode = beast::error_code;

std::string_view as_std(beast::string_view text) { return {text.data(), text.size()}; }

wire::Fault fault_of(const ErrorCode& error) {
    if (error == beast::http::error::body_limit) return wire::Fault::body_too_large;
    if (error == beast::http::error::header_limit) return wire::Fault::headers_too_large;
    return wire::Fault::malformed;
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Beast's parser with the callbacks both uses below need: a body may only come in chunks.
class ParserBase : public beast::http::basic_parser<true> {
  protected:
    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, ErrorCode&) override {}
    void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
    void on_field_impl(beast::http::field, beast::string_view, beast::string_view, ErrorCode&) override {}
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(beast::string_view body, ErrorCode&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, ErrorCode&) override { return body.size(); }
    void on_finish_impl(ErrorCode&) override {}
};

class HeadParser final : public ParserBase {
  public:
    explicit HeadParser(Head& head) : head_(head) {}

    bool framing_is_clear() const {
        if (head_.http11 ? hosts_ != 1 : hosts_ > 1) return false;
        if (lengths_ > 1 || encodings_ > 1) return false;
        return encodings_ == 0 || (lengths_ == 0 && head_.http11);
    }

  private:
    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                         ErrorCode&) override {
        head_.method = as_std(method);
        head_.target = as_std(target);
        head_.http11 = version == 11;
    }

    void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                       ErrorCode& error) override {
        const std::string_view text = as_std(value);
        head_.headers.push_back({as_std(name), text});
        switch (field) {
            case beast::http::field::host:
                ++hosts_;
                break;
            case beast::http::field::content_length:
                ++lengths_;
                if (!is_digits(text)) error = beast::http::error::bad_content_length;
                break;
            case beast::http::field::transfer_encoding:
                ++encodings_;
                if (!equals_ignoring_case(text, "chunked")) error = beast::http::error::bad_transfer_encoding;
                break;
            case beast::http::field::expect:
                head_.expects_continue = equals_ignoring_case(text, "100-continue");
                break;
            default:
                break;
        }
    }

    Head& head_;
    unsigned hosts_ = 0;
    unsigned lengths_ = 0;
    unsigned encodings_ = 0;
};

/// The head was measured before; Beast's own limit must not see less of it.
std::uint32_t limit_for(std::string_view head) { return static_cast<std::uint32_t>(head.size() + 1); }

}  // namespace

void Head::clear() {
    method = target = {};
    headers.clear();
    content_length = 0;
    chunked = http11 = keep_alive = expects_continue = false;
}

HeadEnd find_head_end(std::string_view bytes, std::size_t resume) {
    using State = HeadEnd::State;
    // Enough to tell a method from a TLS handshake or an empty line in the wrong place; Beast reads the rest closely.
    if (!bytes.empty() && (bytes.front() <= ' ' || bytes.front() > '~')) return {State::malformed};
    while (true) {
        const auto* found = static_cast<const char*>(std::memchr(bytes.data() + resume, '\n', bytes.size() - resume));
        if (found == nullptr) return {State::need_more, 0, bytes.size()};
        const auto at = static_cast<std::size_t>(found - bytes.data());
        if (at == 0 || bytes[at - 1] != '\r') return {State::malformed};
        if (at >= 3 && bytes[at - 2] == '\n') return {State::found, at + 1, 0};
        // What follows tells whether the line is folded; without it, this line end has to be looked at again.
        if (at + 1 == bytes.size()) return {State::need_more, 0, at};
        if (bytes[at + 1] == ' ' || bytes[at + 1] == '\t') return {State::malformed};
        resume = at + 1;
    }
}

std::optional<wire::Fault> parse_head(std::string_view bytes, std::uint64_t body_limit, Head& head) {
    head.clear();
    HeadParser parser(head);
    parser.header_limit(limit_for(bytes));
    parser.body_limit(body_limit);
    ErrorCode error;
    parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error) return fault_of(error);
    if (!parser.is_header_done() || !parser.framing_is_clear()) return wire::Fault::malformed;
    head.chunked = parser.chunked();
    head.keep_alive = parser.keep_alive();
    if (!head.chunked) head.content_length = parser.content_length().value_or(0);
    return std::nullopt;
}

class ChunkDecoder::Parser final : public ParserBase {
  public:
    std::string* body = nullptr;

    /// Whether `bytes` are worth a call. Between chunks Beast asserts that it gets five bytes once it has seen the last
    /// chunk's size; no body ends in fewer, so they can be waited for.
    bool can_take(std::size_t bytes) const { return bytes >= 5 || (bytes > 0 && left_in_chunk_ > 0); }

  private:
    void on_chunk_header_impl(std::uint64_t size, beast::string_view, ErrorCode&) override { left_in_chunk_ = size; }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, ErrorCode&) override {
        body->append(bytes.data(), bytes.size());
        left_in_chunk_ -= bytes.size();
        return bytes.size();
    }

    std::uint64_t left_in_chunk_ = 0;
};

ChunkDecoder::ChunkDecoder(std::string_view head, std::uint64_t body_limit) : parser_(std::make_unique<Parser>()) {
    parser_->header_limit(limit_for(head));
    parser_->body_limit(body_limit);
    ErrorCode ignored;  // the same bytes have been parsed before
    parser_->put(boost::asio::const_buffer(head.data(), head.size()), ignored);
}

ChunkDecoder::~ChunkDecoder() = default;

ChunkDecoder::Progress ChunkDecoder::feed(std::string_view bytes, std::string& body) {
    Progress progress;
    parser_->body = &body;
    while (!parser_->is_done() && parser_->can_take(bytes.size() - progress.used)) {
        ErrorCode error;
        progress.used +=
            parser_->put(boost::asio::const_buffer(bytes.data() + progress.used, bytes.size() - progress.used), error);
        if (error == beast::http::error::need_more) break;
        if (error) {
            progress.fault = fault_of(error);
            return progress;
        }
    }
    progress.done = parser_->is_done();
    return progress;
}

}  // namespace iamlocal::http
