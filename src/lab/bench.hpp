// What a test bench needs beside AWS's API: health for everybody, and, where it is switched on, reset and the clock.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "db/database.hpp"
#include "lab/decisions.hpp"
#include "wire/request.hpp"
#include "wire/response.hpp"

namespace iamlocal::lab {

/// What health answers.
struct Facts {
    std::string version;
    std::string account;
    std::string enforcement;
    std::string storage;  ///< "memory", "directory" or "postgresql"
};

class Bench {
  public:
    /// `enabled`: whether reset and clock are served. `after_reset` forgets what others hold in memory.
    /// `decisions`: null where none are kept.
    Bench(bool enabled, Facts facts, AdjustableClock& clock, db::Database& database, void (*after_reset)(void*),
          void* after_reset_argument, const Decisions* decisions = nullptr)
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
    void handle(const wire::Request& request, wire::Response& response);

  private:
    void health(wire::Response& response) const;
    void reset(wire::Response& response);
    void clock(const wire::Request& request, wire::Response& response);
    void organization(const wire::Request& request, wire::Response& response);

    bool enabled_;
    Facts facts_;
    AdjustableClock& clock_;
    db::Database& database_;
    void (*after_reset_)(void*);
    void* after_reset_argument_;
    const Decisions* decisions_;
};

/// `90s`, `15m`, `2h`, `1d`, and sums of them like `1h30m`, each at most a hundred years; with a leading '-' back in
/// time.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace iamlocal::lab
