#include "access/required_facts.hpp"

#include <string_view>

#include "base/encoding.hpp"
#include "policy/document.hpp"

namespace iamlocal::access {
namespace {

/// Of the key's front, without case.
bool begins(std::string_view key, std::string_view prefix) {
    return equals_ignoring_case(key.substr(0, prefix.size()), prefix);
}

}  // namespace

RequiredFacts RequiredFacts::of(const policy::Policy& policy) {
    RequiredFacts required;
    for (const std::string_view key : policy.context_keys) {
        required |= {.headers = equals_ignoring_case(key, "aws:UserAgent") || equals_ignoring_case(key, "aws:Referer"),
                     .resource_tags = begins(key, "aws:ResourceTag/") || begins(key, "iam:ResourceTag/")};
    }
    return required;
}

}  // namespace iamlocal::access
