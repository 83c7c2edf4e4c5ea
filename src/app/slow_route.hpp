// One of the router's paths whose answer takes long, given on a thread for slow work.
#pragma once

#include <string_view>

#include "admin/router.hpp"
#include "app/continuation.hpp"
#include "http/message/request.hpp"
#include "http/message/response.hpp"

namespace iamlocal::app {

class SlowRoute final : public Continuation {
  public:
    /// The router must outlive this; what the request views lives as long as the deferred answer.
    SlowRoute(const admin::Router& router, const http::Request& request) : router_(router), request_(request) {}
    void work() override;
    std::unique_ptr<Continuation> resume(Progress& progress, http::Response& response) override;

  private:
    const admin::Router& router_;
    const http::Request request_;
    http::Response answer_;
    std::string_view action_;
};

}  // namespace iamlocal::app
