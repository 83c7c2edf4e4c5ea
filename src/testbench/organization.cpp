#include "testbench/organization.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "policy/control_policy.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"
#include "policy/position.hpp"

namespace iamlocal::testbench {
namespace {

using policy::json::Type;
using policy::json::Value;
using store::ControlPolicyKind;

constexpr policy::json::Limits limits{std::size_t{8} << 20, policy::max_document_depth + 4};

constexpr std::size_t max_name = 128;

// As AWS Organizations calls them.
constexpr std::string_view all_features = "ALL";
constexpr std::string_view billing_only = "CONSOLIDATED_BILLING";

/// What differs between the two types of policies.
struct KindRow {
    ControlPolicyKind kind;
    std::string_view name;
    policy::DocumentKind document;
    aws::Quota per_target;
    aws::Quota size;
};
constexpr std::array<KindRow, 2> kinds{{
    {ControlPolicyKind::service, "scp", policy::DocumentKind::scp, aws::Quota::service_control_policies_per_target,
     aws::Quota::service_control_policy_size},
    {ControlPolicyKind::resource, "rcp", policy::DocumentKind::rcp, aws::Quota::resource_control_policies_per_target,
     aws::Quota::resource_control_policy_size},
}};

const KindRow& row_of(ControlPolicyKind kind) { return kinds[kind == ControlPolicyKind::service ? 0 : 1]; }

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_id(std::string_view text, std::size_t min, std::size_t max) {
    return text.size() >= min && text.size() <= max && std::all_of(text.begin(), text.end(), is_lower_or_digit);
}

bool is_organization_id(std::string_view text) { return text.starts_with("o-") && is_id(text.substr(2), 10, 32); }
bool is_root_id(std::string_view text) { return text.starts_with("r-") && is_id(text.substr(2), 4, 32); }
bool is_unit_id(std::string_view text) {
    if (!text.starts_with("ou-")) return false;
    const std::size_t dash = text.find('-', 3);
    return dash != std::string_view::npos && is_id(text.substr(3, dash - 3), 4, 32) &&
           is_id(text.substr(dash + 1), 8, 32);
}

std::string parent_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string message_of(const policy::ResourceControlBreach& breach) {
    switch (breach.rule) {
        case policy::ResourceControlRule::deny_only:
            return "a resource control policy can only deny; RCPFullAWSAccess allows everything";
        case policy::ResourceControlRule::no_not_principal:
            return "a resource control policy cannot have the element NotPrincipal";
        case policy::ResourceControlRule::no_not_action:
            return "a resource control policy cannot have the element NotAction";
        case policy::ResourceControlRule::everyone:
            return "the Principal of a resource control policy must be \"*\"";
        case policy::ResourceControlRule::supported_action:
            break;
    }
    return fmt::format("resource control policies do not support the action \"{}\"", breach.at->text);
}

/// The path and all that lead to it become units, without an id so far.
void note_units(store::DeclaredOrganization& organization, std::string path) {
    for (; path != "/"; path = parent_of(path)) organization.units.try_emplace(path);
    organization.units.try_emplace("/");
}

/// `digits` characters of an id that depends on nothing but the text.
std::string made_id(std::string_view text, std::size_t digits) {
    const Digest digest = sha256(text);
    return hex_encode(std::span(digest).first(digits / 2));
}

/// Its functions say whether all is well so far; what is not is in error().
class Reader {
  public:
    Reader(std::string_view json, const aws::Quotas& quotas) : json_(json), quotas_(quotas) {}

    bool read() {
        const auto parsed = policy::json::parse(json_, limits);
        if (const auto* const syntax = std::get_if<policy::json::Error>(&parsed)) {
            error_ = place_of(syntax->at);
            error_.message = syntax->reason;
            return false;
        }
        return read_declaration(std::get<policy::json::Document>(parsed).root());
    }

    store::DeclaredOrganization take() { return std::move(organization_); }
    const DeclarationError& error() const { return error_; }

  private:
    bool refuse(const Value& at, std::string message) {
        error_ = place_of(at.begin);
        error_.message = std::move(message);
        return false;
    }

    bool require_type(const Value& value, Type type, std::string_view what) {
        if (value.is(type)) return true;
        const std::string_view wanted = type == Type::object  ? "an object"
                                        : type == Type::array ? "an array"
                                                              : "a string";
        return refuse(value, fmt::format("{} must be {}", what, wanted));
    }

    bool require_known(const Value& object, std::initializer_list<std::string_view> known) {
        for (const Value& member : object.items)
            if (std::find(known.begin(), known.end(), member.key) == known.end())
                return refuse(member, fmt::format("there is no member \"{}\"; there are: {}", member.key,
                                                  fmt::join(known, ", ")));
        return true;
    }

    bool require_account(const Value& at, std::string_view text) {
        return ids::is_account_id(text) || refuse(at, fmt::format("\"{}\" is no account: twelve digits are", text));
    }

    /// `/`, or names that are separated by single slashes.
    bool require_path(const Value& at, std::string_view path) {
        if (path == "/") return true;
        if (!path.starts_with('/') || path.ends_with('/'))
            return refuse(at, fmt::format("\"{}\" is no path: it begins with a slash and does not end with one", path));
        std::size_t depth = 0;
        for (std::string_view rest = path; !rest.empty(); ++depth) {
            rest.remove_prefix(1);
            const std::string_view name = rest.substr(0, rest.find('/'));
            if (name.empty() || name.size() > max_name)
                return refuse(at,
                              fmt::format("the units in \"{}\" must have names of 1 to {} characters", path, max_name));
            rest.remove_prefix(name.size());
        }
        const auto deepest = quota(aws::Quota::organizational_unit_depth);
        return depth <= deepest ||
               refuse(at, fmt::format("\"{}\" is too deep: units can be nested {} deep", path, deepest));
    }

    bool read_declaration(const Value& root) {
        if (!require_type(root, Type::object, "the declaration") ||
            !require_known(root, {"id", "feature_set", "management_account", "accounts", "units", "policies",
                                  "without_full_access", "trusted_access", "delegated_administrators"}))
            return false;
        const Value* const id = root.find("id");
        if (id == nullptr) return refuse(root, "the declaration needs an \"id\" such as o-exampleorgid");
        if (!require_type(*id, Type::string, "\"id\"")) return false;
        if (!is_organization_id(id->text))
            return refuse(*id, "an organization's id is \"o-\" and 10 to 32 lower-case letters or digits");
        organization_.id = id->text;
        organization_.units["/"] = {};
        if (const Value* const management = root.find("management_account")) {
            if (!require_type(*management, Type::string, "\"management_account\"") ||
                !require_account(*management, management->text))
                return false;
            organization_.management_account = AccountId(management->text);
        }
        const Value* const features = root.find("feature_set");
        const Value* const accounts = root.find("accounts");
        const Value* const units = root.find("units");
        const Value* const policies = root.find("policies");
        const Value* const exceptions = root.find("without_full_access");
        const Value* const trusted = root.find("trusted_access");
        const Value* const delegates = root.find("delegated_administrators");
        if ((features && !read_feature_set(*features)) || (accounts && !read_accounts(*accounts)) ||
            (units && !read_units(*units)) || (policies && !read_policies(*policies)) ||
            (exceptions && !read_exceptions(*exceptions)) || (trusted && !read_trusted(*trusted)) ||
            (delegates && !read_delegates(*delegates)))
            return false;
        return make_ids(root);
    }

    bool read_feature_set(const Value& set) {
        if (!set.is(Type::string) || (set.text != all_features && set.text != billing_only))
            return refuse(set, fmt::format("\"feature_set\" must be \"{}\" or \"{}\"", all_features, billing_only));
        organization_.all_features = set.text == all_features;
        return true;
    }

    bool require_all_features(const Value& at, std::string_view what) {
        return organization_.all_features ||
               refuse(at, fmt::format("{} only an organization of the feature set {} has", what, all_features));
    }

    bool require_service(const Value& at, std::string_view name) {
        constexpr std::string_view end = ".amazonaws.com";
        const auto fits = [](char c) { return is_lower_or_digit(c) || c == '-' || c == '.'; };
        return (name.size() > end.size() && name.ends_with(end) && std::all_of(name.begin(), name.end(), fits)) ||
               refuse(at, fmt::format("\"{}\" is no service; such as iam.amazonaws.com is", name));
    }

    bool read_trusted(const Value& trusted) {
        if (!require_type(trusted, Type::array, "\"trusted_access\"")) return false;
        for (const Value& service : trusted.items) {
            if (!require_all_features(service, "trusted access") ||
                !require_type(service, Type::string, "a service with trusted access") ||
                !require_service(service, service.text))
                return false;
            if (!organization_.trusted_services.emplace(service.text).second)
                return refuse(service, fmt::format("{} is named twice", service.text));
        }
        return true;
    }

    bool read_delegates(const Value& delegates) {
        if (!require_type(delegates, Type::object, "\"delegated_administrators\"")) return false;
        for (const Value& service : delegates.items) {
            if (!organization_.trusted_services.contains(std::string(service.key)))
                return refuse(service, fmt::format("{} has no trusted access", service.key));
            if (!require_type(service, Type::array, "the delegated administrators of a service")) return false;
            if (service.items.empty()) continue;
            auto& accounts = organization_.delegated_administrators[std::string(service.key)];
            for (const Value& account : service.items) {
                if (!require_type(account, Type::string, "a delegated administrator") ||
                    !require_account(account, account.text))
                    return false;
                const AccountId id(account.text);
                if (organization_.management_account == id)
                    return refuse(account, "the management account cannot be a delegated administrator");
                if (!organization_.accounts.contains(id))
                    return refuse(account, fmt::format("account {} is not in this organization", account.text));
                if (!accounts.insert(id).second) return refuse(account, fmt::format("{} is named twice", account.text));
            }
        }
        return true;
    }

    bool read_accounts(const Value& accounts) {
        if (!require_type(accounts, Type::object, "\"accounts\"")) return false;
        for (const Value& value : accounts.items) {
            if (!require_account(value, value.key) || !require_type(value, Type::string, "the unit of an account") ||
                !require_path(value, value.text))
                return false;
            organization_.accounts.emplace(AccountId(value.key), value.text);
            note_units(organization_, std::string(value.text));
        }
        return true;
    }

    /// Ids that are given, and units without accounts.
    bool read_units(const Value& units) {
        if (!require_type(units, Type::object, "\"units\"")) return false;
        for (const Value& value : units.items) {
            const std::string path(value.key);
            if (!require_type(value, Type::string, "the id of a unit") || !require_path(value, path)) return false;
            if (path == "/" ? !is_root_id(value.text) : !is_unit_id(value.text))
                return refuse(value, fmt::format("\"{}\" is no id for {}; such as {} is", value.text, path,
                                                 path == "/" ? "r-ab12" : "ou-ab12-11111111"));
            note_units(organization_, path);
            organization_.units[path] = value.text;
        }
        return true;
    }

    bool require_target(const Value& at) {
        if (!require_type(at, Type::string, "a target")) return false;
        if (at.text.starts_with('/'))
            return require_path(at, at.text) &&
                   (organization_.units.contains(std::string(at.text)) ||
                    refuse(at, fmt::format("there is no unit {}: no account is in it, and \"units\" does not name it",
                                           at.text)));
        if (!require_account(at, at.text)) return false;
        const AccountId account(at.text);
        return organization_.accounts.contains(account) || organization_.management_account == account ||
               refuse(at, fmt::format("account {} is not in this organization", at.text));
    }

    bool read_policies(const Value& policies) {
        if (!require_type(policies, Type::array, "\"policies\"")) return false;
        return std::all_of(policies.items.begin(), policies.items.end(),
                           [&](const Value& policy) { return read_policy(policy); });
    }

    bool read_policy(const Value& value) {
        if (!require_all_features(value, "policies") || !require_type(value, Type::object, "a policy") ||
            !require_known(value, {"type", "name", "document", "targets"}))
            return false;
        for (const char* member : {"type", "name", "document", "targets"})
            if (value.find(member) == nullptr) return refuse(value, fmt::format("a policy needs a \"{}\"", member));
        const Value& type = *value.find("type");
        const Value& name = *value.find("name");
        const Value& targets = *value.find("targets");
        const auto kind =
            std::find_if(kinds.begin(), kinds.end(), [&](const KindRow& row) { return row.name == type.text; });
        if (!type.is(Type::string) || kind == kinds.end()) return refuse(type, "\"type\" must be \"scp\" or \"rcp\"");
        if (!require_type(name, Type::string, "\"name\"")) return false;
        store::ControlPolicy policy{kind->kind, std::string(name.text), {}, {}};
        if (!require_new_name(name, policy) || !read_document(*value.find("document"), *kind, policy) ||
            !require_type(targets, Type::array, "\"targets\""))
            return false;
        std::set<std::string_view> own_targets;
        for (const Value& target : targets.items) {
            if (!require_target(target) || !require_room(target, *kind)) return false;
            if (!own_targets.insert(target.text).second)
                return refuse(target, fmt::format("{} is attached to {} twice", policy.name, target.text));
            policy.targets.emplace_back(target.text);
            ++attached_[{kind->kind, policy.targets.back()}];
        }
        organization_.policies.push_back(std::move(policy));
        return true;
    }

    bool require_new_name(const Value& at, const store::ControlPolicy& policy) {
        if (policy.name.empty() || policy.name.size() > max_name)
            return refuse(at, fmt::format("the name of a policy has 1 to {} characters", max_name));
        const bool taken = policy.name == "FullAWSAccess" || policy.name == "RCPFullAWSAccess" ||
                           !names_.emplace(policy.kind, policy.name).second;
        return !taken || refuse(at, fmt::format("there is already a policy {}", policy.name));
    }

    std::size_t count_attached(ControlPolicyKind kind, std::string_view target) const {
        const auto found = attached_.find({kind, std::string(target)});
        return found == attached_.end() ? 0 : found->second;
    }

    bool require_room(const Value& target, const KindRow& kind) {
        // The one with full access takes a place, too.
        const std::size_t most = quota(kind.per_target);
        if (count_attached(kind.kind, target.text) + 2 <= most) return true;
        return refuse(
            target, fmt::format("{} policies of type {} can be attached to {}, the one with full access included", most,
                                kind.name, target.text));
    }

    /// As an object, or as a string that holds its text.
    bool read_document(const Value& value, const KindRow& kind, store::ControlPolicy& policy) {
        const bool as_text = value.is(Type::string);
        if (!as_text && !value.is(Type::object))
            return refuse(value, "\"document\" must be an object, or its text as a string");
        policy.document = as_text ? value.text : json_.substr(value.begin, value.end - value.begin);
        const auto parsed = policy::parse(policy.document, kind.document);
        if (const auto* const error = std::get_if<policy::ParseError>(&parsed)) {
            error_ = as_text ? DeclarationError{{}, error->line, error->column}
                             : place_within(value.begin, error->line, error->column);
            error_.message = error->message;
            return false;
        }
        const std::size_t most = quota(kind.size);
        if (policy::size_without_whitespace(policy.document) > most)
            return refuse(value, fmt::format("a policy of type {} has at most {} characters", kind.name, most));
        return kind.kind == ControlPolicyKind::service || require_resource_control(value, policy.document);
    }

    bool require_resource_control(const Value& at, std::string_view text) {
        const auto document = policy::json::parse(text, limits);
        for (const Value& statement :
             policy::values_of(*std::get<policy::json::Document>(document).root().find("Statement"))) {
            const auto breaches = policy::resource_control_breaches(statement);
            if (!breaches.empty()) return refuse(at, message_of(breaches.front()));
        }
        return true;
    }

    bool read_exceptions(const Value& exceptions) {
        if (!require_type(exceptions, Type::array, "\"without_full_access\"")) return false;
        std::set<std::string_view> named;
        for (const Value& target : exceptions.items) {
            if (!require_target(target)) return false;
            if (!named.insert(target.text).second) return refuse(target, fmt::format("{} is named twice", target.text));
            if (count_attached(ControlPolicyKind::service, target.text) == 0)
                return refuse(
                    target, fmt::format("{} must keep FullAWSAccess: it has no other policy of type scp", target.text));
            organization_.without_full_access.emplace_back(target.text);
        }
        return true;
    }

    bool make_ids(const Value& root) {
        std::string& root_id = organization_.units["/"];
        if (root_id.empty()) root_id = "r-" + made_id(organization_.id, 4);
        std::set<std::string_view> taken;
        for (auto& [path, id] : organization_.units) {
            if (id.empty()) id = fmt::format("ou-{}-{}", root_id.substr(2), made_id(organization_.id + path, 8));
            if (!taken.insert(id).second) return refuse(root, fmt::format("two units have the id {}", id));
        }
        return true;
    }

    /// The place in the declaration of a place in a document that stands in it.
    DeclarationError place_within(std::size_t begin, std::size_t line, std::size_t column) const {
        DeclarationError place = place_of(begin);
        place.column = line == 1 ? place.column + column - 1 : column;
        place.line += line - 1;
        return place;
    }

    DeclarationError place_of(std::size_t at) const {
        const policy::Position position = policy::position_at(json_, at);
        return {{}, position.line, position.column};
    }

    std::size_t quota(aws::Quota of) const { return static_cast<std::size_t>(quotas_[of]); }

    std::string_view json_;
    const aws::Quotas& quotas_;
    store::DeclaredOrganization organization_;
    std::map<std::pair<ControlPolicyKind, std::string>, std::size_t> attached_;  ///< how many policies, by target
    std::set<std::pair<ControlPolicyKind, std::string>> names_;                  ///< of the policies
    DeclarationError error_;
};

/// The names are different, so nobody has to look each up among those before it.
template <class Map, class Name>
nlohmann::ordered_json object_of(const Map& map, Name name_of) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    auto& members = object.get_ref<nlohmann::ordered_json::object_t&>();
    members.reserve(map.size());
    for (const auto& [key, value] : map) members.Container::emplace_back(name_of(key), value);
    return object;
}

}  // namespace

std::variant<store::DeclaredOrganization, DeclarationError> parse_organization(std::string_view json,
                                                                               const aws::Quotas& quotas) {
    Reader reader(json, quotas);
    if (!reader.read()) return reader.error();
    return reader.take();
}

std::string write_organization(const store::DeclaredOrganization& organization) {
    nlohmann::ordered_json body = {{"id", organization.id}};
    body["feature_set"] = organization.all_features ? all_features : billing_only;
    if (organization.management_account) body["management_account"] = organization.management_account->str();
    body["accounts"] = object_of(organization.accounts, [](const AccountId& account) { return account.str(); });
    body["units"] = object_of(organization.units, [](const std::string& path) { return path; });
    body["policies"] = nlohmann::ordered_json::array();
    for (const store::ControlPolicy& policy : organization.policies) {
        // A document that cannot be read is shown as it is: a text.
        nlohmann::ordered_json document = nlohmann::ordered_json::parse(policy.document, nullptr, false);
        if (document.is_discarded()) document = policy.document;
        body["policies"].push_back({{"type", row_of(policy.kind).name},
                                    {"name", policy.name},
                                    {"document", std::move(document)},
                                    {"targets", policy.targets}});
    }
    body["without_full_access"] = organization.without_full_access;
    body["trusted_access"] = organization.trusted_services;
    body["delegated_administrators"] = nlohmann::ordered_json::object();
    for (const auto& [service, accounts] : organization.delegated_administrators) {
        auto& listed = body["delegated_administrators"][service] = nlohmann::ordered_json::array();
        for (const AccountId& account : accounts) listed.push_back(account.str());
    }
    return json_text(body, 2);
}

}  // namespace iamlocal::testbench
