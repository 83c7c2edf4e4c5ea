// What the log says of a request that was answered.
#pragma once

#include <chrono>
#include <string>

#include "app/app.hpp"
#include "app/pipeline.hpp"

namespace iamlocal::app {

/// Adds to `lines`: the access line, and why a request was refused or what it may have been meant for.
void write_access_lines(const Shared& shared, std::string& lines, const Progress& progress,
                        const http::Response& response, std::chrono::microseconds took);

}  // namespace iamlocal::app
