#include "http/request_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/encoding.hpp"

namespace iamlocal::http {
namespace {

namespace beast = boost::beast;
using ErrorCode = beast::error_code;

http::Fault fault_of(const ErrorCode& error) {
    if (error == beast::http::error::body_limit) return http::Fault::body_too_large;
    return http::Fault::malformed;
}

/// RFC 9110's tchar: what names and methods are made of.
constexpr std::array<bool, 256> token_chars = [] {
    std::array<bool, 256> table{};
    for (const char c :
         std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

bool is_token(std::string_view text) {
    bool good = !text.empty();
    for (const char c : text) good &= token_chars[static_cast<unsigned char>(c)];
    return good;
}

/// Whether the only control characters are tabs, CR and LF. A loop without branches over bytes becomes vector
/// instructions, which is why the parts of a head are not looked at one by one.
bool is_text(std::string_view head) {
    unsigned char others = 0;
    for (const char c : head) {
        const auto byte = static_cast<unsigned char>(c);
        others |= static_cast<unsigned char>(((byte < ' ') & (byte != '\t') & (byte != '\r') & (byte != '\n')) |
                                             (byte == 0x7f));
    }
    return others == 0;
}

constexpr std::array<bool, 256> host_chars = [] {
    std::array<bool, 256> table{};
    for (const char c :
         std::string_view("-._~%!$&'()*+,;=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
        table[static_cast<unsigned char>(c)] = true;
    }
    return table;
}();

/// RFC 9110's uri-host with an optional port: a name, or an address, which stands in brackets if it has colons.
bool is_host(std::string_view text) {
    bool good = true;
    std::size_t end = 0;
    if (text.starts_with('[')) {
        end = text.find(']');
        if (end == text.npos) return false;
        for (const char c : text.substr(1, end - 1)) good &= c == ':' || host_chars[static_cast<unsigned char>(c)];
        good &= end > 1;
        ++end;
    } else {
        end = std::min(text.find(':'), text.size());
        for (const char c : text.substr(0, end)) good &= host_chars[static_cast<unsigned char>(c)];
        good &= end > 0;
    }
    std::string_view port = text.substr(end);
    if (port.empty()) return good;
    if (port.front() != ':') return false;
    port.remove_prefix(1);
    for (const char c : port) good &= c >= '0' && c <= '9';
    return good;
}

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// What a head says about itself and the body that follows.
struct Framing {
    unsigned hosts = 0;
    std::string_view host;
    unsigned lengths = 0;
    unsigned encodings = 0;
    bool close = false;
    bool keep_alive = false;

    bool is_clear(bool http11) const {
        if (http11 ? hosts != 1 : hosts > 1) return false;
        if (lengths > 1 || encodings > 1) return false;
        return encodings == 0 || (lengths == 0 && http11);
    }
};

bool read_connection(std::string_view list, Framing& framing) {
    while (true) {
        const auto comma = list.find(',');
        const std::string_view option = trim(list.substr(0, comma));
        if (!option.empty() && !is_token(option)) return false;
        framing.close |= equals_ignoring_case(option, "close");
        framing.keep_alive |= equals_ignoring_case(option, "keep-alive");
        if (comma == list.npos) return true;
        list.remove_prefix(comma + 1);
    }
}

bool read_content_length(std::string_view text, std::uint64_t& length) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    return error == std::errc() && end == text.data() + text.size();
}

/// Notes what the shell itself has to know. Whether the value is acceptable.
bool read_framing(std::string_view name, std::string_view value, Head& head, Framing& framing) {
    switch (name.size()) {  // nearly every header is told apart by its length alone
        case 4:
            if (!equals_ignoring_case(name, "Host")) return true;
            ++framing.hosts;
            framing.host = value;
            return value.empty() || is_host(value);
        case 6:
            if (equals_ignoring_case(name, "Expect"))
                head.expects_continue = equals_ignoring_case(value, "100-continue");
            return true;
        case 10:
            return !equals_ignoring_case(name, "Connection") || read_connection(value, framing);
        case 14:
            if (!equals_ignoring_case(name, "Content-Length")) return true;
            ++framing.lengths;
            return read_content_length(value, head.content_length);
        case 17:
            if (!equals_ignoring_case(name, "Transfer-Encoding")) return true;
            ++framing.encodings;
            head.chunked = equals_ignoring_case(value, "chunked");
            return head.chunked;
        default:
            return true;
    }
}

/// The four forms of RFC 9112 section 3.2 but that of CONNECT. What a proxy would be asked with is the same request as
/// without the name in front (section 3.2.2).
bool read_target(std::string_view target, Head& head) {
    head.target = head.origin_form = target;
    if (target.find('\t') != target.npos) return false;
    if (target.front() == '/' || target == "*") return true;
    const std::size_t scheme_end = target.find("://");
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) return false;
    if (scheme_end == target.npos) return false;
    target.remove_prefix(scheme_end + 3);
    const std::size_t authority_end = std::min(target.find_first_of("/?"), target.size());
    head.authority = target.substr(0, authority_end);
    head.origin_form = authority_end == target.size() ? std::string_view("/") : target.substr(authority_end);
    return is_host(head.authority);
}

bool read_request_line(std::string_view line, Head& head) {
    const auto first = line.find(' ');
    if (first == line.npos) return false;
    head.method = line.substr(0, first);
    line.remove_prefix(first + 1);
    const auto second = line.find(' ');
    if (second == line.npos || second == 0) return false;
    if (!read_target(line.substr(0, second), head)) return false;
    const std::string_view version = line.substr(second + 1);
    head.http11 = version == "HTTP/1.1";
    return is_token(head.method) && (head.http11 || version == "HTTP/1.0");
}

bool read_field(std::string_view line, Head& head, Framing& framing) {
    const auto colon = line.find(':');
    if (colon == line.npos) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (head.headers.size() == max_header_lines) return false;
    head.headers.push_back({name, value});
    return is_token(name) && read_framing(name, value, head, framing);
}

/// The head was measured before; Beast's own limit must not see less of it.
std::uint32_t limit_for(std::string_view head) { return static_cast<std::uint32_t>(head.size() + 1); }

}  // namespace

void Head::clear() {
    method = target = origin_form = authority = {};
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

std::optional<http::Fault> parse_head(std::string_view bytes, std::uint64_t body_limit, Head& head) {
    head.clear();
    if (!is_text(bytes)) return http::Fault::malformed;
    bytes.remove_suffix(2);  // the empty line
    Framing framing;
    for (bool first = true; !bytes.empty(); first = false) {
        const auto end = bytes.find('\r');
        if (bytes[end + 1] != '\n') return http::Fault::malformed;
        const std::string_view line = bytes.substr(0, end);
        if (!(first ? read_request_line(line, head) : read_field(line, head, framing)))
            return head.headers.size() == max_header_lines ? http::Fault::headers_too_large : http::Fault::malformed;
        bytes.remove_prefix(end + 2);
    }
    if (!framing.is_clear(head.http11)) return http::Fault::malformed;
    if (!head.authority.empty() && framing.hosts == 1 && !equals_ignoring_case(head.authority, framing.host))
        return http::Fault::malformed;
    if (head.content_length > body_limit) return http::Fault::body_too_large;
    head.keep_alive = !framing.close && (head.http11 || framing.keep_alive);
    return std::nullopt;
}

class ChunkDecoder::Parser final : public beast::http::basic_parser<true> {
  public:
    std::string* body = nullptr;

    /// Whether `bytes` are worth a call. Between chunks Beast asserts that it gets five bytes once it has seen the last
    /// chunk's size; no body ends in fewer, so they can be waited for.
    bool can_take(std::size_t bytes) const { return bytes >= 5 || (bytes > 0 && left_in_chunk_ > 0); }

  private:
    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, ErrorCode&) override {}
    void on_response_impl(int, beast::string_view, int, ErrorCode&) override {}
    void on_field_impl(beast::http::field, beast::string_view, beast::string_view, ErrorCode&) override {}
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(beast::string_view bytes, ErrorCode&) override { return bytes.size(); }
    void on_finish_impl(ErrorCode&) override {}

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

ChunkDecoder::Decoded ChunkDecoder::feed(std::string_view bytes, std::string& body) {
    Decoded progress;
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
