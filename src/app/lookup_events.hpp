// CloudTrail's LookupEvents, the one operation in AWS's JSON protocol that is served beside those of IAM and STS.
#pragma once

#include "http/message/request.hpp"

namespace iamlocal::app {

/// Whether a request that is no form asks CloudTrail for something, by its header X-Amz-Target.
bool names_cloudtrail(const http::Request& request);

}  // namespace iamlocal::app
