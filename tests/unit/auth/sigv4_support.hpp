// A signed request that tests can change, and the whole way from request to verdict.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "auth/presented_signature.hpp"
#include "auth/sigv4.hpp"

namespace iamlocal::auth::test {

struct SignedRequest {
    std::string name;
    std::string service = "iam";
    std::string method = "POST";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string access_key_id = "AKIAIOSFODNN7EXAMPLE";
    std::string secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    std::string session_token;

    /// A view; `storage` must outlive it.
    http::Request view(std::vector<http::Header>& storage) const {
        storage.clear();
        for (const auto& [key, value] : headers) storage.push_back({key, value});
        return {method, target, storage, body, "127.0.0.1", false};
    }
    std::string* find(std::string_view key) {
        for (auto& [name_of_header, value] : headers)
            if (name_of_header == key) return &value;
        return nullptr;
    }
};

/// Reads, checks and verifies as the server does. Nothing: the signature is good.
inline std::optional<SignatureError> verdict(const SignedRequest& signed_request, Seconds now,
                                             PresignedLifetime lifetime = PresignedLifetime::window) {
    std::vector<http::Header> storage;
    const http::Request request = signed_request.view(storage);
    Scratch scratch;
    const ReadSignature read = read_signature(request, scratch);
    if (std::holds_alternative<NotSigned>(read)) return missing_authentication_token();
    if (const auto* error = std::get_if<SignatureError>(&read)) return *error;
    const auto& presented = std::get<Presented>(read);
    if (auto error = check_presented(request, presented, {signed_request.service, now, lifetime})) return error;
    if (presented.access_key_id != signed_request.access_key_id) return invalid_client_token_id();
    if (presented.session_token != signed_request.session_token) return invalid_client_token_id();
    const SigningKey key =
        derive_signing_key(Secret(signed_request.secret), presented.date, presented.region, presented.service);
    return verify_signature(request, presented, key, scratch);
}

/// When the request says it was signed; nothing if that cannot be read.
inline std::optional<Seconds> signed_at(const SignedRequest& signed_request) {
    std::vector<http::Header> storage;
    Scratch scratch;
    const ReadSignature read = read_signature(signed_request.view(storage), scratch);
    const auto* presented = std::get_if<Presented>(&read);
    return presented == nullptr ? std::nullopt : std::optional(presented->at);
}

}  // namespace iamlocal::auth::test
