#include "protocol/rest_error.hpp"

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

void write_rest_error(http::Response& response, const ApiError& error) {
    const auto known =
        std::find_if(codes.begin(), codes.end(), [&](const auto& pair) { return pair.first == error.type().name; });
    response.status = error.type().status;
    response.content_type = "application/json";
    response.headers.emplace_back("x-amzn-ErrorType", known == codes.end() ? error.type().name : known->second);
    response.body = "{\"message\":\"";
    json_append(response.body, error.message());
    response.body.append("\"}");
}

}  // namespace iamlocal::protocol
