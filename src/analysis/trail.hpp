// Events of CloudTrail read into what principals did. Takes whatever the trails of real accounts have, from files that
// anybody may have written: what is no event is counted and passed over, and no text leads to more than work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/observation.hpp"

namespace iamlocal::analysis {

struct TrailResources;

/// What the events of one principal come to.
struct TrailPrincipal {
    std::vector<Observation> observations;
    std::vector<std::string> remarks;  ///< about events of which nothing could be made, each once
};

/// Gathers events of several files.
class Trail {
  public:
    /// Nesting that is read; AWS's events have less.
    static constexpr int deepest = 64;

    /// Adds a text: `{"Records":[…]}` as in AWS's files, `{"Events":[…]}` as `aws cloudtrail lookup-events` prints it,
    /// a list of events, one event, or one on each line. A sentence if it is none of that; then nothing was added.
    [[nodiscard]] std::string add(std::string_view text);

    /// By the ARN of the user or role whose policies count.
    [[nodiscard]] std::map<std::string, TrailPrincipal> principals() const;
    [[nodiscard]] std::uint64_t events() const { return events_; }
    /// Events of which nothing can be made: of services, of sign-ins, of callers whom no identity-based policy allows.
    [[nodiscard]] std::uint64_t passed_over() const { return passed_over_; }

  private:
    struct Event;

    void take(Event event);
    void add_action(const std::string& principal, const std::string& action, const TrailResources& resources,
                    const Event& taken);
    void add_passed_roles(const std::string& principal, const std::string& action, const Event& taken);
    void add_entry(const std::string& principal, Observation observation);

    std::map<std::string, std::map<std::string, Observation>> seen_;  ///< by principal and all that tells one apart
    std::map<std::string, std::map<std::string, bool>> remarks_;
    std::uint64_t events_ = 0;
    std::uint64_t passed_over_ = 0;
};

}  // namespace iamlocal::analysis
