// Keeps a browser on the same machine from being used against the server: a web page can send requests to a loopback
// address, signed with a root key that everybody knows, and a name that its owner lets point to 127.0.0.1 (DNS
// rebinding) makes the page read the answers. A container's address is no loopback address, but its port is often
// published on one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/message/request.hpp"
#include "http/message/response.hpp"

namespace iamlocal::app {

/// Who may call beside programs: web pages, and those who know the server by another name.
struct AllowedCallers {
    std::vector<std::string> origins;  ///< of pages, as the header Origin has them; `*`: all
    std::vector<std::string> hosts;    ///< names in any case, without a port; `*`: all
    /// Whether Host is looked at on all addresses. Beyond loopback the names that nobody can register in the public DNS
    /// are good as well.
    bool hosts_everywhere = false;
};

class BrowserGuard {
  public:
    explicit BrowserGuard(AllowedCallers allowed);

    enum class Verdict {
        fine,
        web_page,      ///< a page that is not allowed made the browser send it
        foreign_host,  ///< it is for a name that is not the server's
    };
    struct Finding {
        Verdict verdict = Verdict::fine;
        std::string_view origin;  ///< of the page that is allowed to call; empty: none calls
    };
    Finding judge(const http::Request& request) const;

    /// Whether the browser asks, before it sends a request of an allowed page, if it may.
    static bool is_preflight(const http::Request& request, const Finding& finding);
    static void answer_preflight(http::Response& response);
    /// Lets the page with this origin read the answer.
    void show_to(std::string_view origin, http::Response& response) const;

  private:
    bool knows(std::string_view host, bool loopback) const;

    AllowedCallers allowed_;
    bool any_origin_;
    bool any_host_;
};

/// What a refused caller is told.
std::string_view message_of(BrowserGuard::Verdict verdict);

}  // namespace iamlocal::app
