// A request as text: method and target, header lines, an empty line, the body. Whatever is read from its Authorization
// header or presigned query must be refused with the signature it came with or be right, and must be accepted with the
// signature computed here, unless the list of signed headers or the declared payload is a lie.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/sigv4.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace auth = iamlocal::auth;
namespace http = iamlocal::http;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string_view take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

/// The rules of the list and the payload, in another way than the code under test.
bool is_honest(const http::Request& request, std::string_view signed_headers) {
    const std::string list(signed_headers);
    std::string rest(signed_headers);
    while (!signed_headers.empty()) {
        const std::size_t end = rest.find(';');
        const std::string name = rest.substr(0, end);
        bool sent = false;
        for (const http::Header& header : request.headers) sent = sent || iamlocal::fold_case(header.name) == name;
        if (!sent) return false;
        if (end == std::string::npos) break;
        rest.erase(0, end + 1);
    }
    if ((";" + list + ";").find(";x-amz-content-sha256;") == std::string::npos) return true;
    const std::string hash = iamlocal::hex_encode(iamlocal::sha256(request.body));
    for (const http::Header& header : request.headers)
        if (iamlocal::fold_case(header.name) == "x-amz-content-sha256" && iamlocal::fold_case(header.value) != hash)
            return false;
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static auth::Scratch scratch;
    static const iamlocal::Secret secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    http::Request request;
    const std::string_view first = take_line(rest);
    request.method = first.substr(0, first.find(' '));
    request.target = first.substr(std::min(request.method.size() + 1, first.size()));
    std::vector<http::Header> headers;
    while (!rest.empty()) {
        const std::string_view line = take_line(rest);
        if (line.empty()) break;
        const std::size_t colon = std::min(line.find(':'), line.size());
        std::string_view value = line.substr(std::min(colon + 1, line.size()));
        while (value.starts_with(' ')) value.remove_prefix(1);
        headers.push_back({line.substr(0, colon), value});
    }
    request.headers = headers;
    request.body = rest;

    const auth::ReadSignature read = auth::read_signature(request, scratch);
    if (const auto* error = std::get_if<auth::SignatureError>(&read)) require(!error->message.empty());
    const auto* found = std::get_if<auth::Presented>(&read);
    if (found == nullptr) return 0;
    auth::Presented presented = *found;

    const iamlocal::Seconds now = iamlocal::parse_amz_date("20240229T235958Z").value();
    for (const auto lifetime : {auth::PresignedLifetime::window, auth::PresignedLifetime::as_requested})
        if (const auto error = auth::check_presented(request, presented, {"sts", now, lifetime}))
            require(error->message.find(secret.reveal()) == std::string::npos);

    const auth::SigningKey key = auth::derive_signing_key(secret, presented.date, presented.region, presented.service);
    const std::string canonical(auth::canonical_request(request, presented, scratch));
    const std::array<char, 64> right = auth::signature(auth::string_to_sign(presented, canonical, scratch), key);
    const std::string_view right_text(right.data(), right.size());
    const bool honest = is_honest(request, presented.signed_headers);
    require(auth::verify_signature(request, presented, key, scratch).has_value() !=
            (honest && presented.signature == right_text));
    presented.signature = right_text;
    require(auth::verify_signature(request, presented, key, scratch).has_value() != honest);
    std::array<char, 64> wrong = right;
    wrong[size % wrong.size()] = wrong[size % wrong.size()] == '0' ? '1' : '0';
    presented.signature = {wrong.data(), wrong.size()};
    require(auth::verify_signature(request, presented, key, scratch).has_value());
    return 0;
}
