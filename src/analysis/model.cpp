#include "analysis/model.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "policy/evaluate.hpp"
#include "policy/json.hpp"
#include "policy/outline.hpp"

namespace iamlocal::analysis {
namespace {

std::vector<std::string> texts_of(const policy::json::Value* element) {
    std::vector<std::string> texts;
    if (element)
        for (const policy::json::Value& value : policy::values_of(*element)) texts.emplace_back(value.text);
    return texts;
}

/// The document's conditions in the order in which the compiler keeps them.
std::vector<std::shared_ptr<const Atom>> atoms_of(const policy::Statement& statement,
                                                  const policy::json::Value* element, bool variables) {
    std::vector<std::shared_ptr<const Atom>> atoms;
    if (!element) return atoms;
    for (const policy::json::Value& keys : element->items) {
        for (const policy::json::Value& values : keys.items) {
            Atom atom{statement.conditions.at(atoms.size()), texts_of(&values), variables, {}};
            std::vector<std::string> sorted = atom.values;
            std::sort(sorted.begin(), sorted.end());
            atom.id = fmt::format("{}\n{}\n{}", fold_case(keys.key), atom.condition.key, variables);
            for (const std::string& value : sorted) atom.id.append("\n").append(value);
            atoms.push_back(std::make_shared<const Atom>(std::move(atom)));
        }
    }
    return atoms;
}

std::vector<PrincipalName> principals_of(const policy::json::Value* element) {
    std::vector<PrincipalName> names;
    if (!element) return names;
    if (element->is(policy::json::Type::string)) return {{"AWS", std::string(element->text)}};
    for (const policy::json::Value& type : element->items)
        for (const policy::json::Value& value : policy::values_of(type))
            names.push_back({std::string(type.key), std::string(value.text)});
    return names;
}

}  // namespace

std::string Box::path() const {
    return sid.empty() ? fmt::format("Statement[{}]", index) : fmt::format("Statement[{}] ({})", index, sid);
}

std::variant<Model, policy::ParseError> Model::read(std::string_view text, policy::DocumentKind kind,
                                                    const std::shared_ptr<VariableNames>& names) {
    auto parsed = policy::parse(text, kind, policy::Strictness::lenient);
    if (auto* error = std::get_if<policy::ParseError>(&parsed)) return std::move(*error);
    Model model;
    model.policy_ = std::make_shared<const policy::Policy>(std::move(std::get<policy::Policy>(parsed)));
    model.names_ = names;
    const policy::Policy& compiled = *model.policy_;
    const auto json = policy::json::parse(text, {policy::max_document_bytes, policy::max_document_depth});
    const auto outlined = policy::outline(std::get<policy::json::Document>(json).root(), kind);
    const auto& outline = std::get<policy::Outline>(outlined);
    for (std::size_t i = 0; i < outline.statements.size(); ++i) {
        const policy::StatementOutline& source = outline.statements[i];
        Box& box = model.boxes_.emplace_back();
        box.index = i;
        box.sid = compiled.statements[i].sid;
        box.allows = compiled.statements[i].effect == policy::Effect::allow;
        box.actions = texts_of(source.action.value);
        Clause action{{}, source.action.negated};
        for (const std::string& value : box.actions) action.any.push_back(TextPattern::action(value));
        box.action = std::make_shared<const Clause>(std::move(action));
        if (source.resource.value) {
            box.resources = texts_of(source.resource.value);
            Clause resource{{}, source.resource.negated};
            for (const std::string& value : box.resources)
                resource.any.push_back(TextPattern::resource(value, kind, compiled.variables_enabled, *names));
            box.resource = std::make_shared<const Clause>(std::move(resource));
        }
        box.atoms = atoms_of(compiled.statements[i], source.condition, compiled.variables_enabled);
        box.principals = principals_of(source.principal.value);
    }
    return model;
}

Model Model::nothing(policy::DocumentKind kind, const std::shared_ptr<VariableNames>& names) {
    Model model;
    policy::Policy empty;
    empty.kind = kind;
    model.policy_ = std::make_shared<const policy::Policy>(std::move(empty));
    model.names_ = names;
    return model;
}

bool Model::has_principals() const {
    return kind() == policy::DocumentKind::trust || kind() == policy::DocumentKind::resource ||
           kind() == policy::DocumentKind::rcp;
}

bool Model::names_principal(const Box& box, const policy::Principal& principal) const {
    policy::Statement bare = policy_->statements[box.index];
    bare.action = {false, {policy::ActionPattern::parse("*")}};
    bare.resource.reset();
    bare.resource_cost = {};
    bare.conditions.clear();
    const policy::Request request{&principal, "iam:GetUser", "*", {}, nullptr};
    const policy::Subject subject(request);
    return policy::match(*policy_, bare, subject).applies();
}

std::optional<policy::TypeVerdict> Model::judge(const policy::Request& request) const {
    const policy::SourcedPolicy source{policy_.get(), "document", {}};
    const policy::Policies list(&source, 1);
    policy::PolicySet set;
    policy::PolicyType type = policy::PolicyType::identity;
    switch (kind()) {
        case policy::DocumentKind::identity:
            set.identity = list;
            break;
        case policy::DocumentKind::boundary:
            set.boundary = list;
            type = policy::PolicyType::boundary;
            break;
        case policy::DocumentKind::session:
            set.session = list;
            type = policy::PolicyType::session;
            break;
        case policy::DocumentKind::scp:
            set.scp = std::span(&list, 1);
            type = policy::PolicyType::scp;
            break;
        case policy::DocumentKind::rcp:
            set.rcp = std::span(&list, 1);
            type = policy::PolicyType::rcp;
            break;
        case policy::DocumentKind::trust:
            set.resource = list;
            set.resource_part = policy::ResourcePolicyPart::trust;
            type = policy::PolicyType::trust;
            break;
        case policy::DocumentKind::resource:
            set.resource = list;
            type = policy::PolicyType::resource;
            break;
    }
    policy::Trace trace;
    if (policy::decide(set, request, trace).exhausted) return std::nullopt;
    return trace.says(type).value_or(policy::TypeVerdict::nothing);
}

}  // namespace iamlocal::analysis
