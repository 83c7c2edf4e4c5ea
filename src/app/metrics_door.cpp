#include "app/metrics_door.hpp"

#include <utility>

#include "admin/json_answer.hpp"
#include "app/access_lines.hpp"
#include "app/http_errors.hpp"
#include "app/metrics.hpp"
#include "app/pipeline.hpp"
#include "aws/ids.hpp"

namespace iamlocal::app {
namespace {

bool serves(ServeMetrics serve, const http::Request& request) {
    switch (serve) {
        case ServeMetrics::on_loopback:
            return request.loopback;
        case ServeMetrics::on:
            return true;
        case ServeMetrics::off:
            return false;
    }
    return false;
}

}  // namespace

admin::Route metrics_route(const Metrics& metrics, ServeMetrics serve) {
    return {.path = "/metrics",
            .action = "admin",
            .methods = {{"GET",
                         [&metrics, serve](const http::Request& request, http::Response& response) {
                             if (!serves(serve, request))
                                 return admin::refuse(response, 403,
                                                      "metrics are not served at this address; start with --metrics "
                                                      "on, or with --metrics-listen HOST:PORT for another one");
                             response.content_type = metrics::content_type;
                             response.body = metrics.text();
                         },
                         true}},
            .other_methods = "metrics are asked for with GET"};
}

/// An answer that is written on a thread for slow work.
class MetricsDoor::Scrape final : public http::Deferred {
  public:
    Scrape(MetricsDoor& door, const http::Request& request, std::string request_id,
           std::chrono::steady_clock::time_point started)
        : door_(door), request_(request), request_id_(std::move(request_id)), started_(started) {}

    void work() override { door_.router_.handle(request_, answer_); }

    std::unique_ptr<http::Deferred> finish(std::exception_ptr failure, http::Response& response) override {
        if (failure)
            admin::refuse(response, 500, "the metrics cannot be written");
        else
            response = std::move(answer_);
        response.request_id = std::move(request_id_);
        door_.conclude(request_, response, started_);
        return nullptr;
    }

    void refuse(http::Fault fault, http::Response& response) override {
        admin::refuse(response, fault_error(fault).type().status, "there is too much to be done");
        response.request_id = std::move(request_id_);
        door_.conclude(request_, response, started_);
    }

  private:
    MetricsDoor& door_;
    const http::Request request_;
    std::string request_id_;
    std::chrono::steady_clock::time_point started_;
    http::Response answer_;
};

MetricsDoor::MetricsDoor(const Shared& shared)
    : shared_(shared),
      router_({metrics_route(shared.metrics, ServeMetrics::on)}, false),
      counts_(shared.metrics.make_counts()) {}

MetricsDoor::~MetricsDoor() { shared_.log.flush(log_lines_); }

std::unique_ptr<http::Deferred> MetricsDoor::handle(const http::Request& request, http::Response& response) {
    const auto started = std::chrono::steady_clock::now();
    response.request_id = ids::request_id(shared_.entropy);
    const BrowserGuard::Finding finding = shared_.guard.judge(request);
    if (finding.verdict != BrowserGuard::Verdict::fine) {
        admin::refuse(response, 403, message_of(finding.verdict));
    } else if (router_.is_slow(request)) {
        return std::make_unique<Scrape>(*this, request, std::move(response.request_id), started);
    } else {
        router_.handle(request, response);
    }
    conclude(request, response, started);
    return nullptr;
}

void MetricsDoor::conclude(const http::Request& request, const http::Response& response,
                           std::chrono::steady_clock::time_point started) {
    Progress progress;
    progress.request = request;
    progress.action = "admin";
    progress.trace = http::find_trace_context(request.headers);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - started);
    shared_.metrics.note(counts_, progress, response.status, took);
    write_access_lines(shared_, log_lines_, progress, response, took);
}

void MetricsDoor::refuse(http::Fault fault, std::string_view peer, http::Response& response) {
    admin::refuse(response, fault_error(fault).type().status, "this is no request");
    http::Request request;
    request.peer = peer;
    conclude(request, response, std::chrono::steady_clock::now());
}

void MetricsDoor::batch_done() { shared_.log.flush(log_lines_); }

}  // namespace iamlocal::app
