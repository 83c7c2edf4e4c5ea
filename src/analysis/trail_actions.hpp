// Which permission an event of CloudTrail needed. Names of events are those of APIs, and most permissions are called
// like them; where it is not known, that is said and nothing is guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::analysis {

struct TrailAction {
    std::vector<std::string> actions;  ///< `s3:ListBucket`, as the service reference spells it; empty: none is needed
    std::string remark;                ///< why it is not known; then there are no actions
};

/// @param event_source `s3.amazonaws.com`
/// @param event_name `ListObjectsV2`
[[nodiscard]] TrailAction action_of_event(std::string_view event_source, std::string_view event_name);

}  // namespace iamlocal::analysis
