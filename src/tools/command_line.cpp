#include "tools/command_line.hpp"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {

namespace {

constexpr std::size_t help_width = 80;
constexpr std::size_t help_column = 28;

/// Help in 80 columns: CLI11's own lines are as long as their texts.
class NarrowHelp : public CLI::Formatter {
  public:
    std::string make_option(const CLI::Option* option, bool is_positional) const override {
        const std::string name = "  " + make_option_name(option, is_positional) + make_option_opts(option);
        return two_columns(name, make_option_desc(option));
    }
    std::string make_description(const CLI::App* app) const override {
        return two_columns("", app->get_description(), 0) + "\n";
    }

  private:
    static std::string two_columns(const std::string& name, std::string text, std::size_t indent = help_column) {
        std::string out = name;
        std::size_t column = name.size();
        while (!text.empty()) {
            if (column + 1 > indent && column > 0) {
                out.push_back('\n');
                column = 0;
            }
            out.append(indent - column, ' ');
            std::size_t end = text.size();
            if (end > help_width - indent) {
                const std::size_t space = text.rfind(' ', help_width - indent);
                end = space == std::string::npos ? std::min(text.find(' '), text.size()) : space;
            }
            out.append(text, 0, end);
            column = help_width;
            text.erase(0, end + 1);
        }
        return out + "\n";
    }
};

/// `; did you mean --policy?`, or nothing.
std::string did_you_mean(const CLI::App& app, const std::string& argument) {
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    const std::string nearest = find_nearest(argument.substr(0, argument.find('=')), known);
    return nearest.empty() ? std::string() : fmt::format("; did you mean {}?", nearest);
}

[[noreturn]] void refuse_unknown(const CLI::App& app, const std::string& argument) {
    throw InputError(fmt::format("'{}' is no argument of this command{}", argument, did_you_mean(app, argument)));
}

}  // namespace

std::optional<std::string> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments) {
    app.formatter(std::make_shared<NarrowHelp>());
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
    } catch (const CLI::CallForHelp&) {
        return app.help();
    } catch (const CLI::RequiredError& error) {
        // CLI11 looks for what is missing first, but an option with a slip of the pen is both.
        const std::vector<std::string> unknown = app.remaining();
        if (unknown.empty()) throw InputError(error.what());
        refuse_unknown(app, unknown.front());
    } catch (const CLI::ExtrasError& error) {
        const std::vector<std::string> unknown = app.remaining();
        if (unknown.empty()) throw InputError(error.what());
        refuse_unknown(app, unknown.front());
    } catch (const CLI::ParseError& error) {
        const std::string message = error.what();
        throw InputError(message.substr(0, message.find('\n')));
    }
    for (const CLI::Option* option : app.get_options()) {
        const std::vector<std::string>& values = option->results();
        if (std::find(values.begin(), values.end(), "") != values.end())
            throw InputError(fmt::format("{} must not be empty", option->get_name()));
    }
    return std::nullopt;
}

}  // namespace iamlocal::tools
