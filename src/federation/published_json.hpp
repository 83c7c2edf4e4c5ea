// JSON that strangers publish. What it takes to read it is bounded before anything of it is kept.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace iamlocal::federation {

/// Nothing for what is no JSON, and for more than 20,000 values and names or more than 16 levels: a mebibyte of small
/// values would take a hundred times that in memory.
std::optional<nlohmann::json> parse_published_json(std::string_view text);

}  // namespace iamlocal::federation
