// Findings about a policy document: what AWS would refuse, and what IAM Access Analyzer would say of the rest ("IAM
// policy validation check reference"). Pure: a text goes in, a list comes out. Use it where a person reads the result;
// whether a document may be stored is the business of policy::parse().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document_kind.hpp"

namespace iamlocal::lint {

/// Access Analyzer's finding types, the worst first.
enum class Severity { error, security_warning, warning, suggestion };

/// `ERROR`, `SECURITY_WARNING`, `WARNING`, `SUGGESTION`.
[[nodiscard]] std::string_view name(Severity severity);

/// What a document of a kind is for, where that makes a difference to the linter and to nobody else.
enum class Use {
    usual,
    inline_policy,  ///< an identity-based policy in a user, group or role
    vpc_endpoint,   ///< a resource's policy: what may pass the endpoint, whatever the resources' own policies say
};

/// One thing to say about a document.
struct Finding {
    Severity severity = Severity::error;
    std::string_view code;  ///< Access Analyzer's issue code, or one of ours; lives forever
    std::string message;
    std::size_t line = 1;    ///< of the value that is meant, from 1
    std::size_t column = 1;  ///< from 1, in UTF-16 units
    std::string help;        ///< address of AWS's page about it
};

/// What one check looks for; for lists of rules.
struct Rule {
    std::string_view code;
    Severity severity;
    std::string_view summary;
    std::string help;
};

/// The code of findings that give AWS's own answer to a document that it refuses.
inline constexpr std::string_view refused_code = "MALFORMED_POLICY_DOCUMENT";
/// More than these are not shown for one document; one more finding says so, and one may give IAM's answer.
inline constexpr std::size_t max_findings = 1000;

/// Everything there is to say about a document, in the order of the text. Empty for a document that is fine. Documents
/// of more than 131,072 characters without white space, which no API takes, are looked at as JSON only.
[[nodiscard]] std::vector<Finding> lint(std::string_view text, policy::DocumentKind kind, Use use = Use::usual);

/// What the document is by its looks: with a Principal and without Resource a trust policy, with both a resource's
/// policy, else an identity-based one.
[[nodiscard]] policy::DocumentKind guess_kind(std::string_view text);

/// Every check there is, in the order in which they are made.
[[nodiscard]] const std::vector<Rule>& rules();

}  // namespace iamlocal::lint
