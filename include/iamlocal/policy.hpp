// AWS's policy evaluation as a library: the engine that decides in iamlocal, without the server.
//
//     using namespace iamlocal::engine;
//     auto parsed = Document::parse(text, Type::identity);
//     if (auto* wrong = std::get_if<Malformed>(&parsed)) return complain(wrong->message);
//     PolicySet policies;
//     policies.add(std::get<Document>(parsed), {.name = "developers"});
//     Request request;
//     request.principal = *Principal::parse("arn:aws:iam::111122223333:user/alice");
//     request.action = "s3:GetObject";
//     request.resource = "arn:aws:s3:::dev/x";
//     request.context.set_principal_keys(request.principal);
//     if (!decide(policies, request).allowed()) puts(explain(policies, request).to_text().c_str());
//
// Everything is a value. Functions do no input or output, ask for no time, and may be called from many threads at once.
// They throw nothing but std::bad_alloc: what is wrong with a text is in what they return.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace iamlocal::engine {

/// What a policy is for. It decides which elements a document must and must not have, and how it counts.
enum class Type { identity, boundary, session, resource, trust, scp, rcp };

enum class Effect { allow, deny };

enum class Outcome { allowed, explicit_deny, implicit_deny };

/// A place in a document's text: line and column from 1, columns in UTF-16 units as AWS counts them.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
    bool operator==(const Position&) const = default;
};

/// Why AWS would refuse a document, in its words.
struct Malformed {
    std::string code;  ///< `MalformedPolicyDocument`
    std::string message;
    Position position;  ///< 1:1 when no place is to blame
};

/// How strictly a document is read.
enum class Rules {
    as_stored,  ///< everything that IAM refuses when a document is stored
    lenient,    ///< only what cannot be evaluated; AWS's own managed policies break several of IAM's rules
};

/// What can be told about a statement without asking it.
struct Statement {
    std::string sid;  ///< empty when it has none
    Effect effect = Effect::deny;
    Position start;  ///< as the simulator's StartPosition: where the parser stood before the statement
    Position end;    ///< as the simulator's EndPosition: just after its closing brace
};

/// A policy document, compiled. Never changes; copies share it. One that was moved from may only be assigned to or
/// destroyed.
class Document {
  public:
    /// Reads a document of at most 512 KiB.
    static std::variant<Document, Malformed> parse(std::string_view json, Type type, Rules rules = Rules::as_stored);

    Type type() const;
    const std::string& text() const;
    const std::vector<Statement>& statements() const;
    /// Condition keys and policy variables that it uses, in order of first use, as spelled.
    const std::vector<std::string>& context_keys() const;

  private:
    friend class Access;
    struct Compiled;
    explicit Document(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
    std::shared_ptr<const Compiled> compiled_;
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
    std::string arn;        ///< of the user, session or root; a service's name (`ec2.amazonaws.com`)
    std::string account;    ///< twelve digits; empty for services, anonymous and not yet federated callers
    std::string unique_id;  ///< `AIDA…` of the user, `AROA…` of a session's role: what stored policies may name
    std::string role_arn;   ///< role sessions: the role's ARN, path included
    std::string user_arn;   ///< user sessions and federated users: the user, or root, behind them
    std::string provider;   ///< federated callers and their sessions: the provider's ARN or host name

    /// The caller of an ARN or a name: a user, a role's session (a role's own ARN means a session called `session`), a
    /// federated user, an account's root or just its twelve digits, a service, an identity provider, or `*` for an
    /// anonymous caller. Nothing for any other text.
    static std::optional<Principal> parse(std::string_view text);
};

/// The request context: condition keys, whose case does not matter, and their values. A key that is not set is absent.
class RequestContext {
  public:
    struct Key {
        std::string name;
        bool multivalued = false;
        std::vector<std::string> values;
    };

    /// Sets a key of one value.
    void set(std::string name, std::string value);
    /// Sets a multivalued key, which only ForAllValues and ForAnyValue can look into; it may have no value.
    void set(std::string name, std::vector<std::string> values);
    void set(std::string name, std::initializer_list<std::string> values);
    /// Sets what AWS derives from the caller alone: aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType,
    /// aws:PrincipalIsAWSService, aws:PrincipalServiceName and aws:username. Keys set later replace them.
    void set_principal_keys(const Principal& principal);

    /// In the order in which they were first set.
    const std::vector<Key>& keys() const { return keys_; }

  private:
    void put(Key key);
    std::vector<Key> keys_;
};

/// One question.
struct Request {
    Principal principal;
    std::string action;            ///< `s3:GetObject`
    std::string resource = "*";    ///< an ARN, or `*` for actions without resource
    std::string resource_account;  ///< owner of the resource; empty: the account in its ARN, else the caller's
    RequestContext context;
};

/// What a policy is called in decisions and explanations, and where it stands.
struct Source {
    std::string name = {};
    std::string arn = {};  ///< of a managed policy; empty for others
    /// Of SCPs and RCPs: 0 is the root of the organization. Every level has to allow, so one left out refuses; so does
    /// one above 63, which no organization has, whatever stands there. Other types have no levels and ignore it.
    std::size_t level = 0;
};

/// What the policy of a resource does in a decision: a property of the service. Trust policies are a type of their own.
enum class ResourcePart {
    grants,      ///< within the account its Allow suffices, beside the identity-based policies; the usual one
    must_grant,  ///< nobody's policies count unless it grants to their account: a KMS key's policy
};

/// Everything that may have a say in a request.
class PolicySet {
  public:
    /// Adds a document to those of its type. Boundaries, session policies, resource and trust policies, SCPs and RCPs
    /// apply as soon as there is one.
    void add(Document document, Source source);
    /// Says that a type applies, and of SCPs and RCPs that they have this level, even if there is no policy: it then
    /// grants nothing.
    void apply(Type type, std::size_t level = 0);
    /// Adds a document that cannot be read. Nobody knows what it forbids, so it denies everything.
    void add_unreadable(Type type, Source source);
    /// Says what policies of type `resource` do. Unless it is said, the ARN of the resource tells: `must_grant` for a
    /// KMS key, else `grants`.
    void set_resource_part(ResourcePart part) { resource_part_ = part; }
    std::optional<ResourcePart> resource_part() const { return resource_part_; }

    /// A policy as it was added.
    struct Entry {
        Type type = Type::identity;
        std::optional<Document> document;  ///< nothing: unreadable, or a type that merely applies
        Source source;
        bool counts = true;  ///< false: says only that its type applies
    };
    /// In the order in which they were added.
    const std::vector<Entry>& entries() const { return entries_; }

  private:
    std::vector<Entry> entries_;
    std::optional<ResourcePart> resource_part_;
};

/// The element of a statement that did not match.
enum class Element { none, action, resource, principal, condition };

/// What one statement has to say to a request.
struct Match {
    Element failed = Element::none;  ///< none: the statement applies. Else the first element that does not match
    bool applies() const { return failed == Element::none; }
};

/// A statement of a policy of a set.
struct StatementOf {
    std::size_t policy = 0;     ///< index in PolicySet::entries()
    std::size_t statement = 0;  ///< index in Document::statements()
    bool operator==(const StatementOf&) const = default;
};

/// The outcome and who brought it about.
struct Decision {
    Outcome outcome = Outcome::implicit_deny;
    Type decided_by = Type::identity;     ///< allowed: the type that granted; else the type that refused
    std::vector<StatementOf> applied;     ///< every statement that applies, in order of Type
    std::optional<StatementOf> deciding;  ///< the one that granted or denied explicitly, if one did
    std::string reason;                   ///< how AWS's AccessDenied message ends; empty when allowed
    bool cross_account = false;

    bool allowed() const { return outcome == Outcome::allowed; }
};

/// A decision with everything that led to it. One that was moved from may only be assigned to or destroyed.
class Explanation {
  public:
    Explanation(Explanation&&) noexcept;
    Explanation& operator=(Explanation&&) noexcept;
    ~Explanation();

    Outcome outcome() const;
    /// Several lines for people: each policy, each statement with what kept it from applying and where that stands, and
    /// what would have to be added.
    std::string to_text() const;
    /// The same as a JSON object.
    std::string to_json() const;

  private:
    friend class Access;
    struct Parts;
    explicit Explanation(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// Asks each statement of one document. One entry per statement.
[[nodiscard]] std::vector<Match> evaluate(const Document& document, const Request& request);

/// Combines all policies as AWS does ("Policy evaluation logic").
[[nodiscard]] Decision decide(const PolicySet& policies, const Request& request);

/// Decides again and tells why. Costs far more than deciding.
[[nodiscard]] Explanation explain(const PolicySet& policies, const Request& request);

/// `identity`, `boundary`, `session`, `resource`, `trust`, `scp`, `rcp`.
[[nodiscard]] std::string_view name_of(Type type);
/// `allowed`, `explicitDeny`, `implicitDeny`, as AWS's simulator says.
[[nodiscard]] std::string_view name_of(Outcome outcome);

}  // namespace iamlocal::engine
