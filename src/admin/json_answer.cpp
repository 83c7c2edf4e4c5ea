#include "admin/json_answer.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/json_text.hpp"

namespace iamlocal::admin {

void answer_json(http::Response& response, int status, std::string text) {
    response.status = status;
    response.content_type = "application/json";
    response.body = std::move(text);
    response.body.push_back('\n');
}

void refuse(http::Response& response, int status, std::string_view message) {
    answer_json(response, status, json_text(nlohmann::json{{"error", message}}));
}

}  // namespace iamlocal::admin
