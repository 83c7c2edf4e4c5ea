#include "lint/facts.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "aws/arn.hpp"
#include "aws/regions.hpp"
#include "aws/trust_actions.hpp"
#include "base/encoding.hpp"
#include "base/nearest.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

namespace reference = catalogue::service_reference;

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The nearest of `candidates` whose distance is less than a third of the text; empty if none is.
class Nearest {
  public:
    explicit Nearest(std::string_view wanted)
        : wanted_(wanted), best_(std::min<std::size_t>(wanted.size() / 3 + 1, 6)) {}

    void offer(std::string_view folded, std::string_view spelled) {
        const std::size_t apart = edit_distance(wanted_, folded, best_);
        if (apart >= best_) return;
        best_ = apart;
        found_ = spelled;
    }
    std::string take() { return std::move(found_); }

  private:
    std::string_view wanted_;
    std::size_t best_;
    std::string found_;
};

/// What the caller chooses in a key, a tag's name, is no slip of the pen: it is kept.
std::string nearest_key(const std::vector<catalogue::ConditionKey>& keys, std::string_view folded_key) {
    const std::size_t slash = folded_key.find('/');
    Nearest nearest(folded_key.substr(0, slash));
    for (const catalogue::ConditionKey& key : keys) {
        const std::string_view name = key.name;
        const std::string_view fixed = name.substr(0, name.find("/${"));
        nearest.offer(fold_case(fixed), fixed.size() < name.size() && slash == std::string_view::npos ? name : fixed);
    }
    std::string found = nearest.take();
    if (!found.empty() && slash != std::string_view::npos) found += folded_key.substr(slash);
    return found;
}

std::set<std::string, std::less<>> read_arn_services() {
    std::set<std::string, std::less<>> names;
    for (const std::string& prefix : reference::prefixes()) {
        const catalogue::ServiceReference* service = reference::find_service(prefix);
        if (!service) continue;
        for (const catalogue::ResourceType& type : service->resource_types) {
            for (const std::string& arn : type.arns)
                if (const auto parts = ArnParts::split(arn)) names.emplace(parts->part[2]);
        }
    }
    return names;
}

}  // namespace

const catalogue::ConditionKey* find_key(const Statement& statement, std::string_view folded_key) {
    if (const catalogue::ConditionKey* key = reference::find_global_key(folded_key)) return key;
    if (const catalogue::ServiceReference* owner =
            reference::find_service(folded_key.substr(0, folded_key.find(':')))) {
        if (const catalogue::ConditionKey* key = owner->find_condition_key(folded_key)) return key;
    }
    for (const catalogue::ServiceReference* service : statement.services) {
        if (const catalogue::ConditionKey* key = service->find_condition_key(folded_key)) return key;
    }
    return nullptr;
}

KeyType type_of(const catalogue::ConditionKey& key) {
    constexpr std::string_view array = "ArrayOf";
    const std::string_view type = key.type;
    return type.starts_with(array) ? KeyType{type.substr(array.size()), true} : KeyType{type, false};
}

bool supports(const catalogue::ServiceReference& service, const catalogue::Action& action, std::string_view key_name) {
    if (contains(action.condition_keys, key_name)) return true;
    return std::any_of(action.resources.begin(), action.resources.end(),
                       [&](const catalogue::ActionResource& resource) {
                           if (contains(resource.condition_keys, key_name)) return true;
                           const catalogue::ResourceType* type = service.find_resource_type(resource.type);
                           return type != nullptr && contains(type->condition_keys, key_name);
                       });
}

bool supports(const catalogue::ServiceReference& service, std::string_view key_name) {
    return std::any_of(service.actions.begin(), service.actions.end(),
                       [&](const catalogue::Action& action) { return supports(service, action, key_name); });
}

bool is_trust_action(const Action& action) {
    return action.prefix == "sts" &&
           std::any_of(aws::trust_actions.begin(), aws::trust_actions.end(),
                       [&](const aws::TrustAction& known) { return action.covers("sts", known.folded); });
}

std::string similar_action(const catalogue::ServiceReference& service, std::string_view folded_name) {
    Nearest nearest(folded_name);
    for (const catalogue::Action& action : service.actions) nearest.offer(fold_case(action.name), action.name);
    return nearest.take();
}

std::string similar_prefix(std::string_view folded_prefix) {
    Nearest nearest(folded_prefix);
    for (const std::string& prefix : reference::prefixes()) nearest.offer(prefix, prefix);
    return nearest.take();
}

std::string similar_key(const catalogue::ServiceReference& service, std::string_view folded_key) {
    return nearest_key(service.condition_keys, folded_key);
}

std::string similar_global_key(std::string_view folded_key) {
    return nearest_key(reference::global_keys(), folded_key);
}

std::string similar_operator(std::string_view name) {
    constexpr std::array<std::string_view, 27> operators{"StringEquals",
                                                         "StringNotEquals",
                                                         "StringEqualsIgnoreCase",
                                                         "StringNotEqualsIgnoreCase",
                                                         "StringLike",
                                                         "StringNotLike",
                                                         "NumericEquals",
                                                         "NumericNotEquals",
                                                         "NumericLessThan",
                                                         "NumericLessThanEquals",
                                                         "NumericGreaterThan",
                                                         "NumericGreaterThanEquals",
                                                         "DateEquals",
                                                         "DateNotEquals",
                                                         "DateLessThan",
                                                         "DateLessThanEquals",
                                                         "DateGreaterThan",
                                                         "DateGreaterThanEquals",
                                                         "Bool",
                                                         "BinaryEquals",
                                                         "IpAddress",
                                                         "NotIpAddress",
                                                         "ArnEquals",
                                                         "ArnLike",
                                                         "ArnNotEquals",
                                                         "ArnNotLike",
                                                         "Null"};
    const std::size_t colon = name.find(':');
    const std::string_view quantifier = colon == std::string_view::npos ? "" : name.substr(0, colon + 1);
    std::string_view base = name.substr(quantifier.size());
    constexpr std::string_view suffix = "IfExists";
    const bool if_exists = base.size() > suffix.size() && base.ends_with(suffix);
    if (if_exists) base.remove_suffix(suffix.size());
    const std::string folded = fold_case(base);
    Nearest nearest(folded);
    for (const std::string_view op : operators) nearest.offer(fold_case(op), op);
    const std::string found = nearest.take();
    if (found.empty()) return found;
    std::string whole = std::string(quantifier).append(found).append(if_exists ? suffix : "");
    return policy::parse_operator(whole) ? whole : std::string();
}

bool is_region(std::string_view text) {
    constexpr std::array<std::string_view, 9> directions{"east",      "west",      "north",     "south",    "central",
                                                         "northeast", "southeast", "northwest", "southwest"};
    if (!aws::is_region_name(text)) return false;
    // Regions come and go: which words there may be is known, which Regions is not. The numbers are small ones.
    const std::size_t number = text.rfind('-');
    const std::string_view words = text.substr(0, number);
    return text.size() - number == 2 && text.back() != '0' &&
           std::find(directions.begin(), directions.end(), words.substr(words.rfind('-') + 1)) != directions.end();
}

std::string similar_region(std::string_view text) {
    constexpr std::array<std::string_view, 38> regions{
        "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "af-south-1",     "ap-east-1",
        "ap-east-2",      "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
        "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-northeast-1", "ap-northeast-2",
        "ap-northeast-3", "ca-central-1",   "ca-west-1",      "eu-central-1",   "eu-central-2",   "eu-west-1",
        "eu-west-2",      "eu-west-3",      "eu-south-1",     "eu-south-2",     "eu-north-1",     "il-central-1",
        "me-central-1",   "me-south-1",     "mx-central-1",   "sa-east-1",      "us-gov-east-1",  "us-gov-west-1",
        "cn-north-1",     "cn-northwest-1"};
    Nearest nearest(text);
    for (const std::string_view region : regions) nearest.offer(region, region);
    return nearest.take();
}

bool has_several_pages(std::string_view prefix) {
    constexpr std::array<std::string_view, 9> prefixes{"apigateway", "aws-marketplace",  "elasticloadbalancing",
                                                       "greengrass", "kinesisanalytics", "lex",
                                                       "ses",        "sms-voice",        "wisdom"};
    return std::find(prefixes.begin(), prefixes.end(), prefix) != prefixes.end();
}

bool is_provider_prefix(std::string_view folded_prefix) {
    return folded_prefix.find_first_of("./") != std::string_view::npos || folded_prefix == "saml";
}

bool is_arn_service(std::string_view service) {
    if (reference::find_service(service)) return true;
    static const std::set<std::string, std::less<>> names = read_arn_services();
    return names.contains(service);
}

std::string template_pattern(std::string_view arn_template) {
    std::string pattern;
    while (!arn_template.empty()) {
        const std::size_t open = arn_template.find("${");
        pattern.append(arn_template.substr(0, open));
        if (open == std::string_view::npos) return pattern;
        const std::size_t close = arn_template.find('}', open);
        if (!pattern.ends_with('*')) pattern.push_back('*');
        if (close == std::string_view::npos) return pattern;
        arn_template.remove_prefix(close + 1);
    }
    return pattern;
}

}  // namespace iamlocal::lint
