// JSON as the trail makes it: members in the order in which they are put in.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"

namespace iamlocal::trail {

using Json = nlohmann::ordered_json;

/// `UserName` is `userName` in records; only the first letter changes (`SAMLMetadataDocument` becomes
/// `sAMLMetadataDocument`).
inline std::string lower_first(std::string_view name) {
    std::string out(name);
    if (!out.empty()) out[0] = fold_case(out[0]);
    return out;
}

}  // namespace iamlocal::trail
