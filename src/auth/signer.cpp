#include "auth/signer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "auth/sigv4.hpp"
#include "base/time_format.hpp"

namespace iamlocal::auth {

SignedHeaders sign(const ToSign& request, const SigningCredentials& credentials) {
    const std::string timestamp = format_amz_date(request.now);
    SignedHeaders headers{{"Host", request.host},
                          {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                          {"X-Amz-Date", timestamp}};
    std::string signed_names = "content-type;host;x-amz-date";
    if (!credentials.session_token.empty()) {
        headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
        signed_names.append(";x-amz-security-token");
    }

    std::vector<http::Header> views;
    for (const auto& [name, value] : headers) views.push_back({name, value});
    http::Request to_sign;
    to_sign.method = "POST";
    to_sign.target = request.path;
    to_sign.headers = views;
    to_sign.body = request.body;

    const std::string date = timestamp.substr(0, 8);
    const std::string scope = fmt::format("{}/{}/{}/{}", date, request.region, request.service, sigv4_terminator);
    Presented presented;
    presented.access_key_id = credentials.access_key_id;
    presented.scope = scope;
    presented.date = date;
    presented.region = request.region;
    presented.service = request.service;
    presented.terminator = sigv4_terminator;
    presented.signed_headers = signed_names;
    presented.at = request.now;
    std::copy_n(timestamp.begin(), presented.timestamp_text.size(), presented.timestamp_text.begin());

    Scratch scratch;
    const std::string_view canonical = canonical_request(to_sign, presented, scratch);
    const std::string_view text = string_to_sign(presented, canonical, scratch);
    const SigningKey key = derive_signing_key(credentials.secret, date, request.region, request.service);
    const std::array<char, 64> digits = signature(text, key);
    headers.emplace_back("Authorization", fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}",
                                                      sigv4_algorithm, credentials.access_key_id, scope, signed_names,
                                                      std::string_view(digits.data(), digits.size())));
    return headers;
}

}  // namespace iamlocal::auth
