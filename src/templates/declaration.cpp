#include "templates/declaration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "aws/service_principals.hpp"
#include "base/crypto.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"
#include "policy/position.hpp"
#include "templates/render.hpp"

namespace iamlocal::templates {
namespace {

using policy::json::Type;
using policy::json::Value;

constexpr policy::json::Limits limits{std::size_t{4} << 20, policy::max_document_depth + 8};
constexpr std::size_t max_partner_name = 30;

struct KindRow {
    std::string_view name;
    Parameter::Kind kind;
    bool is_list;
};
constexpr std::array<KindRow, 6> kinds{{{"String", Parameter::Kind::string, false},
                                        {"StringList", Parameter::Kind::string, true},
                                        {"Number", Parameter::Kind::number, false},
                                        {"NumberList", Parameter::Kind::number, true},
                                        {"Arn", Parameter::Kind::arn, false},
                                        {"ArnList", Parameter::Kind::arn, true}}};

bool is_parameter_name(std::string_view text) {
    return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// As AWS's ids of versions look, from nothing but the text.
std::string made_id(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const Digest digest = sha256(text);
    std::string id = "AVTA";
    for (std::size_t i = 0; i < 17; ++i) id.push_back(letters[digest[i] % letters.size()]);
    return id;
}

/// Cuts a template's ARN into its parts.
bool read_arn(std::string_view text, RoleTemplate& out) {
    const std::optional<Arn> arn = Arn::parse(text);
    constexpr std::string_view type = "role-template/";
    if (!arn || arn->partition != "aws" || arn->service != "iam" || !arn->region.empty() || arn->account != "aws" ||
        !arn->resource.starts_with(type))
        return false;
    std::string_view rest = arn->resource.substr(type.size());
    const std::size_t slash = rest.find('/');
    const std::size_t colon = rest.rfind(':');
    if (slash == std::string_view::npos || colon == std::string_view::npos || colon < slash) return false;
    const std::optional<std::int64_t> major = parse_number(rest.substr(colon + 1));
    out.arn = text;
    out.service = rest.substr(0, slash);
    out.name = rest.substr(slash + 1, colon - slash - 1);
    if (!major || *major < 1 || out.name.empty() || out.name.find('/') != std::string::npos) return false;
    out.major = *major;
    return aws::is_service_principal(out.service);
}

/// Its functions say whether all is well so far; what is not is in error().
class Reader {
  public:
    explicit Reader(std::string_view json) : json_(json) {}

    bool read() {
        const auto parsed = policy::json::parse(json_, limits);
        if (const auto* const syntax = std::get_if<policy::json::Error>(&parsed)) {
            error_ = place_of(syntax->at);
            error_.message = syntax->reason;
            return false;
        }
        const Value& root = std::get<policy::json::Document>(parsed).root();
        if (!require_type(root, Type::object, "the declaration") ||
            !require_known(root, {"role_templates", "delegation_templates"}))
            return false;
        return each(root, "role_templates", [&](const Value& value) { return read_role_template(value); }) &&
               each(root, "delegation_templates", [&](const Value& value) { return read_delegation(value); });
    }

    Templates take() { return std::move(templates_); }
    const DeclarationError& error() const { return error_; }

  private:
    bool refuse(const Value& at, std::string message) {
        error_ = place_of(at.begin);
        error_.message = std::move(message);
        return false;
    }

    DeclarationError place_of(std::size_t at) const {
        const policy::Position position = policy::position_at(json_, at);
        return {{}, position.line, position.column};
    }

    bool require_type(const Value& value, Type type, std::string_view what) {
        if (value.is(type)) return true;
        const std::string_view wanted = type == Type::object    ? "an object"
                                        : type == Type::array   ? "an array"
                                        : type == Type::boolean ? "true or false"
                                        : type == Type::number  ? "a number"
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

    bool require_members(const Value& object, std::string_view what, std::initializer_list<std::string_view> needed) {
        for (const std::string_view name : needed)
            if (object.find(name) == nullptr) return refuse(object, fmt::format("{} needs a \"{}\"", what, name));
        return true;
    }

    /// The items of an array that may be absent.
    template <class Use>
    bool each(const Value& object, std::string_view name, Use use) {
        const Value* const array = object.find(name);
        if (array == nullptr) return true;
        return require_type(*array, Type::array, fmt::format("\"{}\"", name)) &&
               std::all_of(array->items.begin(), array->items.end(), use);
    }

    /// The members of an object that may be absent.
    template <class Use>
    bool each_member(const Value& object, std::string_view name, Use use) {
        const Value* const members = object.find(name);
        if (members == nullptr) return true;
        return require_type(*members, Type::object, fmt::format("\"{}\"", name)) &&
               std::all_of(members->items.begin(), members->items.end(), use);
    }

    bool read_text(const Value& object, std::string_view name, std::string& out) {
        const Value* const value = object.find(name);
        if (value == nullptr) return true;
        if (!require_type(*value, Type::string, fmt::format("\"{}\"", name))) return false;
        out = value->text;
        return true;
    }

    bool read_bool(const Value& object, std::string_view name, bool& out) {
        const Value* const value = object.find(name);
        if (value == nullptr) return true;
        if (!require_type(*value, Type::boolean, fmt::format("\"{}\"", name))) return false;
        out = value->text == "true";
        return true;
    }

    bool read_number(const Value& object, std::string_view name, std::int64_t least, std::int64_t most,
                     std::int64_t& out) {
        const Value* const value = object.find(name);
        if (value == nullptr) return true;
        const std::optional<std::int64_t> number = value->is(Type::number) ? parse_number(value->text) : std::nullopt;
        if (!number || *number < least || *number > most)
            return refuse(*value, fmt::format("\"{}\" must be a whole number from {} to {}", name, least, most));
        out = *number;
        return true;
    }

    /// As an object, or as a string that holds its text.
    bool read_document(const Value& value, std::string_view what, std::string& out) {
        const bool as_text = value.is(Type::string);
        if (!as_text && !value.is(Type::object))
            return refuse(value, fmt::format("{} must be an object, or its text as a string", what));
        out = as_text ? value.text : json_.substr(value.begin, value.end - value.begin);
        const auto parsed = policy::json::parse(out, {policy::max_document_bytes, policy::max_document_depth});
        const auto* const document = std::get_if<policy::json::Document>(&parsed);
        if (document == nullptr || !document->root().is(Type::object) || document->root().find("Statement") == nullptr)
            return refuse(value, fmt::format("{} is no policy document", what));
        return true;
    }

    bool read_parameter(const Value& value, std::vector<Parameter>& parameters) {
        if (!require_type(value, Type::object, "a parameter") ||
            !require_known(value, {"name", "type", "sub_type", "description", "default", "required", "immutable"}) ||
            !require_members(value, "a parameter", {"name", "type"}))
            return false;
        Parameter parameter;
        std::string type;
        if (!read_text(value, "name", parameter.name) || !read_text(value, "type", type) ||
            !read_text(value, "sub_type", parameter.sub_type) ||
            !read_text(value, "description", parameter.description) ||
            !read_text(value, "default", parameter.default_value) ||
            !read_bool(value, "required", parameter.is_required) ||
            !read_bool(value, "immutable", parameter.is_immutable))
            return false;
        if (!is_parameter_name(parameter.name))
            return refuse(value, fmt::format("\"{}\" is no name of a parameter", parameter.name));
        for (const Parameter& other : parameters)
            if (other.name == parameter.name)
                return refuse(value, fmt::format("there is already a parameter {}", parameter.name));
        const auto* const row =
            std::find_if(kinds.begin(), kinds.end(), [&](const KindRow& known) { return known.name == type; });
        if (row == kinds.end())
            return refuse(value,
                          "the type of a parameter is one of String, StringList, Number, NumberList, Arn, ArnList");
        parameter.kind = row->kind;
        parameter.is_list = row->is_list;
        parameters.push_back(std::move(parameter));
        return true;
    }

    enum class Lists { allowed, refused };

    /// Every placeholder must be a parameter; where one text is meant, none that is a list.
    bool require_parameters(const Value& at, std::string_view text, const std::vector<Parameter>& parameters,
                            Lists lists) {
        for (const std::string& name : parameters_in(text)) {
            const auto found = std::find_if(parameters.begin(), parameters.end(),
                                            [&](const Parameter& parameter) { return parameter.name == name; });
            if (found == parameters.end()) return refuse(at, fmt::format("there is no parameter {}", name));
            if (found->is_list && lists == Lists::refused)
                return refuse(at, fmt::format("the list {} can stand in documents only", name));
        }
        return true;
    }

    bool read_role_template(const Value& value) {
        if (!require_type(value, Type::object, "a role template") ||
            !require_known(value, {"arn", "description", "enabled", "default_minor_version", "versions"}) ||
            !require_members(value, "a role template", {"arn", "versions"}))
            return false;
        RoleTemplate role;
        std::string arn;
        if (!read_text(value, "arn", arn) || !read_text(value, "description", role.description) ||
            !read_bool(value, "enabled", role.enabled) ||
            !read_number(value, "default_minor_version", 0, INT32_MAX, role.default_minor))
            return false;
        if (!read_arn(arn, role))
            return refuse(*value.find("arn"),
                          fmt::format("\"{}\" is no ARN of a role template; such as "
                                      "arn:aws:iam::aws:role-template/iam.amazonaws.com/Example:1 is",
                                      arn));
        if (templates_.find_role(arn) != nullptr)
            return refuse(value, fmt::format("there is already a template {}", arn));
        if (!each(value, "versions", [&](const Value& version) { return read_version(version, role); })) return false;
        if (role.find_version(role.default_minor) == nullptr)
            return refuse(value, fmt::format("{} has no minor version {}", role.name, role.default_minor));
        templates_.roles.push_back(std::move(role));
        return true;
    }

    bool read_version(const Value& value, RoleTemplate& role) {
        if (!require_type(value, Type::object, "a version") ||
            !require_known(value, {"minor_version", "id", "enabled", "role_name", "role_path", "role_description",
                                   "trust_policy", "inline_policies", "managed_policies", "permissions_boundary",
                                   "parameters", "tags", "max_session_duration"}) ||
            !require_members(value, "a version", {"role_name", "trust_policy"}))
            return false;
        RoleVersion version;
        if (!read_number(value, "minor_version", 0, INT32_MAX, version.minor) || !read_text(value, "id", version.id) ||
            !read_bool(value, "enabled", version.enabled) || !read_text(value, "role_name", version.role_name) ||
            !read_text(value, "role_path", version.role_path) ||
            !read_text(value, "role_description", version.role_description) ||
            !read_text(value, "permissions_boundary", version.permissions_boundary) ||
            !read_number(value, "max_session_duration", 3600, 43200, version.max_session_duration) ||
            !read_document(*value.find("trust_policy"), "\"trust_policy\"", version.trust_policy) ||
            !each(value, "parameters",
                  [&](const Value& parameter) { return read_parameter(parameter, version.parameters); }))
            return false;
        if (role.find_version(version.minor) != nullptr)
            return refuse(value, fmt::format("there is already a minor version {}", version.minor));
        if (version.id.empty()) version.id = made_id(fmt::format("{} {}", role.arn, version.minor));
        const auto& parameters = version.parameters;
        for (const std::string* const text :
             {&version.role_name, &version.role_path, &version.role_description, &version.permissions_boundary})
            if (!require_parameters(value, *text, parameters, Lists::refused)) return false;
        if (!require_parameters(*value.find("trust_policy"), version.trust_policy, parameters, Lists::allowed) ||
            !read_policies(value, version) || !each_member(value, "tags", [&](const Value& tag) {
                if (!require_type(tag, Type::string, "the value of a tag") ||
                    !require_parameters(tag, tag.text, parameters, Lists::refused))
                    return false;
                version.tags.emplace_back(tag.key, tag.text);
                return true;
            }))
            return false;
        role.versions.push_back(std::move(version));
        return true;
    }

    bool read_policies(const Value& value, RoleVersion& version) {
        return each_member(value, "inline_policies",
                           [&](const Value& policy) {
                               std::string document;
                               if (!read_document(policy, fmt::format("the policy {}", policy.key), document) ||
                                   !require_parameters(policy, document, version.parameters, Lists::allowed))
                                   return false;
                               version.inline_policies.emplace_back(policy.key, std::move(document));
                               return true;
                           }) &&
               each(value, "managed_policies", [&](const Value& arn) {
                   if (!require_type(arn, Type::string, "the ARN of a managed policy") ||
                       !require_parameters(arn, arn.text, version.parameters, Lists::refused))
                       return false;
                   version.managed_policies.emplace_back(arn.text);
                   return true;
               });
    }

    bool read_delegation(const Value& value) {
        if (!require_type(value, Type::object, "a delegation template") ||
            !require_known(value, {"arn", "partner_account", "partner_name", "policy", "parameters"}) ||
            !require_members(value, "a delegation template", {"arn", "partner_account", "partner_name", "policy"}))
            return false;
        DelegationTemplate delegation;
        std::string partner;
        if (!read_text(value, "arn", delegation.arn) || !read_text(value, "partner_account", partner) ||
            !read_text(value, "partner_name", delegation.partner_name) ||
            !read_document(*value.find("policy"), "\"policy\"", delegation.policy) ||
            !each(value, "parameters",
                  [&](const Value& parameter) { return read_parameter(parameter, delegation.parameters); }))
            return false;
        const std::optional<Arn> arn = Arn::parse(delegation.arn);
        if (!arn || arn->service != "iam" || delegation.arn.size() < 20 || delegation.arn.size() > 2048)
            return refuse(*value.find("arn"), fmt::format("\"{}\" is no ARN of IAM", delegation.arn));
        if (!ids::is_account_id(partner))
            return refuse(*value.find("partner_account"),
                          fmt::format("\"{}\" is no account: twelve digits are", partner));
        if (delegation.partner_name.empty() || delegation.partner_name.size() > max_partner_name)
            return refuse(*value.find("partner_name"),
                          fmt::format("the name of a partner has 1 to {} characters", max_partner_name));
        if (templates_.find_delegation(delegation.arn) != nullptr)
            return refuse(value, fmt::format("there is already a template {}", delegation.arn));
        for (const Parameter& parameter : delegation.parameters)
            if (parameter.kind != Parameter::Kind::string || parameter.name.size() < 5)
                return refuse(
                    *value.find("parameters"),
                    "the parameters of a delegation template are of type String or StringList, with names of 5 "
                    "or more characters");
        if (!require_parameters(*value.find("policy"), delegation.policy, delegation.parameters, Lists::allowed))
            return false;
        delegation.partner = AccountId(partner);
        templates_.delegations.push_back(std::move(delegation));
        return true;
    }

    std::string_view json_;
    Templates templates_;
    DeclarationError error_;
};

template <class List, class Matches>
auto* find_in(const List& list, Matches matches) {
    const auto found = std::find_if(list.begin(), list.end(), matches);
    return found == list.end() ? nullptr : &*found;
}

const Parameter* find_by_name(const std::vector<Parameter>& parameters, std::string_view name) {
    return find_in(parameters, [&](const Parameter& parameter) { return parameter.name == name; });
}

}  // namespace

const Parameter* RoleVersion::find_parameter(std::string_view name) const { return find_by_name(parameters, name); }
const Parameter* DelegationTemplate::find_parameter(std::string_view name) const {
    return find_by_name(parameters, name);
}

const RoleVersion* RoleTemplate::find_version(std::optional<std::int64_t> minor) const {
    return find_in(versions, [&](const RoleVersion& each) { return each.minor == minor.value_or(default_minor); });
}

const RoleTemplate* Templates::find_role(std::string_view arn) const {
    return find_in(roles, [&](const RoleTemplate& each) { return each.arn == arn; });
}

const DelegationTemplate* Templates::find_delegation(std::string_view arn) const {
    return find_in(delegations, [&](const DelegationTemplate& each) { return each.arn == arn; });
}

std::variant<Templates, DeclarationError> parse_declaration(std::string_view json) {
    Reader reader(json);
    if (!reader.read()) return reader.error();
    return reader.take();
}

}  // namespace iamlocal::templates
