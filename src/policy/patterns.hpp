// The compiled forms of Action, Resource and Principal values. Each knows how to compare itself with the matching part
// of a request; Matcher (document.hpp) combines several.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/glob.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// The six parts of an ARN, `arn:partition:service:region:account:rest`; the rest keeps its colons.
struct ArnParts {
    std::array<std::string_view, 6> part;

    /// Nothing for a text with fewer than five colons.
    static std::optional<ArnParts> split(std::string_view text);
};

/// An action name split and in lower case, as patterns want it.
struct ActionName {
    std::string_view service;
    std::string_view name;
};

/// One value of Action or NotAction: `*`, or `service:name` with wildcards in the name.
class ActionPattern {
  public:
    static ActionPattern parse(std::string_view text);
    [[nodiscard]] bool matches(const ActionName& action) const;
    /// The service in lower case; empty for `*` and `*:*`, which match every action.
    [[nodiscard]] std::string_view service() const { return service_; }
    [[nodiscard]] bool matches_everything() const { return everything_; }

  private:
    bool everything_ = false;
    bool never_ = false;
    std::string service_;
    Glob name_;
};

/// The resource of a request, split once for all patterns.
struct ResourceName {
    std::string_view text;
    std::optional<ArnParts> parts;

    static ResourceName of(std::string_view text) { return {text, ArnParts::split(text)}; }
};

/// One value of Resource or NotResource, or of an Arn… condition operator: six parts, each a pattern of its own, so
/// that no wildcard spans one of the first five colons.
class ArnPattern {
  public:
    /// What the parts mean that a value of fewer than six parts leaves out.
    enum class Short {
        any,              ///< `*` (identity-based and session policies, boundaries)
        any_if_wildcard,  ///< `*` if the value has a `*`, else the value matches nothing (other resource policies)
        never,            ///< the value matches nothing (condition operators)
    };
    /// A Resource value: `*` alone matches every resource; variables count in the sixth part only.
    static ArnPattern resource(std::string_view text, bool variables, Short missing);
    /// A condition value: always six parts, variables anywhere.
    static ArnPattern condition(std::string_view text, bool variables);

    [[nodiscard]] bool matches(const ResourceName& resource, const Context& context) const;
    /// The variables in it, for those who list a policy's context keys.
    [[nodiscard]] const std::vector<Variable>& variables() const { return rest_.variables(); }

  private:
    bool everything_ = false;
    bool never_ = false;
    bool whole_ = false;       ///< rest_ is the whole pattern, to be cut when its variables are known
    std::string head_;         ///< `arn:aws:s3:::` when the first five parts have no wildcard
    std::vector<Glob> parts_;  ///< else those five
    Glob rest_;
};

/// How closely a Principal value names the caller; greater is closer. What a resource policy's Allow overrides depends
/// on it ("Policy evaluation logic", "Permissions boundaries", "Session policies").
enum class Strength {
    none,
    account,   ///< the caller's account: delegates to its identity-based policies
    via_user,  ///< the user behind a federated session: boundary and session policy still limit
    via_role,  ///< the role of a session: likewise
    direct,    ///< the caller itself, or everyone
};

/// One value of Principal or NotPrincipal.
class PrincipalPattern {
  public:
    enum class Type { aws, service, federated, canonical_user };
    /// `*` alone, or as an AWS value.
    static PrincipalPattern everyone();
    static PrincipalPattern parse(Type type, std::string_view text);
    [[nodiscard]] Strength match(const Principal& principal) const;

  private:
    enum class Form { everyone, account, user, role, session, unique_id, service, federated, never };

    Form form_ = Form::never;
    std::string text_;       ///< what is compared: ARN, id, name
    std::string partition_;  ///< of account and role ARNs; empty for a bare account number
    std::string account_;
    std::string role_;  ///< a role's name without path
};

}  // namespace iamlocal::policy
