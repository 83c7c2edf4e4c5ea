#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "aws/ids.hpp"
#include "lint/names.hpp"
#include "policy/caller.hpp"
#include "policy/explanation.hpp"
#include "policy/question.hpp"
#include "tools/sources.hpp"
#include "tools/suite.hpp"
#include "tools/yaml.hpp"

namespace iamlocal::tools {
namespace {

using policy::PolicyType;
using yaml::Fields;
using yaml::Value;

constexpr std::array<std::pair<std::string_view, Expectation::Answer>, 4> answers{
    {{"allowed", Expectation::Answer::allowed},
     {"denied", Expectation::Answer::denied},
     {"explicitDeny", Expectation::Answer::explicit_deny},
     {"implicitDeny", Expectation::Answer::implicit_deny}}};

constexpr std::string_view names_opt_out = "allowUnknownNames: true";

constexpr std::size_t most_inlined_bytes = std::size_t{64} << 20;

/// The keys under which a case, or a principal, lists policies of one type.
struct TypeKey {
    const char* key;
    PolicyType type;
};
constexpr TypeKey plain_types[] = {{"policies", PolicyType::identity},
                                   {"boundary", PolicyType::boundary},
                                   {"session", PolicyType::session},
                                   {"resourcePolicy", PolicyType::resource},
                                   {"trust", PolicyType::trust}};
constexpr TypeKey level_types[] = {{"scp", PolicyType::scp}, {"rcp", PolicyType::rcp}};

class SuiteReader {
  public:
    SuiteReader(const std::string& path, DocumentShelf& shelf, Names names)
        : path_(path), shelf_(shelf), names_(names) {
        suite_.file = path;
    }

    Suite read(const Value& root) && {
        const Fields fields(root, "a suite",
                            {"parameters", "policies", "groups", "principals", "cases", "allowUnknownNames"});
        if (const Value* any = fields.find("allowUnknownNames")) read_names(*any);
        if (const Value* parameters = fields.find("parameters"))
            for (const auto& [name, value] : parameters->entries("parameters"))
                parameters_[name.text("a parameter's name")] = value.scalar("a parameter's value");
        const Value* const policies = fields.find("policies");
        if (const Value* parameters = fields.find("parameters")) check_parameters(*parameters, policies);
        if (policies) read_policies(*policies);
        if (const Value* groups = fields.find("groups")) read_groups(*groups);
        if (const Value* principals = fields.find("principals")) read_principals(*principals);
        const Value& cases = fields.get("cases");
        for (const Value& item : cases.items("cases")) read_case(item);
        if (suite_.cases.empty()) cases.refuse("a suite without cases tests nothing");
        for (auto& [name, document] : policies_) {
            document->check();
            if (names_ == Names::known) document->check_names(names_opt_out);
        }
        return std::move(suite_);
    }

  private:
    void read_names(const Value& any) {
        const std::string text = any.scalar("allowUnknownNames");
        if (text != "true" && text != "false") any.refuse("allowUnknownNames is true or false");
        if (text == "true") names_ = Names::any;
    }

    /// What a policy's name in the suite leads to.
    [[nodiscard]] std::string document_named(const Value& value) const {
        const std::string named = value.text("a policy's file");
        if (named.starts_with("arn:")) return named;
        return (std::filesystem::path(path_).parent_path() / named).lexically_normal().string();
    }

    void check_parameters(const Value& parameters, const Value* policies) const {
        std::vector<std::string> documents;
        if (policies)
            for (const auto& [key, value] : policies->entries("policies"))
                if (value.is_scalar()) documents.push_back(document_named(value));
        try {
            require_known_parameters(parameters_, documents);
        } catch (const InputError& error) {
            parameters.refuse(error.what());
        }
    }

    /// A name that AWS does not have makes the expectation of a denial hold whatever the policies say.
    void check_name(const Value& at, const std::optional<std::string>& slip) const {
        if (slip && names_ == Names::known)
            at.refuse(fmt::format("{} ({} lets such names pass.)", *slip, names_opt_out));
    }

    void read_policies(const Value& policies) {
        for (const auto& [key, value] : policies.entries("policies")) {
            PolicyDocument*& document = policies_[key.text("a policy's name")];
            if (value.is_scalar()) {
                const std::string file = document_named(value);
                try {
                    document = &shelf_.file(file, parameters_);
                } catch (const InputError& error) {
                    value.refuse(error.what());
                }
            } else if (value.is_list()) {
                // Statements without anything around them.
                document = &inlined(value, value.json(R"({"Version":"2012-10-17","Statement":)", "}"));
            } else if (value.is_map()) {
                document = &inlined(value, value.json());
            } else {
                value.refuse("a policy is a file, a document, or a list of statements");
            }
        }
    }

    /// Each begins with a line break for every line of the suite before it, which many of them make much of.
    PolicyDocument& inlined(const Value& value, std::string text) {
        inlined_bytes_ += text.size();
        if (inlined_bytes_ > most_inlined_bytes)
            value.refuse("so many policies in so long a suite: put them into files, or into several suites");
        return shelf_.inlined(std::move(text), value.place());
    }

    GivenPolicy use(const Value& reference, PolicyType type, std::size_t level = 0) {
        const std::string name = reference.text("a policy's name");
        const auto found = policies_.find(name);
        if (found == policies_.end()) reference.refuse(fmt::format("no policy is called '{}'", name));
        found->second->as(policy::document_kind(type));
        return {type, level, name, fmt::format("{} in {}", name, found->second->place().file), found->second};
    }

    void read_groups(const Value& groups) {
        for (const auto& [key, value] : groups.entries("groups")) {
            std::vector<GivenPolicy>& group = groups_[key.text("a group's name")];
            for (const Value& item : value.one_or_more("the policies of a group"))
                group.push_back(use(item, PolicyType::identity));
        }
    }

    /// Adds what `fields` lists under the keys of plain_types and `groups`.
    void add_policies(const Fields& fields, Given& given) {
        for (const TypeKey& plain : plain_types) {
            const Value* const list = fields.find(plain.key);
            if (!list) continue;
            given.applied.push_back({plain.type});
            for (const Value& item : list->one_or_more(plain.key)) given.policies.push_back(use(item, plain.type));
        }
        const Value* const groups = fields.find("groups");
        if (!groups) return;
        for (const Value& item : groups->one_or_more("groups")) {
            const std::string name = item.text("a group's name");
            const auto found = groups_.find(name);
            if (found == groups_.end()) item.refuse(fmt::format("no group is called '{}'", name));
            given.policies.insert(given.policies.end(), found->second.begin(), found->second.end());
        }
    }

    void add_levels(const Fields& fields, Given& given) {
        for (const TypeKey& type : level_types) {
            const Value* const levels = fields.find(type.key);
            if (!levels) continue;
            given.applied.push_back({type.type});
            std::size_t level = 0;
            for (const Value& item : levels->one_or_more(type.key)) {
                given.applied.push_back({type.type, level});
                for (const Value& reference : item.one_or_more("a level"))
                    given.policies.push_back(use(reference, type.type, level));
                ++level;
            }
        }
    }

    /// Holds a caller's texts against what an ARN can be, here where the place is known.
    static void check_caller(const CallerText& caller, const Value& at) {
        std::string error;
        if (!make_caller(caller, "000000000000", error)) at.refuse(error);
    }

    void read_principals(const Value& principals) {
        for (const auto& [key, value] : principals.entries("principals")) {
            Given& given = principals_[key.text("a principal's name")];
            if (value.is_scalar()) {
                given.caller.arn = value.text("a principal's ARN");
                check_caller(given.caller, value);
                continue;
            }
            const Fields fields(
                value, "a principal",
                {"arn", "roleArn", "userArn", "uniqueId", "policies", "groups", "boundary", "session", "tags"});
            given.caller.arn = fields.get("arn").text("arn");
            if (const Value* arn = fields.find("roleArn")) given.caller.role_arn = arn->text("roleArn");
            if (const Value* arn = fields.find("userArn")) given.caller.user_arn = arn->text("userArn");
            if (const Value* id = fields.find("uniqueId")) given.unique_id = id->text("uniqueId");
            check_caller(given.caller, fields.get("arn"));
            add_policies(fields, given);
            if (const Value* tags = fields.find("tags")) {
                for (const auto& [tag, text] : tags->entries("tags"))
                    given.tags.emplace_back("aws:PrincipalTag/" + tag.text("a tag's key"),
                                            policy::Values::single(text.scalar("a tag's value")));
            }
        }
    }

    Given read_given(const Value& value) {
        const Fields fields(
            value, "given",
            {"principal", "policies", "groups", "boundary", "session", "resourcePolicy", "trust", "scp", "rcp"});
        Given given;
        if (const Value* principal = fields.find("principal")) {
            const std::string name = principal->text("a principal");
            if (const auto known = principals_.find(name); known != principals_.end()) {
                given = known->second;
            } else if (policy::parse_caller(name)) {
                given.caller.arn = name;
            } else {
                principal->refuse(fmt::format("no principal is called '{}', and it is no ARN of one", name));
            }
        }
        // A case's own boundary takes the place of its principal's, as one replaces the other in AWS.
        if (fields.find("boundary"))
            std::erase_if(given.policies, [](const auto& policy) { return policy.type == PolicyType::boundary; });
        add_policies(fields, given);
        add_levels(fields, given);
        if (fields.find("resourcePolicy") && fields.find("trust"))
            value.refuse("resourcePolicy and trust exclude each other: a resource has one policy");
        const auto boundaries = std::count_if(given.policies.begin(), given.policies.end(),
                                              [](const auto& policy) { return policy.type == PolicyType::boundary; });
        if (boundaries > 1) value.refuse("there is only one permissions boundary");
        return given;
    }

    ContextKeys read_context(const Value& context) const {
        ContextKeys keys;
        DistinctKeys names;
        for (const auto& [key, value] : context.entries("context")) {
            const std::string name = key.text("a context key");
            if (!names.add(name)) key.refuse(fmt::format("the context key '{}' stands here twice", name));
            check_name(key, lint::find_key_slip(name));
            if (!value.is_list()) {
                keys.emplace_back(name, policy::Values::single(value.scalar("the value of a context key")));
                continue;
            }
            std::vector<std::string> items;
            for (const Value& item : value.items(name)) items.push_back(item.scalar("a value of a context key"));
            keys.emplace_back(name, policy::Values::list(std::move(items)));
        }
        return keys;
    }

    void read_when(const Value& value, Case& into) {
        const Fields fields(value, "when", {"action", "resource", "resourceAccount", "context"});
        for (const Value& item : fields.get("action").one_or_more("action")) {
            const std::string& action = into.actions.emplace_back(item.text("an action"));
            if (!policy::is_action_name(action))
                item.refuse(fmt::format("'{}' is not an action such as s3:GetObject", action));
            check_name(item, lint::find_action_slip(action));
        }
        if (const Value* resource = fields.find("resource")) {
            for (const Value& item : resource->one_or_more("resource")) {
                const std::string& arn = into.resources.emplace_back(item.text("a resource"));
                if (!policy::is_resource_name(arn)) item.refuse(fmt::format("'{}' is no ARN, and not *", arn));
                check_name(item, lint::find_resource_slip(arn));
            }
        } else {
            into.resources.emplace_back("*");
        }
        if (into.actions.empty() || into.resources.empty()) value.refuse("asks nothing: a list is empty");
        if (const Value* account = fields.find("resourceAccount")) {
            into.resource_account = account->text("resourceAccount");
            if (!ids::is_account_id(into.resource_account)) account->refuse("resourceAccount must be twelve digits");
        }
        if (const Value* context = fields.find("context")) into.context = read_context(*context);
        questions_ += into.actions.size() * into.resources.size();
        if (questions_ > most_questions)
            value.refuse(fmt::format("a suite asks no more than {} questions", most_questions));
    }

    static Expectation::Answer read_answer(const Value& value) {
        const std::string text = value.text("a decision");
        for (const auto& [name, answer] : answers)
            if (name == text) return answer;
        value.refuse(fmt::format("'{}' is not allowed, denied, explicitDeny or implicitDeny", text));
    }

    Expectation read_expectation(const Value& value) const {
        Expectation expected;
        if (value.is_scalar()) {
            expected.answer = read_answer(value);
            return expected;
        }
        const Fields fields(value, "expect", {"decision", "statement", "policy", "decidedBy", "reason"});
        expected.answer = read_answer(fields.get("decision"));
        if (const Value* statement = fields.find("statement")) expected.statement = statement->text("statement");
        if (const Value* policy = fields.find("policy")) {
            expected.policy = policy->text("policy");
            if (!policies_.contains(*expected.policy))
                policy->refuse(fmt::format("no policy is called '{}'", *expected.policy));
        }
        const bool silent = expected.answer == Expectation::Answer::implicit_deny;
        if (silent && (expected.statement || expected.policy))
            value.refuse("no statement decides an implicitDeny: leave statement and policy out");
        if (const Value* reason = fields.find("reason")) expected.reason = reason->text("reason");
        if (expected.reason && expected.answer == Expectation::Answer::allowed)
            value.refuse("only a denial has a reason");
        if (const Value* by = fields.find("decidedBy")) {
            const std::string text = by->text("decidedBy");
            for (std::size_t i = 0; i < policy::policy_type_count; ++i)
                if (policy::name_of(static_cast<PolicyType>(i)) == text)
                    expected.decided_by = static_cast<PolicyType>(i);
            if (!expected.decided_by) by->refuse(fmt::format("'{}' is no type of policy", text));
        }
        return expected;
    }

    void read_case(const Value& value) {
        const Fields fields(value, "a case", {"name", "given", "when", "expect"});
        Case& made = suite_.cases.emplace_back();
        made.place = value.place();
        made.name = fields.get("name").text("a case's name");
        if (const Value* given = fields.find("given")) made.given = read_given(*given);
        read_when(fields.get("when"), made);
        made.expected = read_expectation(fields.get("expect"));
    }

    std::string path_;
    DocumentShelf& shelf_;
    Names names_;
    Suite suite_;
    TemplateParameters parameters_;
    std::map<std::string, PolicyDocument*> policies_;
    std::map<std::string, std::vector<GivenPolicy>> groups_;
    std::map<std::string, Given> principals_;
    std::size_t questions_ = 0;
    std::size_t inlined_bytes_ = 0;
};

}  // namespace

std::string_view name_of(Expectation::Answer wanted) {
    for (const auto& [name, answer] : answers)
        if (answer == wanted) return name;
    return {};
}

bool Expectation::accepts(policy::Outcome outcome) const {
    switch (answer) {
        case Answer::allowed:
            return outcome == policy::Outcome::allowed;
        case Answer::denied:
            return outcome != policy::Outcome::allowed;
        case Answer::explicit_deny:
            return outcome == policy::Outcome::explicit_deny;
        case Answer::implicit_deny:
            return outcome == policy::Outcome::implicit_deny;
    }
    return false;
}

Suite parse_suite(const std::string& text, const std::string& path, DocumentShelf& shelf, Names names) {
    return yaml::guarded(path, [&] { return SuiteReader(path, shelf, names).read(yaml::parse(text, path)); });
}

Suite read_suite(const std::string& path, DocumentShelf& shelf, Names names) {
    return parse_suite(read_input(path, yaml::most_bytes), path, shelf, names);
}

}  // namespace iamlocal::tools
