#include "api/policy_documents.hpp"

#include <utility>
#include <variant>

#include "api/errors.hpp"

namespace iamlocal::api {

std::int64_t admit_policy(std::string_view document, policy::DocumentKind kind, policy::Strictness strictness) {
    auto parsed = policy::parse(document, kind, strictness);
    if (auto* error = std::get_if<policy::ParseError>(&parsed)) throw malformed_policy(std::move(error->message));
    return static_cast<std::int64_t>(policy::size_without_whitespace(document));
}

}  // namespace iamlocal::api
