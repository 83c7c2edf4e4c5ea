// Answers what SDKs ask of a machine, by path: the instance's metadata, credentials of containers and of pods.
#pragma once

#include "base/clock.hpp"
#include "http/message/request.hpp"
#include "http/message/response.hpp"
#include "metadata/metadata.hpp"
#include "metadata/sessions.hpp"

namespace iamlocal::metadata {

/// A request that is being answered.
struct Visit {
    const http::Request& request;
    Seconds now{};
    Metadata& metadata;
    const Machine& machine;
    Accounts& accounts;
    http::Response& response;
};

/// Answers any request. Throws what `accounts` throws.
void answer(const http::Request& request, Seconds now, Metadata& metadata, Accounts& accounts,
            http::Response& response);

/// The instance's metadata (IMDS), at every path that is no container's.
void answer_instance(const Visit& visit, std::string_view path);
/// Credentials of containers (ECS) and pods (EKS). False: the path is none of theirs, and nothing is answered.
bool answer_container(const Visit& visit, std::string_view path);

/// Plain text with a status.
void answer_text(http::Response& response, int status, std::string text);

}  // namespace iamlocal::metadata
