#include <algorithm>
#include <memory>

#include "base/encoding.hpp"
#include "iamlocal/policy.hpp"
#include "policy/caller.hpp"
#include "policy/collection.hpp"
#include "policy/decide.hpp"
#include "policy/evaluate.hpp"
#include "policy/explanation.hpp"
#include "policy/parse.hpp"
#include "policy/question.hpp"

namespace iamlocal::engine {

struct Document::Compiled {
    Type type = Type::identity;
    std::string text;
    policy::Policy policy;
    std::vector<Statement> statements;
};

namespace {

// The enumerations that have to stay the same on both sides.
static_assert(static_cast<int>(Type::identity) == static_cast<int>(policy::PolicyType::identity));
static_assert(static_cast<int>(Type::trust) == static_cast<int>(policy::PolicyType::trust));
static_assert(static_cast<int>(Type::rcp) == static_cast<int>(policy::PolicyType::rcp));
static_assert(static_cast<int>(Outcome::implicit_deny) == static_cast<int>(policy::Outcome::implicit_deny));
static_assert(static_cast<int>(PrincipalKind::saml) == static_cast<int>(policy::PrincipalKind::saml));
static_assert(static_cast<int>(PrincipalKind::service) == static_cast<int>(policy::PrincipalKind::service));
static_assert(static_cast<int>(Element::condition) == static_cast<int>(policy::Element::condition));

policy::PolicyType inner(Type type) { return static_cast<policy::PolicyType>(type); }
policy::ResourcePolicyPart inner(ResourcePart part) {
    return part == ResourcePart::must_grant ? policy::ResourcePolicyPart::must_grant
                                            : policy::ResourcePolicyPart::grants;
}
Type outer(policy::PolicyType type) { return static_cast<Type>(type); }
Position outer(policy::Position position) { return {position.line, position.column}; }

policy::Principal inner(const Principal& principal) {
    policy::Principal made;
    made.kind = static_cast<policy::PrincipalKind>(principal.kind);
    made.arn = principal.arn;
    made.account = principal.account;
    made.unique_id = principal.unique_id;
    made.role_arn = principal.role_arn;
    made.user_arn = principal.user_arn;
    made.provider = principal.provider;
    return made;
}

/// A request in the engine's own form, which refers to memory that lives here.
struct Question {
    explicit Question(const Request& asked)
        : principal(inner(asked.principal)),
          action(asked.action),
          resource(asked.resource),
          resource_account(asked.resource_account.empty() ? policy::account_in(asked.resource)
                                                          : asked.resource_account) {
        for (const RequestContext::Key& key : asked.context.keys())
            context.set(key.name, policy::Values{key.multivalued, key.values});
        request.principal = &principal;
        request.action = action;
        request.resource = resource;
        request.resource_account = resource_account;
        request.context = &context;
    }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

    policy::Principal principal;
    std::string action;
    std::string resource;
    std::string resource_account;
    policy::MapContext context;
    policy::Request request;
};

}  // namespace

/// What the values of the public interface show to nobody else.
class Access {
  public:
    static Document make(std::shared_ptr<const Document::Compiled> compiled) { return Document(std::move(compiled)); }
    static const policy::Policy& policy_of(const Document& document) { return document.compiled_->policy; }

    static Explanation make(const PolicySet& policies, const Request& request);
    static policy::Collection collect(const PolicySet& policies);
};

policy::Collection Access::collect(const PolicySet& policies) {
    policy::Collection collection;
    if (const std::optional<ResourcePart> part = policies.resource_part()) collection.set_resource_part(inner(*part));
    for (const PolicySet::Entry& entry : policies.entries()) {
        if (!entry.counts) {
            collection.apply(inner(entry.type), entry.source.level);
            continue;
        }
        policy::SourcedPolicy sourced;
        sourced.name = entry.source.name;
        sourced.arn = entry.source.arn;
        if (entry.document) {
            sourced.policy = &policy_of(*entry.document);
            sourced.text = entry.document->text();
        }
        collection.add(inner(entry.type), sourced, entry.source.level);
    }
    return collection;
}

std::variant<Document, Malformed> Document::parse(std::string_view json, Type type, Rules rules) {
    const auto strictness = rules == Rules::as_stored ? policy::Strictness::strict : policy::Strictness::lenient;
    auto parsed = policy::parse(json, policy::document_kind(static_cast<policy::PolicyType>(type)), strictness);
    if (auto* error = std::get_if<policy::ParseError>(&parsed)) {
        return Malformed{std::move(error->code), std::move(error->message), {error->line, error->column}};
    }
    auto compiled = std::make_shared<Compiled>();
    compiled->type = type;
    compiled->text = json;
    compiled->policy = std::move(std::get<policy::Policy>(parsed));
    for (const policy::Statement& statement : compiled->policy.statements) {
        const Effect effect = statement.effect == policy::Effect::allow ? Effect::allow : Effect::deny;
        compiled->statements.push_back({statement.sid, effect, outer(statement.start), outer(statement.end)});
    }
    return Access::make(std::move(compiled));
}

Type Document::type() const { return compiled_->type; }
const std::string& Document::text() const { return compiled_->text; }
const std::vector<Statement>& Document::statements() const { return compiled_->statements; }
const std::vector<std::string>& Document::context_keys() const { return compiled_->policy.context_keys; }

std::optional<Principal> Principal::parse(std::string_view text) {
    std::optional<policy::Principal> parsed = policy::parse_caller(text);
    if (!parsed) return std::nullopt;
    Principal principal;
    principal.kind = static_cast<PrincipalKind>(parsed->kind);
    principal.arn = std::move(parsed->arn);
    principal.account = std::move(parsed->account);
    principal.unique_id = std::move(parsed->unique_id);
    principal.role_arn = std::move(parsed->role_arn);
    principal.user_arn = std::move(parsed->user_arn);
    principal.provider = std::move(parsed->provider);
    return principal;
}

void RequestContext::put(Key key) {
    const auto found = std::find_if(keys_.begin(), keys_.end(),
                                    [&](const Key& known) { return equals_ignoring_case(known.name, key.name); });
    if (found == keys_.end()) {
        keys_.push_back(std::move(key));
    } else {
        *found = std::move(key);
    }
}

void RequestContext::set(std::string name, std::string value) { put({std::move(name), false, {std::move(value)}}); }

void RequestContext::set(std::string name, std::vector<std::string> values) {
    put({std::move(name), true, std::move(values)});
}

void RequestContext::set(std::string name, std::initializer_list<std::string> values) {
    set(std::move(name), std::vector<std::string>(values));
}

void RequestContext::set_principal_keys(const Principal& principal) {
    for (auto& [name, value] : policy::caller_keys(inner(principal))) set(name, value);
}

void PolicySet::add(Document document, Source source) {
    const Type type = document.type();
    entries_.push_back({type, std::move(document), std::move(source), true});
}

void PolicySet::apply(Type type, std::size_t level) {
    entries_.push_back({type, std::nullopt, {.level = level}, false});
}

void PolicySet::add_unreadable(Type type, Source source) {
    entries_.push_back({type, std::nullopt, std::move(source), true});
}

std::vector<Match> evaluate(const Document& document, const Request& request) {
    const Question question(request);
    std::vector<Match> matches;
    for (const policy::Match& match : policy::match_statements(Access::policy_of(document), question.request))
        matches.push_back({static_cast<Element>(match.failed)});
    return matches;
}

namespace {

/// Where a policy of a decision stands in the set: its name is a view of the entry's own string.
std::size_t index_of(const PolicySet& policies, const policy::SourcedPolicy& source) {
    const auto& entries = policies.entries();
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const PolicySet::Entry& entry) {
        return entry.source.name.data() == source.name.data();
    });
    return static_cast<std::size_t>(found - entries.begin());
}

}  // namespace

Decision decide(const PolicySet& policies, const Request& request) {
    Question question(request);
    policy::Collection collection = Access::collect(policies);
    const policy::PolicySet set = collection.set(question.request.resource);
    policy::Trace trace;
    const policy::Decision decided = policy::decide(set, question.request, trace);

    Decision decision;
    decision.outcome = static_cast<Outcome>(decided.outcome);
    decision.decided_by = outer(decided.decided_by);
    decision.cross_account = trace.cross_account;
    decision.reason = policy::reason(decided, question.action, policy::PolicyArn::append);
    for (const policy::MatchedStatement& matched : trace.applied)
        decision.applied.push_back({index_of(policies, *matched.source), matched.statement});
    if (decided.policy && decided.policy->policy) {
        decision.deciding = {index_of(policies, *decided.policy), decided.statement};
    }
    return decision;
}

struct Explanation::Parts {
    explicit Parts(const Request& request) : question(request) {}
    Question question;
    policy::Explanation explanation;
};

Explanation::Explanation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Explanation::Explanation(Explanation&&) noexcept = default;
Explanation& Explanation::operator=(Explanation&&) noexcept = default;
Explanation::~Explanation() = default;

Outcome Explanation::outcome() const { return static_cast<Outcome>(parts_->explanation.outcome); }
std::string Explanation::to_text() const { return policy::to_text(parts_->explanation, parts_->question.request); }
std::string Explanation::to_json() const { return policy::to_json(parts_->explanation, parts_->question.request); }

Explanation Access::make(const PolicySet& policies, const Request& request) {
    auto parts = std::make_unique<Explanation::Parts>(request);
    policy::Collection collection = collect(policies);
    const policy::PolicySet set = collection.set(parts->question.request.resource);
    parts->explanation = policy::explain(set, parts->question.request);
    return Explanation(std::move(parts));
}

Explanation explain(const PolicySet& policies, const Request& request) { return Access::make(policies, request); }

std::string_view name_of(Type type) { return policy::name_of(inner(type)); }
std::string_view name_of(Outcome outcome) { return policy::name_of(static_cast<policy::Outcome>(outcome)); }

}  // namespace iamlocal::engine
