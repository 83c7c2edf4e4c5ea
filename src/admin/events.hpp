// The trail for tests and their authors: pages of records, and each as it comes.
#pragma once

#include <atomic>
#include <string_view>

#include "admin/event_query.hpp"
#include "admin/router.hpp"
#include "base/clock.hpp"
#include "http/message/request.hpp"
#include "http/message/response.hpp"
#include "trail/trail.hpp"

namespace iamlocal::admin {

class Events {
  public:
    /// Both must outlive it.
    Events(const trail::Trail& trail, const Clock& clock) : trail_(trail), clock_(clock) {}

    static constexpr std::string_view root = "/_iamlocal/events";
    /// That path and all below it. This must outlive the route.
    Route route() const;

  private:
    void handle(const http::Request& request, http::Response& response) const;
    void page(const EventQuery& query, http::Response& response) const;
    void stream(EventQuery query, http::Response& response) const;

    const trail::Trail& trail_;
    const Clock& clock_;
    mutable std::atomic<unsigned> streams_{0};  ///< that live
};

}  // namespace iamlocal::admin
