// What the policy tests share: documents that must parse, contexts and callers in one line.
#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <gtest/gtest.h>

#include "policy/parse.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// Parses a document that the test knows to be right; throws what is wrong with it otherwise.
inline Policy parsed(std::string_view json, DocumentKind kind = DocumentKind::identity,
                     Strictness strictness = Strictness::strict) {
    std::variant<Policy, ParseError> result = parse(json, kind, strictness);
    if (const auto* error = std::get_if<ParseError>(&result)) {
        throw std::runtime_error(error->message + " in " + std::string(json));
    }
    return std::get<Policy>(std::move(result));
}

inline MapContext context_of(std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
    MapContext context;
    for (const auto& [key, value] : values) context.set(key, std::string(value));
    return context;
}

inline Principal alice() {
    Principal principal;
    principal.kind = PrincipalKind::user;
    principal.arn = "arn:aws:iam::111111111111:user/alice";
    principal.account = "111111111111";
    principal.unique_id = "AIDAALICEALICEALICE1";
    return principal;
}

inline Principal dev_session() {
    Principal principal;
    principal.kind = PrincipalKind::role_session;
    principal.arn = "arn:aws:sts::111111111111:assumed-role/dev/s1";
    principal.account = "111111111111";
    principal.unique_id = "AROADEVDEVDEVDEVDEV1";
    principal.role_arn = "arn:aws:iam::111111111111:role/team/dev";
    return principal;
}

/// A pattern that fits everywhere but at the end. With a value of 60,000 `a` it takes more steps than a decision may.
inline std::string hostile_pattern() {
    std::string pattern = "*";
    for (int i = 0; i < 2'500; ++i) pattern += "a?";
    return pattern + "b";
}

}  // namespace iamlocal::policy
