// What is known of a request beside its parameters: when, where and how it came.
#pragma once

#include <string>
#include <string_view>

#include "access/condition_keys.hpp"
#include "auth/presented_signature.hpp"
#include "base/clock.hpp"
#include "http/message/response.hpp"

namespace iamlocal::app {

struct Progress;

/// The instant to hold a signature's date against. A client signs with the time of its machine, wherever the test bench
/// has moved the clock; one that follows the bench's clock is as right. The nearer of the two counts. A presigned
/// request is a credential whose time runs out, and that is what the bench's clock is for.
Seconds signature_clock(const auth::Presented& presented, const AdjustableClock& clock, Instant now);

/// The Region that a request counts for: IAM is one service for all Regions and counts as us-east-1.
std::string_view region_of(const Progress& progress);

/// Views of the progress, which must outlive them.
access::RequestFacts facts_of(const Progress& progress);

}  // namespace iamlocal::app
