#include "protocol/model_printer.hpp"

#include <nlohmann/json.hpp>

namespace iamlocal::protocol {
namespace {

using Json = nlohmann::ordered_json;

/// The limits of a text or a list; a limit that limits nothing is left out, as in AWS's model.
void add_lengths(Json& member, std::size_t min, std::size_t max) {
    if (min > 0) member["min"] = min;
    if (max != unlimited) member["max"] = max;
}

Json text_of(const TextRule& rule) {
    Json member = {{"type", "string"}};
    add_lengths(member, rule.min, rule.max);
    if (rule.pattern != nullptr) member["pattern"] = rule.pattern;
    if (!rule.values.empty()) member["enum"] = rule.values;
    return member;
}

Json list_of(const ListRule& rule, Json item) {
    Json member = {{"type", "list"}, {"member", std::move(item)}};
    add_lengths(member, rule.min, rule.max);
    return member;
}

}  // namespace

void ModelPrinter::add(const char* name, Presence presence, Json member) {
    if (presence == Presence::required) member["required"] = true;
    members_[name] = std::move(member);
}

void ModelPrinter::text(const char* name, Presence presence, const TextRule& rule, Slot<std::string_view>) {
    add(name, presence, text_of(rule));
}

void ModelPrinter::integer(const char* name, Presence presence, const NumberRule& rule, Slot<std::int64_t>) {
    Json member = {{"type", "integer"}};
    if (rule.min) member["min"] = *rule.min;
    if (rule.max) member["max"] = *rule.max;
    add(name, presence, std::move(member));
}

void ModelPrinter::boolean(const char* name, Presence presence, Slot<bool>) {
    add(name, presence, {{"type", "boolean"}});
}

void ModelPrinter::text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                             Slot<std::string_view>) {
    add(name, presence, list_of(rule, text_of(item)));
}

void ModelPrinter::structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) {
    Json members = Json::object();
    ModelPrinter printer(members);
    list.append(list.target, printer);
    const char* const type = rule.of_unions ? "union" : "structure";
    add(name, presence, list_of(rule, {{"type", type}, {"members", std::move(members)}}));
}

void ModelPrinter::structure_member(const char* name, Presence presence, StructureMember member) {
    Json members = Json::object();
    ModelPrinter printer(members);
    member.describe(member.target, printer);
    add(name, presence, {{"type", "structure"}, {"members", std::move(members)}});
}

void ModelPrinter::map_member(const char* name, Presence presence, MapEntries entries) {
    Json entry = Json::object();
    ModelPrinter printer(entry);
    entries.append(entries.target, {}, printer);
    Json value = std::move(entry["value"]);
    value.erase("required");
    add(name, presence, {{"type", "map"}, {"value", std::move(value)}});
}

}  // namespace iamlocal::protocol
