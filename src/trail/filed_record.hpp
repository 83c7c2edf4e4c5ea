// A record as a file of the trail has it, with what LookupEvents asks of records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "trail/json.hpp"
#include "trail/record.hpp"

namespace iamlocal::trail {

/// Says the same as the Record that the file was written of.
class FiledRecord {
  public:
    /// The records of a file, `{"Records":[…]}`, in its order. What is no record is passed over: it lacks an id, a name
    /// or a time. A text that is no such file has none.
    static std::vector<FiledRecord> of(std::string_view file);

    [[nodiscard]] std::string_view id() const;
    [[nodiscard]] std::string_view name() const;
    [[nodiscard]] Seconds time() const { return time_; }
    [[nodiscard]] std::string_view source() const;  ///< `iam.amazonaws.com`
    [[nodiscard]] bool is_read() const;
    [[nodiscard]] std::string_view access_key_id() const;
    [[nodiscard]] std::string user_name() const;
    [[nodiscard]] std::vector<NamedResource> resources() const;
    [[nodiscard]] std::string text() const;

  private:
    FiledRecord(Json json, Seconds time) : json_(std::move(json)), time_(time) {}

    Json json_;
    Seconds time_;
};

}  // namespace iamlocal::trail
