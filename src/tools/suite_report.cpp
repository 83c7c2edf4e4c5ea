#include "tools/suite_report.hpp"

#include <algorithm>
#include <pugixml.hpp>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "policy/explanation.hpp"
#include "tools/colour.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

using Json = nlohmann::ordered_json;

std::string indented(std::string_view text, std::string_view by) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) out.append(by);
        out.append(text.substr(0, end)).push_back('\n');
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string plural(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// A case of several questions needs them in its name to be told apart.
std::string full_name(const Check& check) {
    if (check.of->actions.size() == 1 && check.of->resources.size() == 1) return check.of->name;
    return fmt::format("{} [{} on {}]", check.of->name, check.action, check.resource);
}

struct StringWriter final : pugi::xml_writer {
    std::string text;
    void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

double seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

void append_case(pugi::xml_node suite, const Check& check) {
    pugi::xml_node node = suite.append_child("testcase");
    node.append_attribute("name") = printable(full_name(check)).c_str();
    node.append_attribute("classname") = printable(check.suite->file).c_str();
    node.append_attribute("file") = printable(check.of->place.file).c_str();
    node.append_attribute("line") = static_cast<unsigned long long>(check.of->place.line);
    node.append_attribute("time") = fmt::format("{:.6f}", seconds(check.took)).c_str();
    if (check.passed()) return;
    pugi::xml_node failure = node.append_child("failure");
    failure.append_attribute("message") = printable(check.failure).c_str();
    failure.append_attribute("type") = "expectation";
    const std::string details =
        fmt::format("{}: {} on {}\n{}", check.of->place.text(), check.action, check.resource, check.explanation);
    failure.text().set(printable(details).c_str());
}

void append_totals(pugi::xml_node node, const Check* begin, const Check* end) {
    std::chrono::microseconds took{};
    for (const Check* check = begin; check != end; ++check) took += check->took;
    node.append_attribute("tests") = static_cast<unsigned long long>(end - begin);
    node.append_attribute("failures") =
        static_cast<unsigned long long>(std::count_if(begin, end, [](const Check& check) { return !check.passed(); }));
    node.append_attribute("errors") = 0;
    node.append_attribute("time") = fmt::format("{:.6f}", seconds(took)).c_str();
}

}  // namespace

double Coverage::percent() const {
    return statements == 0 ? 100.0 : 100.0 * static_cast<double>(reached) / static_cast<double>(statements);
}

Coverage measure(const DocumentShelf& shelf) {
    Coverage coverage;
    for (const PolicyDocument& document : shelf.all()) {
        for (const PolicyDocument::Statement& statement : document.statements()) {
            ++coverage.statements;
            if (statement.reached) {
                ++coverage.reached;
            } else {
                coverage.missed.push_back(&statement);
            }
        }
    }
    return coverage;
}

std::size_t TestRun::failures() const {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.passed(); }));
}

std::string text_report(const TestRun& run, bool colours) {
    const auto shown = [&](Colour colour, std::string text) {
        return colours ? in_colour(colour, text) : std::move(text);
    };
    std::string out;
    for (const Check& check : run.checks) {
        if (check.passed()) continue;
        out.append(fmt::format("{}: {} {}\n", check.of->place.text(), shown(Colour::red, "FAILED:"), full_name(check)));
        out.append(fmt::format("  {} on {}: {}\n", check.action, check.resource, check.failure));
        out.append(indented(colours ? colour_explanation(check.explanation) : check.explanation,
                            std::string(explanation_indent, ' ')))
            .push_back('\n');
    }
    const Coverage& coverage = run.coverage;
    if (!coverage.missed.empty()) out.append("No case reached these statements:\n");
    for (const PolicyDocument::Statement* statement : coverage.missed)
        out.append(
            fmt::format("  {}: {}\n", statement->place.text(), statement->sid.empty() ? "(no Sid)" : statement->sid));
    if (!coverage.missed.empty()) out.push_back('\n');
    const std::size_t failures = run.failures();
    out.append(fmt::format("{}; {} of {} reached ({:.1f} %)\n",
                           shown(failures > 0 ? Colour::red : Colour::green,
                                 fmt::format("{} passed, {} failed", run.checks.size() - failures, failures)),
                           coverage.reached, plural(coverage.statements, "statement"), coverage.percent()));
    return out;
}

std::string json_report(const TestRun& run) {
    Json checks = Json::array();
    for (const Check& check : run.checks) {
        Json entry{{"suite", check.suite->file},
                   {"name", check.of->name},
                   {"line", check.of->place.line},
                   {"action", check.action},
                   {"resource", check.resource},
                   {"expected", name_of(check.of->expected.answer)},
                   {"decision", policy::name_of(check.found)},
                   {"passed", check.passed()}};
        if (!check.reason.empty()) entry["reason"] = check.reason;
        if (!check.passed()) {
            entry["failure"] = check.failure;
            entry["explanation"] = Json::parse(check.details, nullptr, false);
        }
        checks.push_back(std::move(entry));
    }
    Json missed = Json::array();
    for (const PolicyDocument::Statement* statement : run.coverage.missed)
        missed.push_back({{"file", statement->place.file},
                          {"line", statement->place.line},
                          {"column", statement->place.column},
                          {"sid", statement->sid}});
    const Json out{{"passed", run.checks.size() - run.failures()},
                   {"failed", run.failures()},
                   {"coverage",
                    {{"statements", run.coverage.statements},
                     {"reached", run.coverage.reached},
                     {"percent", run.coverage.percent()},
                     {"missed", std::move(missed)}}},
                   {"checks", std::move(checks)}};
    return json_text(out, 2) + "\n";
}

std::string junit_report(const TestRun& run) {
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    pugi::xml_node root = document.append_child("testsuites");
    root.append_attribute("name") = "iamlocal test";
    const Check* const end = run.checks.data() + run.checks.size();
    append_totals(root, run.checks.data(), end);
    for (const Check* begin = run.checks.data(); begin != end;) {
        const Check* const next =
            std::find_if(begin, end, [&](const Check& check) { return check.suite != begin->suite; });
        pugi::xml_node suite = root.append_child("testsuite");
        suite.append_attribute("name") = printable(begin->suite->file).c_str();
        append_totals(suite, begin, next);
        for (; begin != next; ++begin) append_case(suite, *begin);
    }
    StringWriter writer;
    document.save(writer, "  ");
    return writer.text;
}

}  // namespace iamlocal::tools
