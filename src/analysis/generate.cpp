#include "analysis/generate.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/key_names.hpp"
#include "aws/arn.hpp"
#include "base/json_text.hpp"
#include "policy/decide.hpp"
#include "policy/document.hpp"
#include "policy/parse.hpp"

namespace iamlocal::analysis {
namespace {

using Json = nlohmann::ordered_json;

/// IAM takes no longer managed policies.
constexpr std::size_t longest_managed_policy = 6144;

constexpr std::array<std::string_view, 24> narrowing_keys{"iam:accountpropertynamespaces",
                                                          "iam:awsservicename",
                                                          "iam:delegationrequestowner",
                                                          "iam:organizationspolicyid",
                                                          "iam:passedtoservice",
                                                          "iam:permissionsboundary",
                                                          "iam:policyarn",
                                                          "iam:roletemplatearn",
                                                          "iam:servicespecificcredentialservicename",
                                                          "iam:templatearn",
                                                          "kms:viaservice",
                                                          "kms:granteeprincipal",
                                                          "lambda:functionarn",
                                                          "s3:x-amz-acl",
                                                          "s3:x-amz-server-side-encryption",
                                                          "secretsmanager:name",
                                                          "sts:awsservicename",
                                                          "sts:externalid",
                                                          "sts:identitytokenaudience",
                                                          "sts:signingalgorithm",
                                                          "sts:sourceidentity",
                                                          "sts:subjectmode",
                                                          "sts:taskpolicyarn",
                                                          "sts:transitivetagkeys"};

/// Values of one key over several requests.
struct Union {
    bool many = false;
    std::set<std::string> values;
};

/// What one action was done to, with one set of keys.
struct Use {
    std::vector<std::string> resources;
    std::set<std::string> patterns;  ///< of resources of which not all is known
    std::map<std::string, Union> keys;
};

/// `{"StringEquals": {…}}` of the keys; those with too many values are left out.
Json condition_of(const Use& use) {
    Json condition = Json::object();
    for (const auto& [key, found] : use.keys) {
        if (found.values.size() > most_values) continue;
        const KeyFact fact = fact_of_key(key);
        // What is no ARN is like none.
        const bool are_arns =
            fact.is_arn && std::all_of(found.values.begin(), found.values.end(),
                                       [](const auto& value) { return ArnParts::split(value).has_value(); });
        const std::string op =
            std::string(found.many ? "ForAllValues:" : "") + (are_arns ? "ArnEquals" : "StringEquals");
        Json values = Json::array();
        for (const std::string& value : found.values) values.push_back(as_value(value, are_arns));
        condition[op][fact.name] = values.size() == 1 && !found.many ? Json(values[0]) : std::move(values);
    }
    return condition;
}

/// One or several, as people write them.
Json one_or_more(const std::vector<std::string>& texts) {
    return texts.size() == 1 ? Json(texts.front()) : Json(texts);
}

/// The resources of a statement.
std::vector<std::string> resources_of(const Use& use, std::size_t wildcard_from) {
    std::vector<std::string> patterns = group_resources(use.resources, wildcard_from);
    if (patterns == std::vector<std::string>{"*"}) return patterns;
    std::set<std::string> all(patterns.begin(), patterns.end());
    all.insert(use.patterns.begin(), use.patterns.end());
    return {all.begin(), all.end()};
}

/// Statements with the same Resource and Condition become one.
Json statements_of(const std::map<std::pair<std::string, std::string>, Use>& uses, std::size_t wildcard_from) {
    std::map<std::pair<std::string, std::string>, std::set<std::string>> actions;
    std::vector<std::pair<std::string, std::string>> order;
    for (const auto& [name, use] : uses) {
        const std::pair<std::string, std::string> rest{json_text(one_or_more(resources_of(use, wildcard_from))),
                                                       json_text(condition_of(use))};
        if (actions[rest].empty()) order.push_back(rest);
        actions[rest].insert(name.first);
    }
    Json statements = Json::array();
    for (const auto& rest : order) {
        const std::set<std::string>& names = actions[rest];
        Json statement{{"Effect", "Allow"}, {"Action", one_or_more({names.begin(), names.end()})}};
        statement["Resource"] = Json::parse(rest.first);
        if (rest.second != "{}") statement["Condition"] = Json::parse(rest.second);
        statements.push_back(std::move(statement));
    }
    return statements;
}

/// Whether the document by itself allows what was seen.
bool allows(const policy::Policy& document, const Observation& seen) {
    policy::MapContext context;
    for (const Keys* keys : {&seen.context, &seen.keys})
        for (const auto& [key, values] : *keys) context.set(key, values);
    policy::Principal caller;
    caller.kind = policy::PrincipalKind::user;
    caller.arn = "arn:aws:iam::000000000000:user/seen";
    caller.account = "000000000000";
    const policy::SourcedPolicy source{&document, "generated", {}};
    policy::PolicySet set;
    set.identity = policy::Policies(&source, 1);
    return policy::decide(set, {&caller, seen.action, seen.resource, {}, &context}).allowed();
}

std::string names_of(const Observation& seen) {
    std::string names;
    for (const auto& [key, values] : seen.keys) {
        static_cast<void>(values);
        if (narrows(key)) names.append(key).append("\n");
    }
    return names;
}

}  // namespace

bool narrows(std::string_view key) {
    return key.starts_with("aws:requesttag/") || key == "aws:tagkeys" ||
           std::find(narrowing_keys.begin(), narrowing_keys.end(), key) != narrowing_keys.end();
}

std::vector<std::string> rules_of(const GenerateOptions& options) {
    return {grouping_rule(options.wildcard_from),
            fmt::format("Conditions name the values that the requests had, of keys that narrow what is allowed; a key "
                        "with more than {} values is left out.",
                        most_values)};
}

GeneratedPolicy write_policy(std::span<const Observation> observations, const GenerateOptions& options) {
    GeneratedPolicy made;
    std::map<std::pair<std::string, std::string>, Use> uses;
    std::vector<const Observation*> taken;
    std::set<std::string> remarks;
    for (const Observation& seen : observations) {
        if (seen.refused && !options.include_refused) {
            made.refused.push_back(seen);
            continue;
        }
        taken.push_back(&seen);
        made.requests += seen.count;
        if (!seen.remark.empty()) remarks.insert(seen.remark);
        Use& use = uses[{seen.action, names_of(seen)}];
        if (seen.patterns.empty())
            use.resources.push_back(seen.resource);
        else
            use.patterns.insert(seen.patterns.begin(), seen.patterns.end());
        for (const auto& [key, values] : seen.keys) {
            if (!narrows(key)) continue;
            Union& all = use.keys[key];
            all.many = all.many || values.multivalued;
            all.values.insert(values.items.begin(), values.items.end());
        }
    }
    made.remarks.assign(remarks.begin(), remarks.end());
    if (taken.empty()) {
        made.confirmed = true;
        return made;
    }
    const Json document{{"Version", "2012-10-17"}, {"Statement", statements_of(uses, options.wildcard_from)}};
    made.document = json_text(document, 2);
    made.size = policy::size_without_whitespace(made.document);
    if (made.size > longest_managed_policy)
        made.remarks.push_back(
            fmt::format("It has {} characters, and a managed policy may have {}: split it, or let "
                        "fewer resources become a wildcard.",
                        made.size, longest_managed_policy));
    if (made.document.size() > policy::max_document_bytes)
        made.remarks.push_back("It is larger than any document that can be read.");
    const auto parsed = policy::parse(made.document, policy::DocumentKind::identity, policy::Strictness::lenient);
    const auto* compiled = std::get_if<policy::Policy>(&parsed);
    made.confirmed = compiled != nullptr && std::all_of(taken.begin(), taken.end(), [&](const Observation* seen) {
                         return allows(*compiled, *seen);
                     });
    return made;
}

}  // namespace iamlocal::analysis
