// What a decision is asked about: who, which action, on which resource, under which circumstances. Nothing here depends
// on policies. Build one Request per authorization check; it only refers to what the caller keeps alive.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::policy {

/// The value of a context key. Whether a key is multivalued is a property of the key, not of how many values arrived:
/// a multivalued key may have one item or none, and only ForAllValues and ForAnyValue can look into it.
struct Values {
    bool multivalued = false;
    std::vector<std::string> items;

    static Values single(std::string value);
    static Values list(std::vector<std::string> values);
    friend bool operator==(const Values&, const Values&) = default;
};

/// The request context ("Condition keys"). Asked only when a condition or a policy variable needs a key, so
/// implementations may compute values on demand.
class RequestContext {
  public:
    virtual ~RequestContext() = default;
    /// The value of a key, or nothing when the key is absent. The name arrives in lower case, tag keys included:
    /// `aws:principaltag/team` must find the tag `Team`.
    virtual std::optional<Values> find(std::string_view key_lowercased) const = 0;
    /// Whether a value that is no number is unlike every number, so that NumericNotEquals holds for it. So it is in
    /// decisions; AWS's simulator compares it with nothing.
    virtual bool has_unlike_numbers() const { return true; }
};

/// A context held in a map: for the simulator, whose caller supplies all keys, and for tests.
class MapContext final : public RequestContext {
  public:
    /// Replaces the value of `key`, whose case does not matter.
    void set(std::string_view key, Values values);
    void set(std::string_view key, std::string value);
    std::optional<Values> find(std::string_view key_lowercased) const override;

    /// From now on as in AWS's simulator: see has_unlike_numbers().
    void compare_as_simulator() { simulates_ = true; }
    bool has_unlike_numbers() const override { return !simulates_; }

  private:
    std::map<std::string, Values, std::less<>> values_;
    bool simulates_ = false;
};

enum class PrincipalKind {
    anonymous,
    root,
    user,
    user_session,  ///< temporary credentials of GetSessionToken; the identity is the user
    role_session,
    federated_user,  ///< temporary credentials of GetFederationToken
    service,
    web_identity,  ///< the caller of AssumeRoleWithWebIdentity, known only by its provider
    saml,          ///< the caller of AssumeRoleWithSAML, likewise
};

/// Who asks.
struct Principal {
    PrincipalKind kind = PrincipalKind::anonymous;
    std::string arn;        ///< user, session or root ARN; a service principal's name (`ec2.amazonaws.com`)
    std::string account;    ///< twelve digits; empty for services, anonymous and not yet federated callers
    std::string unique_id;  ///< `AIDA…` of the user (also for its sessions), `AROA…` of a session's role
    std::string role_arn;   ///< role sessions: the role's ARN, path included
    std::string user_arn;   ///< user sessions and federated users: the ARN of the user, or root, behind them
    std::string provider;   ///< federated callers and their role sessions: the provider's ARN or host name
};

/// Whether the caller shows somebody else's word for who he is: a web identity's token, or an assertion.
[[nodiscard]] inline bool is_federating(const Principal& principal) {
    return principal.kind == PrincipalKind::web_identity || principal.kind == PrincipalKind::saml;
}

/// Whether a permissions boundary limits the caller.
enum class Boundary : bool { absent, present };

/// One question. All members refer to memory of the caller, who keeps it alive during the decision.
struct Request {
    const Principal* principal = nullptr;
    std::string_view action;            ///< `iam:GetUser`
    std::string_view resource;          ///< an ARN, or `*` for actions without resource
    std::string_view resource_account;  ///< owner of the resource; empty or `aws`: the caller's own account
    const RequestContext* context = nullptr;
};

/// The request's context; one without keys if it has none.
[[nodiscard]] const RequestContext& context_of(const Request& request);

}  // namespace iamlocal::policy
