// What /metrics tells Prometheus. Requests are counted per thread as they are answered; everything else is asked for
// when somebody scrapes. No name of a principal, no account and nothing that a client chose becomes a label.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/decisions.hpp"
#include "app/operations.hpp"
#include "app/release.hpp"
#include "db/database.hpp"
#include "metrics/requests.hpp"
#include "metrics/text.hpp"
#include "trail/trail.hpp"

namespace iamlocal::app {

struct Progress;

/// To whom metrics are served at the addresses of the API: to those that reach a loopback address, to all, to nobody.
enum class ServeMetrics { on_loopback, on, off };

/// Numbers that others have. Called on the thread that answers a scrape; may be empty.
struct OuterFigures {
    std::function<std::uint64_t()> dropped_log_lines;
    std::function<std::uint64_t()> connections;  ///< that are open
};

class Metrics {
  public:
    struct Sources {
        db::Database& database;
        const access::DecisionLog& decisions;
        const trail::Trail& trail;
        const Release& release;
        std::string_view enforcement;
        OuterFigures outer;
    };

    /// All of it must outlive this.
    Metrics(const ServiceTable& services, Sources sources);

    /// For the use of one thread, and as long as this.
    metrics::ThreadCounts& make_counts() { return counts_.make(); }
    /// Counts an answered request, on the thread of these counts.
    void note(metrics::ThreadCounts& counts, const Progress& progress, int status,
              std::chrono::microseconds took) const noexcept;
    /// Everything in Prometheus' text format. Safe for threads; takes about a millisecond.
    std::string text() const;

    /// Counts that files were read anew, or could not be. `what`: "tls", "oidc_jwks" or "seeds".
    void note_reload(std::string_view what, bool succeeded);

  private:
    std::size_t number_of(const Progress& progress) const noexcept;
    std::string_view name_of(std::size_t action) const;
    void write_requests(metrics::Text& text) const;
    void write_decisions(metrics::Text& text) const;
    void write_sessions(metrics::Text& text) const;
    void write_cache(metrics::Text& text) const;
    void write_store(metrics::Text& text) const;
    void write_rings(metrics::Text& text) const;
    void write_server(metrics::Text& text) const;

    std::span<const std::string> operations_;
    const Sources sources_;
    metrics::AllCounts counts_;
    static constexpr std::size_t kinds_of_files = 3;
    std::atomic<std::uint64_t> reloads_[kinds_of_files][2]{};
};

}  // namespace iamlocal::app
