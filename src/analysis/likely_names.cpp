#include "analysis/likely_names.hpp"

#include <algorithm>
#include <set>

#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"

namespace iamlocal::analysis {
namespace {

namespace reference = catalogue::service_reference;

constexpr std::size_t most_actions = 8;
constexpr std::size_t most_texts = 16;

/// The services that the patterns of a demand name.
void add_services(const Clause& clause, std::set<std::string>& services) {
    for (const TextPattern& pattern : clause.any) {
        std::string service;
        for (const Token& token : pattern.tokens()) {
            if (token.kind != Token::Kind::unit || token.symbol == ':') break;
            service.push_back(static_cast<char>(token.symbol));
        }
        if (!service.empty()) services.insert(std::move(service));
    }
}

std::string_view usual_part(std::size_t part) {
    constexpr std::string_view parts[] = {"arn", "aws", "s3", "us-east-1", example_account};
    return part < std::size(parts) ? parts[part] : "example";
}

}  // namespace

std::vector<std::string> likely_actions(const Clauses& clauses) {
    // Of the demand that leaves the fewest.
    const Clause* narrowest = nullptr;
    for (const auto& clause : clauses) {
        std::set<std::string> named;
        add_services(*clause, named);
        if (clause->negated || named.empty()) continue;
        if (!narrowest || clause->any.size() < narrowest->any.size()) narrowest = clause.get();
    }
    std::set<std::string> named;
    if (narrowest) add_services(*narrowest, named);
    std::vector<std::string> services(named.begin(), named.end());
    for (const char* usual : {"s3", "iam", "ec2", "dynamodb"})
        if (!named.contains(usual)) services.emplace_back(usual);
    std::vector<std::string> found;
    for (const std::string& name : services) {
        const catalogue::ServiceReference* service = reference::find_service(name);
        if (!service) continue;
        std::vector<std::string> folded;
        for (const catalogue::Action& action : service->actions)
            folded.push_back(fold_case(service->prefix + ":" + action.name));
        for (const std::string& text : satisfying(clauses, folded, most_actions - found.size()))
            found.push_back(service->prefix + ":" + service->find_action(text.substr(text.find(':') + 1))->name);
        if (found.size() == most_actions) return found;
    }
    return found;
}

std::vector<std::string> likely_resources(std::string_view action) {
    const std::size_t colon = action.find(':');
    const catalogue::ServiceReference* service = reference::find_service(action.substr(0, colon));
    const catalogue::Action* known =
        service && colon != std::string_view::npos ? service->find_action(action.substr(colon + 1)) : nullptr;
    if (!known || known->resources.empty()) return {"*"};
    std::vector<std::string> found;
    for (const catalogue::ActionResource& resource : known->resources) {
        const catalogue::ResourceType* type = service->find_resource_type(resource.type);
        if (!type) continue;
        for (std::string arn : type->arns) {
            for (std::size_t at = arn.find("${"); at != std::string::npos; at = arn.find("${", at)) {
                const std::size_t end = arn.find('}', at);
                if (end == std::string::npos) break;
                const std::string_view name = std::string_view(arn).substr(at + 2, end - at - 2);
                const std::string_view value = name == "Partition" ? "aws"
                                               : name == "Region"  ? "us-east-1"
                                               : name == "Account" ? example_account
                                                                   : "example";
                arn.replace(at, end + 1 - at, value);
                at += value.size();
            }
            if (found.size() < most_texts) found.push_back(std::move(arn));
        }
    }
    return found;
}

std::vector<std::string> likely_texts(const Clause& clause) {
    std::vector<std::string> found;
    if (clause.negated) return found;
    for (const TextPattern& pattern : clause.any) {
        if (pattern.matches_nothing() || pattern.has_variables() || found.size() == most_texts) continue;
        SymbolText text;
        std::size_t part = 0;
        for (const Token& token : pattern.tokens()) {
            if (token.kind == Token::Kind::unit) {
                text.push_back(token.symbol);
                part += token.symbol == ':' ? 1 : 0;
            } else if (token.kind == Token::Kind::any_one) {
                text.push_back('x');
            } else {
                for (const char c : usual_part(part)) text.push_back(static_cast<Symbol>(c));
            }
        }
        if (auto spelled = spell(text, {})) found.push_back(*std::move(spelled));
    }
    return found;
}

}  // namespace iamlocal::analysis
