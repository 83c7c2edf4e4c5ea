// The way to /metrics: a route among those of the API, and a front door of its own for a Prometheus on another machine.
#pragma once

#include <memory>
#include <string>

#include "admin/router.hpp"
#include "app/app.hpp"
#include "http/message/handler.hpp"
#include "metrics/requests.hpp"

namespace iamlocal::app {

/// `/metrics`, for whom `serve` names. The metrics must outlive it.
admin::Route metrics_route(const Metrics& metrics, ServeMetrics serve);

/// Answers nothing but `/metrics`, and that to everybody. One thread's.
class MetricsDoor final : public http::Handler {
  public:
    explicit MetricsDoor(const Shared& shared);
    ~MetricsDoor() override;

    std::unique_ptr<http::Deferred> handle(const http::Request& request, http::Response& response) override;
    void refuse(http::Fault fault, std::string_view peer, http::Response& response) override;
    void batch_done() override;

  private:
    class Scrape;

    void conclude(const http::Request& request, const http::Response& response,
                  std::chrono::steady_clock::time_point started);

    const Shared& shared_;
    const admin::Router router_;
    metrics::ThreadCounts& counts_;
    std::string log_lines_;
};

}  // namespace iamlocal::app
