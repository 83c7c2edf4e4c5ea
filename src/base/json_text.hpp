// JSON as text, for what may hold any bytes: names, values and documents of clients.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace iamlocal {

/// What is no UTF-8 is replaced by U+FFFD. `indent`: spaces for each level; less than nothing: all in one line.
std::string json_text(const nlohmann::json& value, int indent = -1);
std::string json_text(const nlohmann::ordered_json& value, int indent = -1);

}  // namespace iamlocal
