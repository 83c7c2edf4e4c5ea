#include "tools/policy_document.hpp"

#include <filesystem>
#include <utility>
#include <variant>

#include "policy/json.hpp"
#include "policy/parse.hpp"
#include "policy/position.hpp"
#include "tools/known_names.hpp"
#include "tools/resource_policy.hpp"
#include "tools/sources.hpp"

namespace iamlocal::tools {

PolicyDocument::PolicyDocument(std::string text, Place place)
    : text_(std::move(text)), resource_text_(complete_resource_policy(text_)), place_(std::move(place)) {}

const policy::Policy& PolicyDocument::as(policy::DocumentKind kind) {
    std::shared_ptr<const policy::Policy>& compiled = compiled_.at(static_cast<std::size_t>(kind));
    if (compiled) return *compiled;
    auto parsed = policy::parse(text(kind), kind);
    if (const auto* error = std::get_if<policy::ParseError>(&parsed)) {
        const bool somewhere = error->line > 1 || error->column > 1;
        throw InputError(somewhere ? Place{place_.file, error->line, error->column} : place_, error->message);
    }
    compiled = std::make_shared<const policy::Policy>(std::move(std::get<policy::Policy>(parsed)));
    if (!statements_.empty()) return *compiled;

    const auto json = policy::json::parse(text_, {policy::max_document_bytes, policy::max_document_depth});
    const policy::json::Value* const list = std::get<policy::json::Document>(json).root().find("Statement");
    policy::PositionCursor lines(text_);
    for (std::size_t i = 0; i < compiled->statements.size(); ++i) {
        const policy::json::Value& whole = list->is(policy::json::Type::array) ? list->items[i] : *list;
        const policy::Position start = lines.at(whole.begin);
        statements_.push_back({{place_.file, start.line, start.column}, compiled->statements[i].sid, false});
    }
    return *compiled;
}

void PolicyDocument::check() {
    for (const std::shared_ptr<const policy::Policy>& compiled : compiled_)
        if (compiled) return;
    for (const auto kind : {policy::DocumentKind::resource, policy::DocumentKind::trust}) {
        if (std::holds_alternative<policy::ParseError>(policy::parse(text(kind), kind))) continue;
        as(kind);
        return;
    }
    as(policy::DocumentKind::identity);
}

void PolicyDocument::check_names(std::string_view way_out) const { require_known_names(text_, place_.file, way_out); }

PolicyDocument& DocumentShelf::file(const std::string& path, const TemplateParameters& parameters) {
    std::error_code failed;
    std::filesystem::path whole = std::filesystem::weakly_canonical(path, failed);
    if (failed) whole = path;
    PolicyDocument*& known = by_path_[{whole.string(), parameters}];
    if (!known) known = &documents_.emplace_back(read_document(path, parameters), Place{path});
    return *known;
}

PolicyDocument& DocumentShelf::inlined(std::string text, Place place) {
    return documents_.emplace_back(std::move(text), std::move(place));
}

}  // namespace iamlocal::tools
