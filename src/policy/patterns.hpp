// The compiled forms of Action, Resource and Principal values. Each knows how to compare itself with the matching part
// of a request; Matcher (document.hpp) combines several.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/glob.hpp"
#include "policy/match.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// A number for a service's name in lower case, the same for names that begin with the same eight bytes; in the order
/// of the names.
[[nodiscard]] std::uint64_t service_key(std::string_view service);

/// An action in lower case, as patterns want it.
struct ActionName {
    std::string_view text;      ///< `iam:getuser`
    std::uint64_t service = 0;  ///< service_key() of what stands before the colon

    static ActionName of(std::string_view folded);
};

/// One value of Action or NotAction: `*`, or `service:name` with wildcards in the name.
class ActionPattern {
  public:
    static ActionPattern parse(std::string_view text);
    [[nodiscard]] bool matches(const ActionName& action) const;
    /// The service in lower case; empty for `*` and `*:*`, which match every action, and for what matches none.
    [[nodiscard]] std::string_view service() const { return text_.leading_text().substr(0, service_size_); }
    [[nodiscard]] bool matches_everything() const { return form_ == Form::everything; }
    [[nodiscard]] bool matches_nothing() const { return form_ == Form::nothing; }
    /// The whole of it; nothing in it for the two forms above.
    [[nodiscard]] const Glob& text() const { return text_; }

  private:
    enum class Form : std::uint8_t { nothing, everything, text };

    Glob text_;
    std::uint16_t service_size_ = 0;
    Form form_ = Form::nothing;
};

/// The resource of a request, looked at once for all patterns.
struct ResourceName {
    std::string_view text;
    bool is_arn = false;  ///< has six parts

    static ResourceName of(std::string_view text);
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
    /// A Resource value: `*` alone matches every resource. Variables may stand anywhere and be the whole of it; what
    /// has some must have six parts when they are replaced.
    static ArnPattern resource(std::string_view text, bool variables, Short missing);
    /// A condition value: always six parts, variables anywhere.
    static ArnPattern condition(std::string_view text, bool variables);

    [[nodiscard]] bool matches(const ResourceName& resource, const RequestContext& context) const;
    [[nodiscard]] bool matches_everything() const { return form_ == Form::everything; }
    /// Whether it has fewer than six parts, so that nothing can be compared with it. A variable without a value does
    /// not make it so: then it matches nothing.
    [[nodiscard]] bool is_broken(const RequestContext& context) const;
    /// Whether it can be broken, as a condition value.
    [[nodiscard]] bool may_be_broken() const { return form_ == Form::nothing || form_ == Form::unresolved; }
    /// The variables in it, for those who list a policy's context keys.
    [[nodiscard]] const std::vector<Variable>& variables() const { return text_.variables(); }
    /// All six parts; nothing in it when it matches everything or nothing.
    [[nodiscard]] const Glob& text() const { return text_; }

  private:
    enum class Form : std::uint8_t {
        nothing,
        everything,
        arn,
        unresolved,  ///< to be made an ARN when its variables are known: they may hold colons
    };

    Glob text_;
    Form form_ = Form::nothing;
};

/// One value of Principal or NotPrincipal.
class PrincipalPattern {
  public:
    enum class Type { aws, service, federated, canonical_user };
    /// Of `AWS`, `Service`, `Federated`, `CanonicalUser`; there are no others.
    static Type type_of(std::string_view name);
    /// `*` alone, or as an AWS value.
    static PrincipalPattern everyone();
    static PrincipalPattern parse(Type type, std::string_view text);
    [[nodiscard]] PrincipalSpecificity match(const Principal& principal) const;
    [[nodiscard]] bool names_everyone() const { return form_ == Form::everyone; }
    /// The text is no principal's: a typing error, or a wildcard where none counts. Canonical users are somebody,
    /// though none of the callers here.
    [[nodiscard]] bool names_nobody() const { return form_ == Form::never; }

  private:
    enum class Form { everyone, account, user, role, session, unique_id, service, federated, canonical_user, never };

    Form form_ = Form::never;
    std::string text_;       ///< what is compared: ARN, id, name
    std::string partition_;  ///< of account and role ARNs; empty for a bare account number
    std::string account_;
    std::string role_;  ///< a role's name without path
};

}  // namespace iamlocal::policy
