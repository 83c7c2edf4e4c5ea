// The record of an event, in CloudTrail's form ("CloudTrail record contents for management, data, and network activity
// events"). An event has one for each account that gets to know of it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time_format.hpp"
#include "trail/event.hpp"
#include "trail/json.hpp"

namespace iamlocal::trail {

/// What LookupEvents calls a resource: its type, and its ARN, its name or its id.
struct NamedResource {
    std::string_view type;  ///< a literal, "AWS::IAM::User"
    std::string name;
};

class Record {
  public:
    /// One; two of an AssumeRole that crosses accounts, if it was allowed.
    static std::vector<Record> of(const EventPtr& event);

    [[nodiscard]] const Event& event() const { return *event_; }
    /// The account whose trail has it.
    [[nodiscard]] const std::string& account() const { return account_; }
    [[nodiscard]] std::string_view region() const;
    [[nodiscard]] std::string source() const;  ///< `iam.amazonaws.com`
    [[nodiscard]] std::string_view name() const { return event_->name; }
    [[nodiscard]] Seconds time() const { return whole_seconds(event_->time); }
    [[nodiscard]] bool is_read() const { return event_->is_read; }
    /// A UUID, the same whenever the record is made.
    [[nodiscard]] std::string id() const;
    /// What the request was signed with; empty: with nothing, or it is the other account's affair.
    [[nodiscard]] std::string_view access_key_id() const;
    [[nodiscard]] std::string user_name() const;
    [[nodiscard]] std::vector<NamedResource> resources() const;
    /// The whole record.
    [[nodiscard]] Json json() const;
    [[nodiscard]] std::string text() const;
    /// Records of the same event in their order: the caller's is the first.
    [[nodiscard]] unsigned number() const { return is_copy_ ? 1 : 0; }

  private:
    enum class Shared { no, yes };
    Record(EventPtr event, std::string account, Shared shared, bool is_copy)
        : event_(std::move(event)), account_(std::move(account)), shared_(shared), is_copy_(is_copy) {}
    std::string derived_id(std::string_view purpose) const;

    EventPtr event_;
    std::string account_;
    Shared shared_;  ///< whether another account has a record, too
    bool is_copy_;   ///< of the role's account, where that is not the caller's
};

}  // namespace iamlocal::trail
