#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "http/options.hpp"

namespace iamlocal::http {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return port;
}

bool is_ipv6(const std::string& host) {
    in6_addr address;
    return inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
}

}  // namespace

std::optional<Listen> parse_listen(std::string_view text) {
    const auto colon = text.rfind(':');
    const auto port = parse_port(colon == text.npos ? text : text.substr(colon + 1));
    if (!port) return std::nullopt;
    if (colon == text.npos) return Listen{"127.0.0.1", *port};
    std::string host(text.substr(0, colon));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        if (!is_ipv6(host)) return std::nullopt;
        return Listen{std::move(host), *port};
    }
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_char)) return std::nullopt;
    return Listen{std::move(host), *port};
}

bool is_loopback(const Listen& listen) {
    in_addr v4;
    if (inet_pton(AF_INET, listen.host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    in6_addr v6;
    if (inet_pton(AF_INET6, listen.host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
    return equals_ignoring_case(listen.host, "localhost");
}

std::string Endpoint::url() const {
    const bool brackets = host.find(':') != host.npos;
    return fmt::format("{}://{}{}{}:{}", secure ? "https" : "http", brackets ? "[" : "", host, brackets ? "]" : "",
                       port);
}

std::string reachable_url(std::string url) {
    for (const auto& [everywhere, here] :
         {std::pair{"://0.0.0.0:", "://127.0.0.1:"}, std::pair{"://[::]:", "://[::1]:"}}) {
        const std::size_t at = url.find(everywhere);
        if (at != std::string::npos) url.replace(at, std::string_view(everywhere).size(), here);
    }
    return url;
}

std::string url_by_name(const std::string& url, std::string_view name) {
    const std::size_t host = url.find("://") + 3;
    if (name.find(':') != std::string_view::npos) return fmt::format("{}{}", url.substr(0, host), name);
    return fmt::format("{}{}{}", url.substr(0, host), name, url.substr(url.rfind(':')));
}

std::optional<std::string_view> name_of_public_host(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    if (name.empty() || name.size() > 253 || !std::all_of(name.begin(), name.end(), is_host_char)) return std::nullopt;
    if (colon == text.npos) return name;
    const auto port = parse_port(text.substr(colon + 1));
    return port && *port != 0 ? std::optional(name) : std::nullopt;
}

}  // namespace iamlocal::http
