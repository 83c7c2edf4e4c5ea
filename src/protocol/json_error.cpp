#include "protocol/json_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::protocol {
namespace {

constexpr std::array codes{
    std::pair<std::string_view, std::string_view>{"AccessDenied", "AccessDeniedException"},
    std::pair<std::string_view, std::string_view>{"ExpiredToken", "ExpiredTokenException"},
    std::pair<std::string_view, std::string_view>{"IncompleteSignature", "IncompleteSignatureException"},
    std::pair<std::string_view, std::string_view>{"InvalidClientTokenId", "UnrecognizedClientException"},
    std::pair<std::string_view, std::string_view>{"MissingAuthenticationToken", "MissingAuthenticationTokenException"},
    std::pair<std::string_view, std::string_view>{"SignatureDoesNotMatch", "InvalidSignatureException"},
};

}  // namespace

std::string_view json_code_of(std::string_view code) {
    const auto known = std::find_if(codes.begin(), codes.end(), [&](const auto& pair) { return pair.first == code; });
    return known == codes.end() ? code : known->second;
}

void write_json_error(http::Response& response, const ApiError& error) {
    response.status = error.type().status;
    response.content_type = json_content_type;
    response.body = "{\"__type\":\"";
    json_append(response.body, json_code_of(error.type().name));
    response.body.append("\",\"message\":\"");
    json_append(response.body, error.message());
    response.body.append("\"}");
}

}  // namespace iamlocal::protocol
