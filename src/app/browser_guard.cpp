#include "app/browser_guard.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "aws/partitions.hpp"
#include "base/encoding.hpp"

namespace iamlocal::app {
namespace {

constexpr std::string_view any = "*";

bool contains(const std::vector<std::string>& list, std::string_view text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

/// The value of Host without the port, and without the dot that may end a full name.
std::string_view name_in(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']'));
    std::string_view name = host.substr(0, host.find(':'));
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

/// No name that somebody can own ends in a number, so these need no look-up.
bool is_address(std::string_view name) {
    return name.starts_with('[') ||
           std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool is_below(std::string_view name, std::string_view domain) {
    if (name.size() <= domain.size()) return false;
    const std::size_t dot = name.size() - domain.size() - 1;
    return name[dot] == '.' && equals_ignoring_case(name.substr(dot + 1), domain);
}

/// Ends of names that are kept for private networks (RFC 2606, 6761, 6762 and 8375, and ICANN's `internal`), and `svc`,
/// which Kubernetes leaves where it leaves out `cluster.local`.
constexpr std::string_view private_domains[] = {"internal", "local", "test", "home.arpa", "svc"};

/// `iam`, as Compose names a container, `iam.default.svc.cluster.local`, `host.docker.internal`.
bool is_private(std::string_view name) {
    return name.find('.') == std::string_view::npos ||
           std::any_of(std::begin(private_domains), std::end(private_domains),
                       [name](std::string_view domain) { return is_below(name, domain); });
}

/// What a browser says about who made it send a request.
bool is_from_elsewhere(std::string_view fetch_site) { return fetch_site != "none" && fetch_site != "same-origin"; }

}  // namespace

BrowserGuard::BrowserGuard(AllowedCallers allowed)
    : allowed_(std::move(allowed)),
      any_origin_(contains(allowed_.origins, any)),
      any_host_(contains(allowed_.hosts, any)) {}

BrowserGuard::Finding BrowserGuard::judge(const http::Request& request) const {
    Finding finding;
    bool from_elsewhere = false;
    for (const http::Header& header : request.headers) {
        switch (header.name.size()) {  // nearly every header is told apart by its length alone
            case 4:
                if ((request.loopback || allowed_.hosts_everywhere) && equals_ignoring_case(header.name, "Host") &&
                    !knows(header.value, request.loopback))
                    return {Verdict::foreign_host, {}};
                break;
            case 6:
                if (!equals_ignoring_case(header.name, "Origin")) break;
                if (!any_origin_ && !contains(allowed_.origins, header.value)) return {Verdict::web_page, {}};
                finding.origin = header.value.empty() ? any : header.value;
                break;
            case 14:
                from_elsewhere |=
                    equals_ignoring_case(header.name, "Sec-Fetch-Site") && is_from_elsewhere(header.value);
                break;
            default:
                break;
        }
    }
    // An image or a link has no Origin.
    if (from_elsewhere && finding.origin.empty() && !any_origin_) return {Verdict::web_page, {}};
    return finding;
}

bool BrowserGuard::knows(std::string_view host, bool loopback) const {
    const std::string_view name = name_in(host);
    if (is_address(name) || equals_ignoring_case(name, "localhost") || any_host_) return true;
    if (!loopback && is_private(name)) return true;
    const auto is_domain_of_name = [&](std::string_view domain) { return is_below(name, domain); };
    return is_domain_of_name("localhost") ||
           std::any_of(aws::dns_suffixes.begin(), aws::dns_suffixes.end(), is_domain_of_name) ||
           std::any_of(allowed_.hosts.begin(), allowed_.hosts.end(),
                       [&](const std::string& allowed) { return equals_ignoring_case(name, allowed); });
}

bool BrowserGuard::is_preflight(const http::Request& request, const Finding& finding) {
    return request.method == "OPTIONS" && !finding.origin.empty();
}

void BrowserGuard::answer_preflight(http::Response& response) {
    response.status = 204;
    response.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE");
    // A star would not cover Authorization.
    response.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "accept, amz-sdk-invocation-id, amz-sdk-request, authorization, cache-control, content-encoding, "
        "content-md5, content-type, x-amz-content-sha256, x-amz-date, x-amz-security-token, x-amz-target, "
        "x-amz-user-agent, x-amzn-trace-id");
    response.headers.emplace_back("Access-Control-Allow-Private-Network", "true");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
}

void BrowserGuard::show_to(std::string_view origin, http::Response& response) const {
    if (origin.empty()) return;
    response.headers.emplace_back("Access-Control-Allow-Origin", any_origin_ ? any : origin);
    response.headers.emplace_back("Access-Control-Expose-Headers", "x-amzn-RequestId");
    if (!any_origin_) response.headers.emplace_back("Vary", "Origin");
}

std::string_view message_of(BrowserGuard::Verdict verdict) {
    switch (verdict) {
        case BrowserGuard::Verdict::web_page:
            return "A web page made a browser send this request. Pages that may do so are named with --allow-origin.";
        case BrowserGuard::Verdict::foreign_host:
            return "The Host header has a name that is not this server's. Further names are given with --allow-host.";
        case BrowserGuard::Verdict::fine:
            break;
    }
    return "";
}

}  // namespace iamlocal::app
