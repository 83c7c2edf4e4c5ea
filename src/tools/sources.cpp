#include "tools/sources.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.hpp"
#include "catalogue/managed_policies.hpp"
#include "policy/parse.hpp"
#include "tools/cloudformation.hpp"
#include "tools/findings.hpp"
#include "tools/input.hpp"
#include "tools/yaml.hpp"

namespace iamlocal::tools {
namespace {

/// A plan of a large account; a document by itself is bounded by the parser.
constexpr std::size_t most_plan_bytes = std::size_t{64} << 20;

bool has_extension(const std::string& name, std::string_view extension) { return name.ends_with(extension); }

bool is_yaml(const std::string& name) { return has_extension(name, ".yaml") || has_extension(name, ".yml"); }

/// The attributes of Terraform's resources that hold policies.
constexpr std::array<std::string_view, 5> policy_attributes{"policy", "assume_role_policy", "inline_policy", "content",
                                                            "access_policy"};

/// What an attribute's policy is for, where the resource's type says so.
std::string kind_of(std::string_view type, std::string_view attribute, const nlohmann::json& values) {
    using policy::DocumentKind;
    if (attribute == "assume_role_policy") return std::string(name_of(DocumentKind::trust));
    if (attribute == "inline_policy" || type == "aws_iam_role_policy" || type == "aws_iam_user_policy" ||
        type == "aws_iam_group_policy")
        return std::string(name_of(DocumentKind::identity, lint::Use::inline_policy));
    if (type == "aws_vpc_endpoint" || type == "aws_vpc_endpoint_policy")
        return std::string(name_of(DocumentKind::resource, lint::Use::vpc_endpoint));
    if (type == "aws_organizations_policy") {
        const auto wanted = values.find("type");
        return std::string(name_of(wanted != values.end() && *wanted == "RESOURCE_CONTROL_POLICY" ? DocumentKind::rcp
                                                                                                  : DocumentKind::scp));
    }
    return {};
}

void collect_attribute(const std::string& address, std::string_view name, const std::string& kind,
                       const nlohmann::json& value, std::vector<Source>& sources) {
    if (value.is_array()) {
        for (const nlohmann::json& item : value) collect_attribute(address, name, kind, item, sources);
    } else if (value.is_object()) {
        if (const auto inner = value.find("policy"); inner != value.end())
            collect_attribute(address, name, kind, *inner, sources);
    } else if (value.is_string()) {
        const std::string text = value.get<std::string>();
        const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
        if (document.is_object() && document.contains("Statement"))
            sources.push_back({fmt::format("{}.{}", address, name), text, kind});
    }
}

void collect_module(const nlohmann::json& module, const std::string& file, std::vector<Source>& sources) {
    if (!module.is_object()) return;
    for (const nlohmann::json& resource : module.value("resources", nlohmann::json::array())) {
        if (!resource.is_object() || !resource.contains("values") || !resource["values"].is_object()) continue;
        const auto address = resource.find("address");
        if (address == resource.end() || !address->is_string()) continue;
        const std::string name = fmt::format("{}#{}", file, address->get<std::string>());
        const auto type = resource.find("type");
        const std::string type_name = type != resource.end() && type->is_string() ? type->get<std::string>() : "";
        for (const std::string_view attribute : policy_attributes) {
            const auto value = resource["values"].find(attribute);
            if (value == resource["values"].end()) continue;
            collect_attribute(name, attribute, kind_of(type_name, attribute, resource["values"]), *value, sources);
        }
    }
    for (const nlohmann::json& child : module.value("child_modules", nlohmann::json::array()))
        collect_module(child, file, sources);
}

/// Whether something in it is true: that is not known before the plan is applied.
bool holds_true(const nlohmann::json& value) {
    if (value.is_boolean()) return value.get<bool>();
    return value.is_structured() && std::any_of(value.begin(), value.end(), holds_true);
}

/// An address without the indexes of counts and loops: `a.b["x"].c[0]` is `a.b.c`.
std::string without_indexes(std::string_view address) {
    std::string out;
    bool inside = false;
    bool quoted = false;
    for (const char c : address) {
        if (inside && c == '"') quoted = !quoted;
        if (!inside && c == '[') inside = true;
        if (!inside) out.push_back(c);
        if (inside && !quoted && c == ']') inside = false;
    }
    return out;
}

const nlohmann::json* find_member(const nlohmann::json& object, std::string_view name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() ? nullptr : &*found;
}

/// `ADDRESS.ATTRIBUTE` of what stands in the configuration: the others are AWS's to fill in.
void collect_configured(const nlohmann::json& module, const std::string& prefix, std::set<std::string>& configured) {
    if (const auto* resources = find_member(module, "resources"); resources && resources->is_array())
        for (const nlohmann::json& resource : *resources) {
            const auto* address = find_member(resource, "address");
            const auto* expressions = find_member(resource, "expressions");
            if (!address || !address->is_string() || !expressions || !expressions->is_object()) continue;
            for (const auto& [attribute, unused] : expressions->items())
                configured.insert(fmt::format("{}{}.{}", prefix, address->get<std::string>(), attribute));
        }
    if (const auto* calls = find_member(module, "module_calls"); calls && calls->is_object())
        for (const auto& [name, call] : calls->items())
            if (const auto* called = find_member(call, "module"))
                collect_configured(*called, fmt::format("{}module.{}.", prefix, name), configured);
}

/// The policies of a plan that are known only when it is applied.
std::vector<std::string> find_later(const nlohmann::json& plan, const std::string& file) {
    std::vector<std::string> later;
    const auto* changes = find_member(plan, "resource_changes");
    if (!changes || !changes->is_array()) return later;
    std::set<std::string> configured;
    const auto* configuration = find_member(plan, "configuration");
    const auto* root = configuration ? find_member(*configuration, "root_module") : nullptr;
    if (root) collect_configured(*root, "", configured);
    for (const nlohmann::json& resource : *changes) {
        const auto* address = find_member(resource, "address");
        const auto* type = find_member(resource, "type");
        const auto* change = find_member(resource, "change");
        const auto* unknown = change ? find_member(*change, "after_unknown") : nullptr;
        if (!address || !address->is_string() || !type || !unknown) continue;
        const std::string name = address->get<std::string>();
        for (const std::string_view attribute : policy_attributes) {
            // Of other types it is the content of an object or a file.
            if (attribute == "content" && *type != "aws_organizations_policy") continue;
            const auto* value = find_member(*unknown, attribute);
            if (!value || !holds_true(*value)) continue;
            if (root && !configured.contains(fmt::format("{}.{}", without_indexes(name), attribute))) continue;
            later.push_back(fmt::format("{}#{}.{}", file, name, attribute));
        }
    }
    return later;
}

/// Nesting costs stack: a plan is never as deep as that.
bool is_shallow(std::string_view text) {
    constexpr int most_depth = 200;
    int depth = 0;
    for (const char c : text) {
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        if (depth > most_depth) return false;
    }
    return true;
}

/// The planned policies, if the text is a plan in JSON.
Sources read_plan(const std::string& file, const std::string& text) {
    Sources sources;
    if (text.find("\"planned_values\"") == std::string::npos || !is_shallow(text)) return sources;
    const nlohmann::json plan = nlohmann::json::parse(text, nullptr, false);
    if (!plan.is_object() || !plan.contains("planned_values") || !plan["planned_values"].is_object()) return sources;
    collect_module(plan["planned_values"].value("root_module", nlohmann::json::object()), file, sources.found);
    sources.later = find_later(plan, file);
    if (sources.found.empty())
        throw InputError({file}, fmt::format("is a plan of Terraform in which no policy is known{}{}",
                                             sources.later.empty() ? "" : "; known only after apply: ",
                                             fmt::join(sources.later, ", ")));
    return sources;
}

/// The ARN whose name is nearest: what all ARNs begin with would make any two of them alike.
std::string find_similar_policy(std::string_view arn) {
    const auto name_in = [](std::string_view text) { return text.substr(text.rfind('/') + 1); };
    std::vector<std::string> names;
    for (const auto& entry : catalogue::managed_policies::all()) names.emplace_back(entry.name);
    const std::string nearest = find_nearest(name_in(arn), names);
    for (const auto& entry : catalogue::managed_policies::all())
        if (!nearest.empty() && entry.name == nearest) return std::string(entry.arn);
    return {};
}

std::string managed_policy(const std::string& arn) {
    const catalogue::managed_policies::Entry* entry = catalogue::managed_policies::find(arn);
    if (!entry) {
        const std::string nearest = find_similar_policy(arn);
        throw InputError(fmt::format("'{}' is none of AWS's managed policies{}", arn,
                                     nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
    }
    return std::string(catalogue::managed_policies::document(*entry));
}

std::string as_json(const std::string& name, std::string text) {
    if (!is_yaml(name)) return text;
    return yaml::guarded(name, [&] { return yaml::parse(text, name).json(); });
}

/// A document to decide by has no part that is not known.
const std::string& whole_text(const Source& source) {
    if (!source.problem.empty()) throw InputError(source.problem);
    return source.text;
}

/// Of several documents the one whose name is wanted, or whose name goes on from there.
std::string pick(const Sources& sources, const std::string& file, const std::string& wanted) {
    std::vector<const Source*> fitting;
    for (const Source& source : sources.found) {
        if (source.name == wanted) return whole_text(source);
        const bool goes_on = source.name.size() > wanted.size() && source.name.starts_with(wanted) &&
                             std::string_view("#.[").find(source.name[wanted.size()]) != std::string_view::npos;
        if (goes_on) fitting.push_back(&source);
    }
    if (fitting.size() == 1) return whole_text(*fitting.front());
    for (const std::string& later : sources.later)
        if (fitting.empty() && later.starts_with(wanted) && wanted.size() > file.size())
            throw InputError({later}, "is known only after apply");
    if (!sources.problems.empty() && fitting.empty()) throw InputError(sources.problems.front());
    std::vector<std::string_view> names;
    for (const Source& source : sources.found) names.push_back(source.name);
    if (names.empty()) throw InputError({file}, "holds no policy");
    throw InputError({wanted},
                     fmt::format("{}; there {} {}", fitting.empty() ? "names no policy" : "names several policies",
                                 names.size() == 1 ? "is" : "are", fmt::join(names, ", ")));
}

/// Of `FILE#ADDRESS` the file.
std::string file_of(const std::string& name) {
    const std::size_t mark = name.find('#');
    std::error_code ignored;
    return mark == std::string::npos || std::filesystem::exists(name, ignored) ? name : name.substr(0, mark);
}

}  // namespace

Sources read_sources(const std::string& name, const TemplateParameters& given) {
    if (name.starts_with("arn:")) return {{{name, managed_policy(name)}}, {}, {}};
    std::string text = read_input(name, most_plan_bytes);
    if (Sources planned = read_plan(name, text); !planned.found.empty()) return planned;
    // What begins like JSON and is none has a better complaint than that of YAML.
    if (may_be_template(text) && (is_yaml(name) || (is_shallow(text) && nlohmann::json::accept(text))))
        if (std::optional<Sources> sources = read_template(name, text, given)) return *std::move(sources);
    if (text.size() > policy::max_document_bytes)
        throw InputError({name}, fmt::format("has more than {} bytes", policy::max_document_bytes));
    return {{{name, as_json(name, std::move(text))}}, {}, {}};
}

std::string read_document(const std::string& name, const TemplateParameters& given) {
    if (name.starts_with("arn:")) return managed_policy(name);
    const std::string file = file_of(name);
    return pick(read_sources(file, given), file, name);
}

void TemplateNames::add(const TemplateNames& more) {
    names.insert(names.end(), more.names.begin(), more.names.end());
    any_import = any_import || more.any_import;
}

void require_known_parameters(const TemplateParameters& given, const TemplateNames& known) {
    if (known.any_import) return;
    const auto is_known = [&](std::string_view name) {
        return std::find(known.names.begin(), known.names.end(), name) != known.names.end();
    };
    for (const auto& [name, value] : given) {
        if (name.starts_with("AWS::") || is_known(name)) continue;
        const std::size_t dot = name.find('.');
        if (dot != std::string::npos && is_known(name.substr(0, dot))) continue;
        const std::string nearest = find_nearest(name.substr(0, dot), known.names);
        throw InputError(fmt::format("the parameter '{}' means nothing to any template{}", name,
                                     nearest.empty()
                                         ? ""
                                         : fmt::format("; did you mean {}{}?", nearest,
                                                       dot == std::string::npos ? std::string() : name.substr(dot))));
    }
}

void require_known_parameters(const TemplateParameters& given, const std::vector<std::string>& documents) {
    if (given.empty()) return;
    TemplateNames known;
    std::set<std::string> read;
    for (const std::string& name : documents) {
        if (name.starts_with("arn:")) continue;
        if (name == "-") return;  // standard input cannot be read again
        const std::string file = file_of(name);
        try {
            if (read.insert(file).second) known.add(read_sources(file, given).names);
        } catch (const InputError&) {
            return;  // whoever needs it complains
        }
    }
    require_known_parameters(given, known);
}

TemplateParameters parse_template_parameters(const std::vector<std::string>& arguments) {
    TemplateParameters given;
    for (const std::string& argument : arguments) {
        const std::size_t equals = argument.find('=');
        if (equals == 0 || equals == std::string::npos)
            throw InputError(fmt::format("--parameter: '{}' is not NAME=VALUE", argument));
        given[argument.substr(0, equals)] = argument.substr(equals + 1);
    }
    return given;
}

std::vector<std::string> files_below(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code error;
    const auto options = std::filesystem::directory_options::skip_permission_denied;
    std::filesystem::recursive_directory_iterator entry(folder, options, error);
    for (; !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
        const std::string file = entry->path().filename().string();
        if (file.starts_with('.')) {
            entry.disable_recursion_pending();
            continue;
        }
        const std::string path = entry->path().lexically_normal().string();
        std::error_code ignored;
        if ((is_yaml(path) || has_extension(path, ".json")) && entry->is_regular_file(ignored)) files.push_back(path);
    }
    if (error) throw InputError({folder}, fmt::format("cannot be read: {}", error.message()));
    std::sort(files.begin(), files.end());
    return files;
}

bool speaks_of_statements(const std::string& file) {
    return read_file(file, most_plan_bytes).find("Statement") != std::string::npos;
}

bool looks_like_policies(const std::vector<Source>& sources) {
    return std::any_of(sources.begin(), sources.end(),
                       [](const Source& source) { return source.text.find("\"Statement\"") != std::string::npos; });
}

}  // namespace iamlocal::tools
