// One policy, one request: which statements apply. Whether that means "allowed" is decide.hpp's business.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/document.hpp"
#include "policy/match.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// A request with the work done that every statement would repeat. Refers to the request and the statements that it is
/// held against, which must outlive it.
/// Without principal the caller is anonymous, without context all keys are absent.
class Subject {
  public:
    /// Steps of one request.
    static constexpr std::size_t most_effort = 50'000'000;
    /// In bytes. A request with a longer value of a key that a condition asks for is refused, as one that takes too
    /// much: only header fields get so long, and nobody's do who means well.
    static constexpr std::size_t longest_value = 8192;

    /// NotPrincipal depends on whether the caller has a boundary.
    explicit Subject(const Request& request, Boundary boundary = Boundary::absent);
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    [[nodiscard]] const Principal& principal() const { return principal_; }
    [[nodiscard]] bool has_boundary() const { return boundary_ == Boundary::present; }
    [[nodiscard]] const RequestContext& context() const { return context_; }
    [[nodiscard]] const ActionName& action() const { return action_; }
    [[nodiscard]] const ResourceName& resource() const { return resource_; }
    /// Takes `steps` of about a nanosecond from what one request may cost: a hostile policy and a header field of 64
    /// KiB could keep a server busy for seconds. False, and exhausted() from then on, when there are not so many left:
    /// then nothing follows from what did not match, and the request must be refused.
    [[nodiscard]] bool spend(std::size_t steps) const;
    [[nodiscard]] bool exhausted() const { return exhausted_; }
    /// The value of a key, remembered so that the context need not be asked again. Null when it is absent. Valid until
    /// the next call. The key is in lower case and outlives this, as those in policies do.
    [[nodiscard]] const Values* values_of(std::string_view key) const;

  private:
    /// The request's context, which has no value that is too long: asking for one exhausts the request.
    class BoundedContext final : public RequestContext {
      public:
        BoundedContext(const RequestContext& context, bool& exhausted) : context_(context), exhausted_(exhausted) {}
        std::optional<Values> find(std::string_view key_lowercased) const override;
        bool has_unlike_numbers() const override { return context_.has_unlike_numbers(); }

      private:
        const RequestContext& context_;
        bool& exhausted_;
    };

    const Principal& principal_;
    Boundary boundary_;
    BoundedContext context_;
    ResourceName resource_;
    std::string folded_;
    char buffer_[96];  ///< the action in lower case, unless it is longer than any of AWS's
    ActionName action_;
    mutable std::size_t effort_left_ = most_effort;
    mutable bool exhausted_ = false;
    mutable std::vector<std::pair<std::string_view, std::optional<Values>>> asked_;  ///< keys as policies hold them
};

/// Whether its Action or NotAction lets the request pass.
[[nodiscard]] bool action_matches(const Statement& statement, const Subject& subject);

/// Tests one statement. Elements are looked at in the order of Element and the first that fails ends it, so context
/// keys are asked for only when all else matches.
[[nodiscard]] Match match(const Policy& policy, const Statement& statement, const Subject& subject);

/// One entry per statement of the policy: whether it applies, or what kept it from that.
[[nodiscard]] std::vector<Match> match_statements(const Policy& policy, const Request& request);

}  // namespace iamlocal::policy
