#include "protocol/model_printer.hpp"

#include <iterator>

#include <fmt/format.h>

namespace iamlocal::protocol {

void ModelPrinter::quoted(std::string_view text) {
    out_.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out_.push_back('\\');
            out_.push_back(c);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            fmt::format_to(std::back_inserter(out_), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out_.push_back(c);
        }
    }
    out_.push_back('"');
}

void ModelPrinter::begin(const char* name, std::string_view type, Presence presence) {
    if (!first_) out_.push_back(',');
    first_ = false;
    quoted(name);
    out_.append(":{\"type\":\"").append(type).append("\"");
    if (presence == Presence::required) out_.append(",\"required\":true");
}

void ModelPrinter::text_rule(const TextRule& rule) {
    if (rule.min > 0) fmt::format_to(std::back_inserter(out_), ",\"min\":{}", rule.min);
    if (rule.max != unlimited) fmt::format_to(std::back_inserter(out_), ",\"max\":{}", rule.max);
    if (rule.pattern != nullptr) {
        out_.append(",\"pattern\":");
        quoted(rule.pattern);
    }
    if (rule.values.empty()) return;
    out_.append(",\"enum\":[");
    for (std::size_t i = 0; i < rule.values.size(); ++i) {
        if (i > 0) out_.push_back(',');
        quoted(rule.values[i]);
    }
    out_.push_back(']');
}

void ModelPrinter::list_rule(const ListRule& rule) {
    if (rule.min > 0) fmt::format_to(std::back_inserter(out_), ",\"min\":{}", rule.min);
    if (rule.max != unlimited) fmt::format_to(std::back_inserter(out_), ",\"max\":{}", rule.max);
}

void ModelPrinter::text(const char* name, Presence presence, const TextRule& rule, Slot<std::string_view>) {
    begin(name, "string", presence);
    text_rule(rule);
    out_.push_back('}');
}

void ModelPrinter::integer(const char* name, Presence presence, const NumberRule& rule, Slot<std::int64_t>) {
    begin(name, "integer", presence);
    if (rule.min) fmt::format_to(std::back_inserter(out_), ",\"min\":{}", *rule.min);
    if (rule.max) fmt::format_to(std::back_inserter(out_), ",\"max\":{}", *rule.max);
    out_.push_back('}');
}

void ModelPrinter::boolean(const char* name, Presence presence, Slot<bool>) {
    begin(name, "boolean", presence);
    out_.push_back('}');
}

void ModelPrinter::text_list(const char* name, Presence presence, const ListRule& rule, const TextRule& item,
                             Slot<std::string_view>) {
    begin(name, "list", presence);
    list_rule(rule);
    out_.append(",\"member\":{\"type\":\"string\"");
    text_rule(item);
    out_.append("}}");
}

void ModelPrinter::structure_list(const char* name, Presence presence, const ListRule& rule, StructureList list) {
    begin(name, "list", presence);
    list_rule(rule);
    out_.append(",\"member\":{\"type\":\"structure\",\"members\":{");
    first_ = true;
    list.append(list.target, *this);
    first_ = false;
    out_.append("}}}");
}

}  // namespace iamlocal::protocol
