// A real account, as AWS's CLI prints it, made into a seed (docs/seeds.md): so that policies are tried against what
// there is in production.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

namespace iamlocal::transfer {

/// A file that the CLI's output was put into. What is in it shows by its members:
/// - `aws iam get-account-authorization-details`, also in pages: one at least must be there
/// - `aws iam generate-credential-report` and `get-credential-report`, or the CSV in it
/// - `aws iam get-open-id-connect-provider`, `list-open-id-connect-providers`, `list-saml-providers`
/// - `aws iam get-saml-provider`, where `name` is the provider's
/// - `aws organizations describe-organization`, `list-accounts`, `list-roots`, `describe-policy`,
///   `list-aws-service-access-for-organization`
/// - `list-targets-for-policy`, `list-policies-for-target`, `list-organizational-units-for-parent`,
///   `list-accounts-for-parent`, `list-children` and `list-parents` of it, where `name` is the id that the command was
///   given
/// A file may hold several outputs, one behind the other.
struct Printed {
    std::string file;  ///< for remarks
    std::string text;
    std::string name;  ///< of what does not say its own name; else empty
};

struct Imported {
    nlohmann::ordered_json seed;
    std::vector<std::string> remarks;  ///< what the seed has otherwise than the account, a sentence each
    std::size_t things = 0;
};

/// What cannot be imported, with the file's name in front.
struct ImportFault {
    std::string message;
};

/// Users, groups, roles, policies, instance profiles, providers and the organization; those whom trust policies name
/// and who are nowhere else become placeholders. Secrets are in none of these files.
[[nodiscard]] std::variant<Imported, ImportFault> import_account(std::span<const Printed> files);

}  // namespace iamlocal::transfer
