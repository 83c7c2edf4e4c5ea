// Checks of Resource and NotResource: the form of ARNs, and whether a service has such resources.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/partitions.hpp"
#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

enum Part : std::size_t { arn_word, partition, service, region, account, rest };

/// An ARN cut at its first five colons outside of variables; parts that are missing are empty.
struct ArnText {
    std::array<std::string_view, 6> part;
    std::size_t given = 0;

    explicit ArnText(std::string_view text) : given(split_arn_pattern(text, part)) {}
    [[nodiscard]] bool is_arn() const { return given == 6 && part[arn_word] == "arn"; }
    /// Whether some resource is meant by both, part by part; parts that are left out can be anything.
    [[nodiscard]] bool overlaps(const ArnText& other) const {
        for (std::size_t i = 0; i < std::min(given, other.given); ++i) {
            if (!overlap(part[i], other.part[i])) return false;
        }
        return true;
    }
};

/// A resource with its variables as wildcards: they can become anything.
std::string resource_pattern(std::string_view text) { return template_pattern(text); }

template <class Rule>
void each_resource(const Statement& statement, Rule rule) {
    for (const Value* value : statement.resources) {
        if (value->text != "*") rule(*value, ArnText(value->text));
    }
}

/// A part that its variables may make anything.
bool is_variable(std::string_view text) { return text.find("${") != std::string_view::npos; }

void invalid_arn_prefix(const Document& document, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        if (arn.part[arn_word] == "arn" || is_variable(arn.part[arn_word])) return;
        // API Gateway completes this short form when it stores the policy.
        if (document.kind == DocumentKind::resource && value.text.starts_with("execute-api:/")) return;
        report.add(value,
                   fmt::format("The resource {} is neither \"*\" nor an ARN. Add the required prefix (arn) to the "
                               "resource ARN.",
                               value.text));
    });
}

void missing_arn_field(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        if (arn.part[arn_word] != "arn" || arn.given == 6) return;
        report.add(value, fmt::format("Resource ARNs must include at least 6 fields in the following structure: "
                                      "arn:partition:service:region:account:resource. {} has {}.",
                                      value.text, arn.given));
    });
}

void invalid_partition(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        const std::string_view name = arn.part[partition];
        if (!arn.is_arn() || has_wildcard(name) || is_variable(name)) return;
        if (aws::is_partition(name)) return;
        report.add(value, fmt::format("There is no partition {}. Use one of the supported values: {}", name,
                                      fmt::join(aws::partitions, ", ")));
    });
}

bool is_lower_case(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

void invalid_arn_service_case(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        if (!arn.is_arn() || is_variable(arn.part[service]) || is_lower_case(arn.part[service])) return;
        report.add(value, fmt::format("Update the service name {} in the resource ARN to use all lowercase letters.",
                                      arn.part[service]));
    });
}

void invalid_arn_service(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        const std::string_view name = arn.part[service];
        const bool plain =
            arn.is_arn() && !name.empty() && !has_wildcard(name) && !is_variable(name) && is_lower_case(name);
        if (!plain || is_arn_service(name)) return;
        const std::string similar = report.spend(suggestion_cost) ? similar_prefix(name) : std::string();
        report.add(value, fmt::format("The service {} does not exist. {}", name,
                                      similar.empty() ? "Use a valid service name."
                                                      : fmt::format("Did you mean {}?", similar)));
    });
}

void wildcard_in_arn_service(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        if (!arn.is_arn() || is_variable(arn.part[service]) || !has_wildcard(arn.part[service])) return;
        report.add(value,
                   "Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other "
                   "AWS services with similar names.");
    });
}

void invalid_arn_account(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        const std::string_view id = arn.part[account];
        if (!arn.is_arn() || id.empty() || has_wildcard(id) || is_variable(id)) return;
        const auto all = [&](char from, char to, std::string_view also) {
            return std::all_of(id.begin(), id.end(), [&](char c) {
                return (c >= from && c <= to) || also.find(c) != std::string_view::npos;
            });
        };
        // AWS's own resources have names where others have an account: arn:aws:iam::aws:policy/….
        if ((id.size() == 12 && all('0', '9', "")) || all('a', 'z', "-")) return;
        report.add(value,
                   fmt::format("The resource ARN account ID {} is not valid. Provide a 12-digit account ID.", id));
    });
}

void invalid_arn_region(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        const std::string_view name = arn.part[region];
        if (!arn.is_arn() || name.empty() || has_wildcard(name) || is_variable(name) || is_region(name)) return;
        const std::string similar = similar_region(name);
        report.add(value, fmt::format("The Region '{}' is not valid. {}", name,
                                      similar.empty() ? "Update the resource ARN to include a Region such as us-east-1."
                                                      : fmt::format("Did you mean {}?", similar)));
    });
}

/// Forms of ARNs that AWS's services take and that no page of the reference lists.
constexpr std::array<std::string_view, 8> unlisted_forms{"arn:*:apigateway:*::/tags",
                                                         "arn:*:apigateway:*::/v2/*",
                                                         "arn:*:backup:*:*:recovery-point:*",
                                                         "arn:*:cloudformation:*:*:transform/*",
                                                         "arn:*:iam::*:root",
                                                         "arn:*:pricingplanmanager::*:subscription:*",
                                                         "arn:*:waf:*:*:changetoken/*",
                                                         "arn:*:waf-regional:*:*:changetoken/*"};

/// The ARN templates that a service has for resources of one ARN service, as patterns.
std::vector<std::string> templates_of(const Statement& statement, std::string_view arn_service) {
    std::vector<std::string> patterns;
    const auto add = [&](const catalogue::ServiceReference* owner) {
        if (!owner) return;
        for (const catalogue::ResourceType& type : owner->resource_types) {
            for (const std::string& form : type.arns) {
                std::string pattern = template_pattern(form);
                if (ArnText(pattern).part[service] == arn_service) patterns.push_back(std::move(pattern));
            }
        }
    };
    add(catalogue::service_reference::find_service(arn_service));
    if (patterns.empty())
        for (const catalogue::ServiceReference* candidate : statement.services) add(candidate);
    if (patterns.empty()) return patterns;
    for (const std::string_view form : unlisted_forms) {
        if (ArnText(form).part[service] == arn_service) patterns.emplace_back(form);
    }
    return patterns;
}

enum class Misfit { none, region_not_allowed, account_not_allowed, resource };

Misfit find_misfit(const std::string& resource, const std::vector<std::string>& templates) {
    const auto fits = [&](const ArnText& candidate) {
        return std::any_of(templates.begin(), templates.end(),
                           [&](const std::string& pattern) { return candidate.overlaps(ArnText(pattern)); });
    };
    const ArnText arn(resource);
    if (fits(arn)) return Misfit::none;
    ArnText other = arn;
    other.part[region] = {};
    if (!arn.part[region].empty() && fits(other)) return Misfit::region_not_allowed;
    other.part[account] = {};
    if (!arn.part[account].empty() && fits(other)) return Misfit::account_not_allowed;
    return Misfit::resource;
}

template <Misfit wanted, class Message>
void each_misfit(const Statement& statement, Report& report, Message message) {
    std::map<std::string_view, std::vector<std::string>> templates;
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        const std::string_view name = arn.part[service];
        if (!arn.is_arn() || has_wildcard(name) || has_wildcard(arn.part[partition]) || is_variable(name)) return;
        auto known = templates.find(name);
        if (known == templates.end()) known = templates.emplace(name, templates_of(statement, name)).first;
        if (known->second.empty() || !report.spend(known->second.size() * (value.text.size() + 64))) return;
        if (find_misfit(resource_pattern(value.text), known->second) == wanted) report.add(value, message(arn));
    });
}

void arn_region_not_allowed(const Document&, const Statement& statement, Report& report) {
    each_misfit<Misfit::region_not_allowed>(statement, report, [](const ArnText& arn) {
        return fmt::format("The service {} does not support specifying a Region in the resource ARN.",
                           arn.part[service]);
    });
}

void arn_account_not_allowed(const Document&, const Statement& statement, Report& report) {
    each_misfit<Misfit::account_not_allowed>(statement, report, [](const ArnText& arn) {
        return fmt::format("The service {} does not support specifying an account ID in the resource ARN.",
                           arn.part[service]);
    });
}

void invalid_arn_resource(const Document&, const Statement& statement, Report& report) {
    each_misfit<Misfit::resource>(statement, report, [](const ArnText& arn) {
        return fmt::format("{} does not match any ARN format of {}. Update the resource portion of the ARN.",
                           fmt::join(arn.part, ":"), arn.part[service]);
    });
}

void missing_arn_region(const Document&, const Statement& statement, Report& report) {
    each_resource(statement, [&](const Value& value, const ArnText& arn) {
        if (!arn.is_arn() || !arn.part[region].empty() || has_wildcard(arn.part[service])) return;
        const catalogue::ServiceReference* owner = catalogue::service_reference::find_service(arn.part[service]);
        if (!owner || owner->resource_types.empty() || !report.spend(owner->resource_types.size())) return;
        const bool regional = std::all_of(
            owner->resource_types.begin(), owner->resource_types.end(), [&](const catalogue::ResourceType& type) {
                return std::all_of(type.arns.begin(), type.arns.end(), [&](const std::string& text) {
                    const ArnText form(text);
                    return form.part[service] == arn.part[service] && !form.part[region].empty();
                });
            });
        if (regional) report.add(value, fmt::format("Add a Region to the resource ARN of {}.", arn.part[service]));
    });
}

/// What operations without a target are held against where that is not `*`.
struct ListTarget {
    std::string_view prefix;
    std::string_view action;  ///< in lower case
    std::string_view arn;
};
constexpr std::array<ListTarget, 10> list_targets{{
    {"iam", "listgroups", "arn:*:iam::*:group/"},
    {"iam", "listinstanceprofiles", "arn:*:iam::*:instance-profile/"},
    {"iam", "listopenidconnectproviders", "arn:*:iam::*:oidc-provider/"},
    {"iam", "listpolicies", "arn:*:iam::*:policy/"},
    {"iam", "listroles", "arn:*:iam::*:role/"},
    {"iam", "listsamlproviders", "arn:*:iam::*:saml-provider/"},
    {"iam", "listservercertificates", "arn:*:iam::*:server-certificate/"},
    {"iam", "listusers", "arn:*:iam::*:user/"},
    {"iam", "listvirtualmfadevices", "arn:*:iam::*:mfa/"},
    {"s3", "listallmybuckets", "arn:*:s3:::"},
}};

/// Which of the statement's resources can be of which resource type, asked often and answered once.
class ResourceFit {
  public:
    ResourceFit(const Statement& statement, Report& report) : report_(report) {
        for (const Value* value : statement.resources) {
            patterns_.push_back(resource_pattern(value->text));
            wrong_.push_back(has_error(statement, value->text) ? 1 : 0);
        }
    }

    /// Nothing when too much has been asked.
    std::optional<bool> fits(const catalogue::ResourceType& type, std::size_t resource) {
        std::vector<char>& known = answers_.try_emplace(&type, patterns_.size(), unknown).first->second;
        if (known[resource] == unknown && is_inside_bucket(type, patterns_[resource])) known[resource] = 0;
        if (known[resource] == unknown) {
            bool overlaps = false;
            for (const std::string& form : type.arns) {
                const std::string pattern = template_pattern(form);
                if (!report_.spend(pattern.size() * patterns_[resource].size())) return std::nullopt;
                overlaps = overlaps || ArnText(patterns_[resource]).overlaps(ArnText(pattern));
            }
            known[resource] = overlaps ? 1 : 0;
        }
        return known[resource] == 1;
    }

    /// Whether the action can have the resource. Nothing when the catalogue does not say, too much was asked, or an
    /// error already stands there.
    std::optional<bool> fits(const catalogue::ServiceReference& owner, const catalogue::Action& action,
                             std::size_t resource) {
        if (wrong_[resource] == 1) return std::nullopt;
        if (action.resources.empty()) return fits_list(owner, action, resource);
        for (const catalogue::ActionResource& taken : action.resources) {
            const catalogue::ResourceType* type = owner.find_resource_type(taken.type);
            const std::optional<bool> answer = type ? fits(*type, resource) : std::nullopt;
            if (!answer || *answer) return answer;
        }
        if (is_incomplete(owner, action)) return fits_any(owner, resource);
        const std::optional<bool> any = fits_any(owner, resource);
        // A resource of the service that is on none of its page's lists is one that the page forgot.
        if (any == false && has_resources_in(owner, ArnText(patterns_[resource]).part[service])) return std::nullopt;
        return any ? std::optional(false) : std::nullopt;
    }

  private:
    static constexpr char unknown = 2;

    /// Whether the catalogue may lack resource types of the action: it keeps those of one page where a prefix has
    /// several, and services can tag more than their pages say.
    static bool is_incomplete(const catalogue::ServiceReference& owner, const catalogue::Action& action) {
        return action.access_level == "Tagging" || fold_case(action.name).find("tags") != std::string::npos ||
               has_several_pages(owner.prefix);
    }

    /// Whether ARNs of the service's own resource types name this service.
    static bool has_resources_in(const catalogue::ServiceReference& owner, std::string_view name) {
        return std::any_of(owner.resource_types.begin(), owner.resource_types.end(),
                           [&](const auto& type) { return ArnText(type.arns.front()).part[service] == name; });
    }

    std::optional<bool> fits_any(const catalogue::ServiceReference& owner, std::size_t resource) {
        for (const catalogue::ResourceType& type : owner.resource_types) {
            const std::optional<bool> answer = fits(type, resource);
            if (!answer || *answer) return answer;
        }
        return false;
    }

    bool fits_list(const catalogue::ServiceReference& owner, const catalogue::Action& action,
                   std::size_t resource) const {
        const std::string name = fold_case(action.name);
        const auto target = std::find_if(list_targets.begin(), list_targets.end(), [&](const ListTarget& row) {
            return row.prefix == owner.prefix && row.action == name;
        });
        return target != list_targets.end() && ArnText(patterns_[resource]).overlaps(ArnText(target->arn));
    }

    /// The one name that never has a slash: with one, an ARN means what is in a bucket, not the bucket.
    static bool is_inside_bucket(const catalogue::ResourceType& type, std::string_view resource) {
        return type.arns.front().ends_with(":${BucketName}") && resource.find('/') != std::string_view::npos;
    }

    /// Whether another check has found the ARN wrong.
    bool has_error(const Statement& statement, std::string_view text) {
        const ArnText arn(text);
        const std::string_view name = arn.part[service];
        if (text == "*") return false;
        if (!arn.is_arn()) return true;
        if (has_wildcard(name) || has_wildcard(arn.part[partition]) || is_variable(name)) return false;
        if (!is_arn_service(name)) return true;
        auto known = templates_.find(name);
        if (known == templates_.end()) known = templates_.emplace(name, templates_of(statement, name)).first;
        if (known->second.empty() || !report_.spend(known->second.size() * (text.size() + 64))) return false;
        return find_misfit(resource_pattern(text), known->second) != Misfit::none;
    }

    Report& report_;
    std::vector<std::string> patterns_;
    std::vector<char> wrong_;
    std::map<std::string, std::vector<std::string>, std::less<>> templates_;
    std::map<const catalogue::ResourceType*, std::vector<char>> answers_;
};

bool has_star_resource(const Statement& statement) {
    return std::any_of(statement.resources.begin(), statement.resources.end(),
                       [](const Value* value) { return value->text == "*"; });
}

bool is_identity_or_boundary_like(const Document& document) {
    return document.is_identity_like() || document.kind == DocumentKind::scp;
}

/// Whether the action has something to work on in another statement of the same effect: then this one merely lists more
/// than it needs.
bool works_elsewhere(const Document& document, const Statement& statement, const Action& action, Report& report) {
    return std::any_of(document.statements.begin(), document.statements.end(), [&](const Statement& other) {
        if (&other == &statement || other.allows != statement.allows || !other.action || !other.resource) return false;
        if (!report.spend(other.actions.size() + 64 * other.resources.size())) return false;
        const bool named = std::any_of(other.actions.begin(), other.actions.end(), [&](const Action& candidate) {
            return candidate.covers(action.prefix, action.name);
        });
        if (!named) return false;
        if (has_star_resource(other)) return true;
        ResourceFit fit(other, report);
        for (std::size_t i = 0; i < other.resources.size(); ++i)
            if (fit.fits(*action.service, *action.matches[0], i).value_or(false)) return true;
        return false;
    });
}

/// Actions that are named in full and have nothing to work on in this statement: those that work on some types of
/// resources, or those that work on no particular one.
template <bool typed>
void action_without_matching_resource(const Document& document, const Statement& statement, Report& report) {
    if (!is_identity_or_boundary_like(document) || !statement.action || !statement.resource) return;
    if (statement.resources.empty() || has_star_resource(statement)) return;
    ResourceFit fit(statement, report);
    for (const Action& action : statement.actions) {
        if (action.has_wildcard() || action.matches.size() != 1) continue;
        const catalogue::Action& known = *action.matches[0];
        if (known.resources.empty() == typed) continue;
        bool may_fit = false;
        for (std::size_t i = 0; i < statement.resources.size() && !may_fit; ++i) {
            may_fit = fit.fits(*action.service, known, i).value_or(true);
        }
        if (may_fit || (typed && works_elsewhere(document, statement, action, report))) continue;
        std::string types;
        for (const catalogue::ActionResource& taken : known.resources) {
            if (!types.empty()) types += ", ";
            types += taken.type;
        }
        report.add(*action.value, typed ? fmt::format("The action {} works on none of the statement's resources, but "
                                                      "on: {}.",
                                                      action.value->text, types)
                                        : fmt::format("The action {} works on no particular resource: it needs "
                                                      "\"Resource\": \"*\".",
                                                      action.value->text));
    }
}

/// Resources on which none of the actions works.
void resource_without_matching_action(const Document& document, const Statement& statement, Report& report) {
    if (!is_identity_or_boundary_like(document) || !statement.action || !statement.resource) return;
    const bool all_known = std::all_of(statement.actions.begin(), statement.actions.end(),
                                       [](const Action& action) { return !action.matches.empty(); });
    if (!all_known || statement.actions.empty()) return;
    ResourceFit fit(statement, report);
    std::vector<const Value*> unfit;
    for (std::size_t i = 0; i < statement.resources.size(); ++i) {
        const Value& resource = *statement.resources[i];
        if (resource.text == "*") continue;
        bool may_fit = false;
        for (const Action& action : statement.actions) {
            for (const catalogue::Action* known : action.matches) {
                may_fit = may_fit || fit.fits(*action.service, *known, i).value_or(true);
            }
            if (may_fit) break;
        }
        if (!may_fit) unfit.push_back(&resource);
    }
    // Where nothing fits, what there is to say has been said of the actions.
    const bool all_named = std::none_of(statement.actions.begin(), statement.actions.end(),
                                        [](const Action& action) { return action.has_wildcard(); });
    if (all_named && unfit.size() == statement.resources.size()) return;
    for (const Value* resource : unfit) {
        report.add(*resource, fmt::format("None of the statement's actions works on {}.", resource->text));
    }
}

constexpr std::string_view resource_page = "reference_policies_elements_resource.html";

}  // namespace

std::span<const Check> resource_checks() {
    static constexpr Check table[] = {
        {"INVALID_ARN_PREFIX", Severity::error, "A resource is neither * nor an ARN.", invalid_arn_prefix},
        {"MISSING_ARN_FIELD", Severity::error, "A resource ARN has fewer than six fields.", missing_arn_field},
        {"INVALID_PARTITION", Severity::error, "A resource ARN names no partition of AWS.", invalid_partition},
        {"INVALID_ARN_SERVICE_CASE", Severity::error, "A resource ARN's service is not in lower case.",
         invalid_arn_service_case},
        {"INVALID_SERVICE", Severity::error, "A resource ARN names no service of AWS.", invalid_arn_service},
        {"INVALID_ARN_ACCOUNT", Severity::error, "A resource ARN's account has not twelve digits.",
         invalid_arn_account},
        {"INVALID_ARN_REGION", Severity::error, "A resource ARN's Region is none.", invalid_arn_region},
        {"ARN_REGION_NOT_ALLOWED", Severity::error, "Resources of this type have no Region in their ARN.",
         arn_region_not_allowed},
        {"ARN_ACCOUNT_NOT_ALLOWED", Severity::error, "Resources of this type have no account in their ARN.",
         arn_account_not_allowed},
        {"MISSING_ARN_REGION", Severity::error, "Resources of this service have a Region in their ARN.",
         missing_arn_region},
        {"INVALID_ARN_RESOURCE", Severity::error, "The service has no resources of this form.", invalid_arn_resource},
        {"WILDCARD_IN_SERVICE_NAME", Severity::suggestion, "A resource ARN's service has a wildcard.",
         wildcard_in_arn_service},
        {"ACTION_WITHOUT_MATCHING_RESOURCE", Severity::warning, "An action works on none of the statement's resources.",
         action_without_matching_resource<true>, nullptr, resource_page},
        {"ACTION_NEEDS_ALL_RESOURCES", Severity::suggestion, "An action works on no particular resource.",
         action_without_matching_resource<false>, nullptr, resource_page},
        {"RESOURCE_WITHOUT_MATCHING_ACTION", Severity::suggestion,
         "None of the statement's actions works on a resource.", resource_without_matching_action, nullptr,
         resource_page},
    };
    return table;
}

}  // namespace iamlocal::lint
