#include "cli/settings.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/foreign_variables.hpp"
#include "cli/help_entry.hpp"
#include "cli/other_emulators.hpp"
#include "cli/setting.hpp"
#include "cli/suggestion.hpp"

namespace iamlocal::cli {
namespace {

constexpr std::string_view variable_prefix = "IAMLOCAL_";

/// All of them, as help shows them.
const std::vector<Setting>& all_settings() {
    static const std::vector<Setting> all = [] {
        std::vector<Setting> list;
        for (const auto of_topic : {settings_of_server, settings_of_identities, settings_of_federation,
                                    settings_of_testbench, settings_of_trail, settings_of_drop_in}) {
            const std::span<const Setting> topic = of_topic();
            list.insert(list.end(), topic.begin(), topic.end());
        }
        return list;
    }();
    return all;
}

std::string variable_of(const char* setting) {
    std::string name(variable_prefix);
    for (const char* c = setting; *c != '\0'; ++c)
        name.push_back(*c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? static_cast<char>(*c - 'a' + 'A') : *c);
    return name;
}

/// Where a value came from, as --print-config says it.
using Sources = std::map<std::string, std::string>;

UsageError impossible(std::string_view source, const Setting& setting, const std::string& text) {
    if (setting.secret) return {fmt::format("{}: expected {}", source, setting.expected)};
    if (setting.complaint != nullptr) return {fmt::format("{}: {}", source, setting.complaint(text))};
    return {fmt::format("{}: '{}' is not {}", source, text, setting.expected)};
}

std::optional<UsageError> apply(Config& config, Sources& sources, const Setting& setting, const std::string& text,
                                const std::string& source) {
    if (!setting.set(config, text)) return impossible(source, setting, text);
    sources[setting.name] = source;
    return std::nullopt;
}

std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

std::optional<UsageError> apply_variable(Config& config, Sources& sources, const std::string& name,
                                         const std::string& value, const ReadFile& read_file) {
    for (const Setting& setting : all_settings()) {
        const std::string variable = variable_of(setting.name);
        if (name == variable || (setting.former != nullptr && name == variable_of(setting.former)))
            return apply(config, sources, setting, value, name);
        if (!setting.secret || name != variable + "_FILE") continue;
        const std::optional<std::string> content = read_file(value);
        if (!content) return UsageError{fmt::format("{}: cannot read '{}'", name, value)};
        return apply(config, sources, setting, without_line_end(*content), name);
    }
    if (is_of_kubernetes(name, value)) return std::nullopt;
    std::vector<std::string> known;
    for (const Setting& setting : all_settings()) {
        known.push_back(variable_of(setting.name));
        if (setting.secret) known.push_back(known.back() + "_FILE");
    }
    return UsageError{
        fmt::format("unknown variable {} in the environment{}", name, did_you_mean(name, known, variable_prefix))};
}

std::optional<UsageError> apply_environment(Config& config, Sources& sources, const Environment& environment,
                                            const ReadFile& read_file) {
    std::vector<std::string> names;
    for (const std::string& variable : environment) {
        if (!variable.starts_with(variable_prefix)) continue;
        const std::size_t equals = variable.find('=');
        const std::string name = variable.substr(0, equals);
        const std::string value = equals == std::string::npos ? "" : variable.substr(equals + 1);
        if (auto error = apply_variable(config, sources, name, value, read_file)) return error;
        if (!is_of_kubernetes(name, value)) names.push_back(name);
    }
    const auto given = [&](const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const Setting& setting : all_settings()) {
        if (setting.former == nullptr) continue;
        const std::string now = variable_of(setting.name);
        const std::string former = variable_of(setting.former);
        if (given(now) && given(former)) return UsageError{fmt::format("{} and {} are both set", now, former)};
    }
    for (const std::string& name : names)
        if (given(name + "_FILE")) return UsageError{fmt::format("{} and {}_FILE are both set", name, name)};
    return std::nullopt;
}

// --- other emulators ---------------------------------------------------------------------------------------------

/// Their variables come before ours, which win.
std::optional<UsageError> apply_translation(Config& config, Sources& sources,
                                            std::variant<Translation, UsageError> read,
                                            std::vector<Translated>& applied) {
    if (auto* error = std::get_if<UsageError>(&read)) return std::move(*error);
    auto& translation = std::get<Translation>(read);
    for (std::string& remark : translation.remarks) config.remarks.push_back(std::move(remark));
    for (Translated& item : translation.settings) {
        for (const Setting& setting : all_settings()) {
            if (setting.name != item.setting) continue;
            if (auto error = apply(config, sources, setting, item.value, item.source)) return error;
        }
        applied.push_back(std::move(item));
    }
    return std::nullopt;
}

/// What becomes of them beside ours: the names of those that count.
std::variant<std::vector<std::string>, UsageError> settle(Config& config, Sources& sources,
                                                          const std::vector<Translated>& applied) {
    std::vector<std::string> counting;
    for (const Translated& item : applied) {
        const std::string& source = sources[item.setting];
        const bool is_variable = !item.source.starts_with('-');
        if (source != item.source) {
            if (is_variable)
                config.remarks.push_back(fmt::format("{} has no effect, because of {}", item.source, source));
            continue;
        }
        if (item.setting == "data-dir" && !config.database.empty()) {
            config.data_dir.clear();
            sources.erase(item.setting);
            config.remarks.push_back(fmt::format("{} has no effect, because of the database", item.source));
            continue;
        }
        if (item.setting == "listen" && config.tls_cert.empty()) {
            const std::size_t before = config.listen.size();
            if (!leave_out_https(config.listen))
                return UsageError{
                    fmt::format("{}: port 443 is for HTTPS, which needs a certificate (--tls-cert)", item.source)};
            if (config.listen.size() != before)
                config.remarks.push_back(fmt::format(
                    "{}: nothing is served on port 443, because there is no certificate (--tls-cert)", item.source));
        }
        if (is_variable) counting.push_back(item.source);
    }
    return counting;
}

/// The mode, which must be known before everything else. A wrong one is found out later.
Config::Localstack localstack_mode(const Environment& environment, const std::string& flag) {
    constexpr std::string_view variable = "IAMLOCAL_LOCALSTACK=";
    std::string text = flag;
    for (const std::string& item : environment)
        if (text.empty() && item.starts_with(variable)) text = item.substr(variable.size());
    Config config;
    for (const Setting& setting : settings_of_drop_in())
        if (setting.name == std::string_view("localstack")) setting.set(config, text);
    return config.localstack;
}

std::string print_config(const Config& config, const Sources& sources) {
    std::string out;
    for (const Setting& setting : all_settings()) {
        const auto source = sources.find(setting.name);
        std::string value = setting.show(config);
        if (setting.secret && !value.empty()) value = "(secret)";
        out.append(fmt::format("{:<23} {:<31} {}\n", setting.name, value.empty() ? "-" : value,
                               source == sources.end() ? "default" : source->second));
    }
    return out;
}

// --- help --------------------------------------------------------------------------------------------------------

constexpr NamedHelp stopping_flags[] = {
    {"--print-config", "Print every setting with its source, and stop"},
    {"--describe", "Print the operations served, as JSON, and stop"},
    {"--version", "Print the version and what it knows of AWS (--json), and stop"},
    {"-h, --help", "Print this, and stop"},
};

std::string help_of(const Setting& setting) {
    // What the program has by itself is no secret.
    const std::string usual = setting.show(Config());
    return usual.empty() ? std::string(setting.help) : fmt::format("{} (default: {})", setting.help, usual);
}

std::string help_text() {
    std::string out =
        "AWS IAM and STS on localhost.\n\n"
        "Usage: iamlocal [serve] [FLAGS]\n"
        "       iamlocal COMMAND [ARGUMENTS]\n\n"
        "Commands, each with its own --help:\n";
    for (const NamedHelp& command : commands) append_entry(out, command.name, command.help);
    out.append(
        "\nFlags of the server. Each is also a variable of the environment: IAMLOCAL_ and\n"
        "its name in capitals with '_' for '-', so IAMLOCAL_DATA_DIR for --data-dir:\n");
    for (const Setting& setting : all_settings()) {
        const std::string flag = std::string("--") + setting.name;
        append_entry(out, fmt::format("{} {}", flag, setting.value), help_of(setting));
        if (setting.secret) append_entry(out, flag + "-file FILE", "File that holds it");
    }
    out.append("\nFlags that print something:\n");
    for (const NamedHelp& flag : stopping_flags) append_entry(out, flag.name, flag.help);
    return out.append(
        "\nExamples:\n"
        "  iamlocal                              in memory, at http://127.0.0.1:4566\n"
        "  iamlocal --data-dir ./data            keeps what is created in ./data\n"
        "  iamlocal --listen 127.0.0.1:5000      another port\n"
        "  iamlocal --quota UsersPerAccount=3    meets LimitExceeded soon\n"
        "  iamlocal why                          why the last denial was one\n"
        "  iamlocal validate policies/*.json     what is wrong with policies\n");
}

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const NamedHelp& command : commands) {
        const std::string_view name = command.name;
        names.emplace_back(name.substr(0, name.find(' ')));
    }
    return names;
}

/// A flag, or a word, that nobody knows.
UsageError unknown_argument(const std::string& argument) {
    if (!argument.starts_with("-")) {
        const std::string like = did_you_mean(argument, command_names(), "");
        return {fmt::format("unknown command '{}'{}", argument, like)};
    }
    std::vector<std::string> known{"--help"};
    for (const NamedHelp& flag : stopping_flags)
        if (flag.name[1] == '-') known.emplace_back(flag.name);
    for (const Setting& setting : all_settings()) {
        known.push_back(std::string("--") + setting.name);
        if (setting.secret) known.push_back(known.back() + "-file");
    }
    const std::string flag = argument.substr(0, argument.find('='));
    return {fmt::format("unknown flag {}{}", flag,
                        flag.starts_with("--") ? did_you_mean(flag, known, "--") : did_you_mean(flag, known))};
}

/// What may be a flag, without its value. CLI11 compares each option with all that it knows already, so it is told only
/// of those that somebody has named.
std::set<std::string> named_flags(const std::vector<std::string>& arguments) {
    std::set<std::string> named;
    for (const std::string& argument : arguments)
        if (argument.starts_with("--")) named.insert(argument.substr(0, argument.find('=')));
    return named;
}

}  // namespace

std::variant<Settings, UsageError> parse_settings(std::vector<std::string> arguments, const Environment& environment,
                                                  const ReadFile& read_file) {
    CLI::App app("", "iamlocal");
    std::map<std::string, std::string> given;
    std::map<std::string, std::vector<std::string>> lists;
    const std::set<std::string> named = named_flags(arguments);
    for (const Setting& setting : all_settings()) {
        const std::string flag = std::string("--") + setting.name;
        const std::string former = setting.former == nullptr ? "" : std::string("--") + setting.former;
        if (named.contains(flag) || named.contains(former)) {
            const std::string names = former.empty() ? flag : flag + "," + former;
            CLI::Option* option = setting.repeatable ? app.add_option(names, lists[setting.name], setting.help)
                                                     : app.add_option(names, given[setting.name], setting.help);
            option->type_name(setting.value);
            if (setting.repeatable) option->expected(1)->take_all();
        }
        if (setting.secret && named.contains(flag + "-file"))
            app.add_option(flag + "-file", given[std::string(setting.name) + "-file"], "File that holds it")
                ->type_name("FILE");
    }
    const auto is_given = [&](const std::string& flag) {
        const CLI::Option* const option = app.get_option_no_throw(flag);
        return option != nullptr && option->count() > 0;
    };
    bool wants_config = false;
    bool wants_model = false;
    bool wants_version = false;
    bool wants_json = false;
    app.add_flag("--print-config", wants_config, "Print every setting with its source, and stop");
    app.add_flag("--describe", wants_model, "Print the operations served, as JSON, and stop");
    app.add_flag("--version", wants_version, "Print the version, and stop");
    app.add_flag("--json", wants_json, "Print the version as JSON");
    app.add_subcommand("serve")->fallthrough();
    CLI::App* healthcheck = app.add_subcommand("healthcheck");
    healthcheck->fallthrough();
    app.require_subcommand(0, 1);
    Settings result;
    try {
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
        app.parse(std::move(arguments));
    } catch (const CLI::CallForHelp&) {
        // `sevre --help`, and `help sevre`, which is the same
        const std::vector<std::string> others = app.remaining(true);
        const std::vector<std::string> known = command_names();
        if (!others.empty() && !others.front().starts_with("-") &&
            std::find(known.begin(), known.end(), others.front()) == known.end())
            return unknown_argument(others.front());
        result.command = Command::help;
        result.text = help_text();
        return result;
    } catch (const CLI::ExtrasError& error) {
        const std::vector<std::string> unknown = app.remaining(true);
        if (unknown.empty()) return UsageError{error.what()};
        return unknown_argument(unknown.front());
    } catch (const CLI::ParseError& error) {
        std::string message = error.what();
        return UsageError{message.substr(0, message.find('\n'))};
    }
    if (wants_json && !wants_version) return UsageError{"--json goes with --version"};
    if (wants_version) {
        result.command = Command::version;
        result.json = wants_json;
        return result;
    }

    Sources sources;
    std::vector<Translated> foreign;
    const Config::Localstack mode = localstack_mode(environment, given["localstack"]);
    for (auto read : {translate_localstack(environment, mode), translate_moto(environment)})
        if (auto error = apply_translation(result.config, sources, std::move(read), foreign)) return *std::move(error);
    if (auto error = apply_environment(result.config, sources, environment, read_file)) return *std::move(error);
    for (const Setting& setting : all_settings()) {
        const std::string flag = std::string("--") + setting.name;
        if (is_given(flag)) {
            std::string text = given[setting.name];
            if (setting.repeatable) text = fmt::format("{}", fmt::join(lists[setting.name], ","));
            if (auto error = apply(result.config, sources, setting, text, flag)) return *std::move(error);
        }
        if (!setting.secret || !is_given(flag + "-file")) continue;
        if (is_given(flag)) return UsageError{fmt::format("{} and {}-file exclude each other", flag, flag)};
        const std::string path = given[std::string(setting.name) + "-file"];
        const std::optional<std::string> content = read_file(path);
        if (!content) return UsageError{fmt::format("{}-file: cannot read '{}'", flag, path)};
        if (auto error = apply(result.config, sources, setting, without_line_end(*content), flag + "-file"))
            return *std::move(error);
    }
    auto settled = settle(result.config, sources, foreign);
    if (auto* error = std::get_if<UsageError>(&settled)) return std::move(*error);
    result.foreign = std::get<std::vector<std::string>>(std::move(settled));
    if (healthcheck->parsed()) result.command = Command::healthcheck;
    if (wants_model) result.command = Command::describe;
    if (wants_config) {
        result.command = Command::print_config;
        result.text = print_config(result.config, sources);
    }
    return result;
}

}  // namespace iamlocal::cli
