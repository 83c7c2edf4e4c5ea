// What a test bench needs beside AWS's API: health for everybody, and, where it is switched on, reset and the clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "admin/decisions.hpp"
#include "base/clock.hpp"
#include "db/database.hpp"
#include "http/message/request.hpp"
#include "http/message/response.hpp"

namespace iamlocal::testbench {

/// What health answers.
struct Facts {
    std::string version;
    std::string account;
    std::string enforcement;
    std::string storage;  ///< "memory" or "directory"
};

class Bench {
  public:
    /// `enabled`: whether reset and clock are served. `after_reset` forgets what others hold in memory.
    /// `decisions`: null where none are kept.
    Bench(bool enabled, Facts facts, AdjustableClock& clock, db::Database& database, void (*after_reset)(void*),
          void* after_reset_argument, const admin::Decisions* decisions = nullptr)
        : enabled_(enabled),
          facts_(std::move(facts)),
          clock_(clock),
          database_(database),
          after_reset_(after_reset),
          after_reset_argument_(after_reset_argument),
          decisions_(decisions) {}

    /// Whether the path is one of ours, wherever the request goes from there.
    static bool owns(std::string_view path);
    /// Answers such a request in JSON.
    void handle(const http::Request& request, http::Response& response);

  private:
    void health(http::Response& response) const;
    void reset(http::Response& response);
    void clock(const http::Request& request, http::Response& response);
    void organization(const http::Request& request, http::Response& response);

    bool enabled_;
    Facts facts_;
    AdjustableClock& clock_;
    db::Database& database_;
    void (*after_reset_)(void*);
    void* after_reset_argument_;
    const admin::Decisions* decisions_;
};

}  // namespace iamlocal::testbench
