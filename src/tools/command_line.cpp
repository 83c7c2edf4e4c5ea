#include "tools/command_line.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tools/input.hpp"

namespace iamlocal::tools {

std::optional<std::string> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments) {
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them from the back
    } catch (const CLI::CallForHelp&) {
        return app.help();
    } catch (const CLI::RequiredError& error) {
        // CLI11 looks for what is missing first, but an option with a slip of the pen is both.
        const std::vector<std::string> unknown = app.remaining();
        if (unknown.empty()) throw InputError(error.what());
        throw InputError(fmt::format("'{}' is no argument of this command", unknown.front()));
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
