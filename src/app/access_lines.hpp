// What the log says of a request that was answered.
#pragma once

#include <chrono>
#include <string>

#include "access/rejected_signatures.hpp"
#include "app/app.hpp"
#include "app/pipeline.hpp"

namespace iamlocal::app {

/// Adds to `lines`: the access line, and why a request was refused or what it may have been meant for.
void write_access_lines(const Shared& shared, std::string& lines, const Progress& progress,
                        const http::Response& response, std::chrono::microseconds took);

/// Adds to `lines` that a signature does not match. What should have been signed has many lines: the JSON format has
/// it, text says how to see it.
void write_rejected(const Shared& shared, std::string& lines, const access::RejectedSignature& rejected);

}  // namespace iamlocal::app
