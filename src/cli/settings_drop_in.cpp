// Settings: what those need who come from another emulator.
#include <fmt/format.h>

#include "cli/setting.hpp"
#include "cli/setting_values.hpp"

namespace iamlocal::cli {
namespace {

constexpr Choice<Config::Localstack> localstack_modes[] = {
    {"auto", Config::Localstack::automatic}, {"on", Config::Localstack::on}, {"off", Config::Localstack::off}};
constexpr Choice<Config::IdleServices> idle_service_words[] = {{"available", Config::IdleServices::available},
                                                               {"running", Config::IdleServices::running}};

}  // namespace

std::span<const Setting> settings_of_drop_in() {
    static const Setting settings[] = {
        {"localstack", "MODE", "Take LocalStack's variables: on, off, or auto (those that no other program has)",
         "auto, on or off",
         [](Config& c, const std::string& t) { return set_choice(c.localstack, t, localstack_modes); },
         [](const Config& c) { return show_choice(c.localstack, localstack_modes); }},
        {"public-host", "NAME:PORT",
         "Name by which clients call the server, with or without a port; shown and accepted", "NAME or NAME:PORT",
         [](Config& c, const std::string& t) { return c.public_host = t, !t.empty(); },
         [](const Config& c) { return c.public_host; }},
        {"init-scripts", "DIR", "Run the scripts in DIR/ready.d and so on, with root's credentials", "a folder",
         [](Config& c, const std::string& t) { return c.init_scripts = t, !t.empty(); },
         [](const Config& c) { return c.init_scripts; }},
        {"init-timeout", "SECONDS", "How long one of these scripts may take", "seconds from 1 to 86400",
         [](Config& c, const std::string& t) { return set_seconds(c.init_timeout, t); },
         [](const Config& c) { return std::to_string(c.init_timeout.count()); }},
        {"idle-services", "WORD",
         "What LocalStack's health path calls a service that nobody called: available, running", "available or running",
         [](Config& c, const std::string& t) { return set_choice(c.idle_services, t, idle_service_words); },
         [](const Config& c) { return show_choice(c.idle_services, idle_service_words); }},
    };
    return settings;
}

}  // namespace iamlocal::cli
