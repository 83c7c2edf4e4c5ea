// JSON written as YAML, for people.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace iamlocal::tools {

/// Texts that a reader of YAML could take for something else are quoted; texts with line breaks keep them.
[[nodiscard]] std::string yaml_text(const nlohmann::ordered_json& value);

}  // namespace iamlocal::tools
