// AWS's own policies are the largest body of policies there is: what the linter says of them must make sense.
#include "catalogue/managed_policies.hpp"

#include <map>
#include <set>

#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

/// Errors that AWS tolerates in its own policies: they are long, name actions, services and keys that are gone or not
/// documented yet, and hang on keys that an action never carries.
const std::set<std::string_view> tolerated{
    "ARN_ACCOUNT_NOT_ALLOWED",
    "ARN_REGION_NOT_ALLOWED",
    "INVALID_ACTION",
    "INVALID_ARN_RESOURCE",
    "INVALID_GLOBAL_CONDITION_KEY",
    "INVALID_SERVICE",
    "INVALID_SERVICE_CONDITION_KEY",
    "INVALID_SERVICE_IN_ACTION",
    "MALFORMED_POLICY_DOCUMENT",
    "MISSING_QUALIFIER",
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    "POLICY_SIZE_EXCEEDS_MAXIMUM",
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
};

TEST(ManagedPolicies, HaveFewFindings) {
    std::map<std::string_view, std::size_t> policies_with;
    std::set<std::string_view> suggestions;
    std::size_t policies = 0;
    for (const catalogue::managed_policies::Entry& entry : catalogue::managed_policies::all()) {
        ++policies;
        const std::vector<Finding> findings =
            lint(catalogue::managed_policies::document(entry), DocumentKind::identity);
        std::set<std::string_view> codes;
        for (const Finding& finding : findings) {
            codes.insert(finding.code);
            if (finding.severity == Severity::suggestion) suggestions.insert(finding.code);
            if (finding.severity != Severity::error) continue;
            EXPECT_TRUE(tolerated.contains(finding.code))
                << entry.name << ": " << finding.code << ": " << finding.message;
        }
        for (const std::string_view code : codes) ++policies_with[code];
    }
    EXPECT_GT(policies, 1000U);
    // More than that would be a catalogue or a check gone wrong.
    for (const auto& [code, count] : policies_with) {
        EXPECT_LT(count, policies / (suggestions.contains(code) ? 8 : 16)) << code;
    }
    for (const std::string_view code : {"INVALID_ACTION", "INVALID_SERVICE_IN_ACTION", "INVALID_ARN_RESOURCE"}) {
        EXPECT_LT(policies_with[code], policies / 20) << code;
    }
}

}  // namespace
}  // namespace iamlocal::lint
