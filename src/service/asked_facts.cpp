#include "service/asked_facts.hpp"

#include <string_view>

#include "base/encoding.hpp"
#include "policy/document.hpp"

namespace iamlocal::service {
namespace {

/// Of the key's front, without case.
bool begins(std::string_view key, std::string_view prefix) {
    return equals_ignoring_case(key.substr(0, prefix.size()), prefix);
}

}  // namespace

AskedFacts AskedFacts::of(const policy::Policy& policy) {
    AskedFacts asked;
    for (const std::string_view key : policy.context_keys) {
        asked |= {.headers = equals_ignoring_case(key, "aws:UserAgent") || equals_ignoring_case(key, "aws:Referer"),
                  .resource_tags = begins(key, "aws:ResourceTag/") || begins(key, "iam:ResourceTag/")};
    }
    return asked;
}

}  // namespace iamlocal::service
