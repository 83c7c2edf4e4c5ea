#include "base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace iamlocal {
namespace {

template <class Json>
std::string dump(const Json& value, int indent) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string json_text(const nlohmann::json& value, int indent) { return dump(value, indent); }

std::string json_text(const nlohmann::ordered_json& value, int indent) { return dump(value, indent); }

}  // namespace iamlocal
