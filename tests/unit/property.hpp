// Properties checked with rapidcheck, with cases that are always the same unless the environment asks for others.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <rapidcheck.h>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace iamlocal {

/// Checks a property with the parameters of the environment. Where that names no number of cases, the property's own
/// counts, not rapidcheck's.
template <class Property>
void check_property(int cases, int seed, Property&& property) {
    rc::detail::TestParams params;
    const char* const environment = std::getenv("RC_PARAMS");
    if (environment != nullptr) params = rc::detail::configuration().testParams;
    const bool has_number =
        environment != nullptr && std::string_view(environment).find("max_success") != std::string_view::npos;
    if (!has_number) params.maxSuccess = cases;
    params.seed += static_cast<std::uint64_t>(seed);
    rc::detail::TestMetadata metadata;
    metadata.id = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    metadata.description = metadata.id;
    const auto result = rc::detail::checkTestable(std::forward<Property>(property), metadata, params);
    fmt::print("seed {}, {} cases\n", params.seed, params.maxSuccess);
    if (result.template is<rc::detail::SuccessResult>()) return;
    std::ostringstream message;
    rc::detail::printResultMessage(result, message);
    FAIL() << message.str();
}

}  // namespace iamlocal
