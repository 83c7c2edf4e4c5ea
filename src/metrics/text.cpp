#include "metrics/text.hpp"

#include <cmath>

#include <fmt/format.h>

namespace iamlocal::metrics {
namespace {

std::string_view name_of(Type type) {
    switch (type) {
        case Type::counter:
            return "counter";
        case Type::gauge:
            return "gauge";
        case Type::histogram:
            return "histogram";
    }
    return "untyped";
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
    for (const char c : text) {
        if (c == '\n')
            out.append("\\n");
        else if (c == '\\' || (quotes && c == '"'))
            out.append("\\").push_back(c);
        else
            out.push_back(c);
    }
}

}  // namespace

void Text::begin(std::string_view name, Type type, std::string_view help) {
    name_ = name;
    out_.append("# HELP ").append(name).append(" ");
    append_escaped(out_, help, false);
    out_.append("\n# TYPE ").append(name).append(" ").append(name_of(type)).append("\n");
}

void Text::head(Labels labels, std::string_view suffix) {
    out_.append(name_).append(suffix);
    char before = '{';
    for (const auto& [name, value] : labels) {
        out_.push_back(before);
        out_.append(name).append("=\"");
        append_escaped(out_, value, true);
        out_.push_back('"');
        before = ',';
    }
    out_.append(before == '{' ? " " : "} ");
}

void Text::sample(Labels labels, std::uint64_t value, std::string_view suffix) {
    head(labels, suffix);
    out_.append(fmt::format("{}\n", value));
}

void Text::sample(Labels labels, double value, std::string_view suffix) {
    head(labels, suffix);
    if (std::isinf(value))
        out_.append(value > 0 ? "+Inf\n" : "-Inf\n");
    else if (std::isnan(value))
        out_.append("NaN\n");
    else
        out_.append(fmt::format("{}\n", value));
}

}  // namespace iamlocal::metrics
