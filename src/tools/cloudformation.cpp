#include "tools/cloudformation.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tools/findings.hpp"
#include "tools/template_values.hpp"
#include "tools/yaml.hpp"

namespace iamlocal::tools {
namespace {

using yaml::Value;
/// Types whose policies are inline ones of users, groups and roles.
constexpr std::array<std::string_view, 9> inline_types{
    "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy",    "AWS::IAM::GroupPolicy",    "AWS::IAM::Role",
    "AWS::IAM::User",   "AWS::IAM::Group",      "AWS::SSO::PermissionSet", "AWS::Serverless::Function"};

/// Whether somewhere in the value a map has the key. `Fn::If` may stand between.
bool has_key(const Value& value, std::string_view key) {
    if (value.is_list()) {
        for (const Value& item : value.items("a list"))
            if (has_key(item, key)) return true;
    } else if (value.is_map()) {
        for (const auto& [name, item] : value.entries("a map"))
            if ((name.is_scalar() && name.scalar("a key") == key) || has_key(item, key)) return true;
    }
    return false;
}

/// Rules of firewalls have Statement as well, but no Effect.
bool is_policy(const Value& value) {
    const auto statements = value.find("Statement");
    return statements && has_key(*statements, "Effect");
}

/// The policies of one template.
class Reader {
  public:
    Reader(const std::string& file, const Value& root, const TemplateParameters& given)
        : file_(file), root_(root), values_(root, given) {}

    Sources read() && {
        for (const auto& [name, resource] : root_.find("Resources")->entries("Resources")) {
            guarded([&, &name = name, &resource = resource] {
                if (const auto condition = resource.find("Condition"); condition && condition->is_scalar())
                    if (!values_.holds(condition->scalar("a condition"), *condition)) return;
                const auto type = resource.find("Type");
                const auto properties = resource.find("Properties");
                if (!type || !type->is_scalar() || !properties) return;
                type_ = type->scalar("a type");
                properties_ = *properties;
                walk(*properties, name.scalar("a resource's name"), "");
            });
        }
        for (const char* section : {"Parameters", "Resources"})
            if (const auto declared = root_.find(section); declared && declared->is_map())
                for (const auto& [name, unused] : declared->entries(section))
                    sources_.names.names.push_back(name.scalar("a name"));
        collect_imports(root_);
        return std::move(sources_);
    }

  private:
    template <class Read>
    void guarded(const Read& read) {
        try {
            read();
        } catch (const InputError& error) {
            sources_.problems.emplace_back(error.what());
        }
    }

    /// The names of what is imported, as far as they can be worked out.
    void collect_imports(const Value& value) {
        if (value.tag() == "!ImportValue") return add_import(value);
        if (value.is_list()) {
            for (const Value& item : value.items("a list")) collect_imports(item);
        } else if (value.is_map()) {
            for (const auto& [key, item] : value.entries("a map")) {
                if (key.is_scalar() && key.scalar("a key") == "Fn::ImportValue") {
                    add_import(item);
                } else {
                    collect_imports(item);
                }
            }
        }
    }

    void add_import(const Value& value) {
        try {
            sources_.names.names.push_back(value.is_scalar() ? value.scalar("an import") : values_.text_of(value));
        } catch (const InputError&) {
            sources_.names.any_import = true;
        }
    }

    void walk(const Value& found, const std::string& name, const std::string& path) {
        guarded([&] {
            const Value value = values_.branch_of(found);
            if (is_policy(value)) return add_policy(value, name, path);
            if (value.is_scalar() || TemplateValues::is_function(value)) return walk_text(value, name, path);
            if (value.is_list()) {
                std::size_t index = 0;
                for (const Value& item : value.items("a list")) walk(item, name, fmt::format("{}[{}]", path, index++));
            } else if (value.is_map()) {
                for (const auto& [key, item] : value.entries("a map"))
                    walk(item, name, fmt::format("{}.{}", path, key.scalar("a key")));
            }
        });
    }

    /// A policy in a text, as some types take it. Its places are its own.
    void walk_text(const Value& value, const std::string& name, const std::string& path) {
        const bool may = value.json().find("Statement") != std::string::npos;
        if (!may) return;
        const PlainValue made = values_.work_out(value);
        if (made.kind != PlainValue::Kind::text) return;
        const nlohmann::json document = nlohmann::json::parse(made.text, nullptr, false);
        if (document.is_object() && document.contains("Statement")) add(name, path, made.text);
    }

    void add_policy(const Value& value, const std::string& name, const std::string& path) {
        std::vector<std::string> problems;
        std::string text = values_.work_out(value, unknown_value, problems).json();
        add(name, path, std::move(text), problems.empty() ? std::string() : problems.front());
        sources_.problems.insert(sources_.problems.end(), problems.begin(), problems.end());
    }

    void add(const std::string& name, const std::string& path, std::string text, std::string problem = {}) {
        sources_.found.push_back(
            {fmt::format("{}#{}{}", file_, name, path), std::move(text), kind_of(path), std::move(problem)});
    }

    std::string kind_of(std::string_view path) {
        using policy::DocumentKind;
        if (path.ends_with("AssumeRolePolicyDocument")) return std::string(name_of(DocumentKind::trust));
        if (type_ == "AWS::IAM::ManagedPolicy") return std::string(name_of(DocumentKind::identity));
        if (type_ == "AWS::EC2::VPCEndpoint")
            return std::string(name_of(DocumentKind::resource, lint::Use::vpc_endpoint));
        if (type_ == "AWS::Organizations::Policy") {
            const auto kind = properties_->find("Type");
            const bool of_resources = kind && values_.text_of(*kind) == "RESOURCE_CONTROL_POLICY";
            return std::string(name_of(of_resources ? DocumentKind::rcp : DocumentKind::scp));
        }
        for (const std::string_view type : inline_types)
            if (type == type_) return std::string(name_of(DocumentKind::identity, lint::Use::inline_policy));
        return {};
    }

    const std::string& file_;
    Value root_;
    TemplateValues values_;
    std::string type_;
    std::optional<Value> properties_;
    Sources sources_;
};

bool is_template(const Value& root) {
    const auto resources = root.find("Resources");
    if (!resources || !resources->is_map()) return false;
    for (const auto& [name, resource] : resources->entries("Resources")) {
        const auto type = resource.find("Type");
        if (type && type->is_scalar() && type->scalar("a type").find("::") != std::string::npos) return true;
    }
    return false;
}

}  // namespace

bool may_be_template(std::string_view text) {
    return text.find("Resources") != std::string_view::npos && text.find("::") != std::string_view::npos;
}

std::optional<Sources> read_template(const std::string& file, const std::string& text,
                                     const TemplateParameters& given) {
    return yaml::guarded(file, [&]() -> std::optional<Sources> {
        const Value root = yaml::parse(text, file);
        if (!is_template(root)) return std::nullopt;
        return Reader(file, root, given).read();
    });
}

}  // namespace iamlocal::tools
