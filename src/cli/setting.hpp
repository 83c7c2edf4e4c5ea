// What a setting is, and the tables of them, a file per topic.
#pragma once

#include <span>
#include <string>

#include "iamlocal/config.hpp"

namespace iamlocal::cli {

/// Sets a value from its text; false if it is impossible.
using Set = bool (*)(Config& config, const std::string& text);
using Show = std::string (*)(const Config& config);

/// One setting: the flag is --name, the variable IAMLOCAL_NAME with '_' for '-'.
struct Setting {
    const char* name;
    const char* value;  ///< as help shows it
    const char* help;
    const char* expected;  ///< for the sentence about an impossible value
    Set set;
    Show show;
    bool secret = false;      ///< not printed, and NAME_FILE names a file that holds it
    bool repeatable = false;  ///< a list, whose values are separated by commas in the environment
    /// What is wrong with an impossible value, for settings where `expected` says too little.
    std::string (*complaint)(const std::string& text) = nullptr;
    const char* former = nullptr;  ///< the name it had before, which is still taken
};

/// Where the server listens, to whom it answers, how long it waits and what it logs.
std::span<const Setting> settings_of_server();
/// Where identities are kept, who is there from the beginning, and what is enforced.
std::span<const Setting> settings_of_identities();
/// Identity providers.
std::span<const Setting> settings_of_federation();
/// What tests need, and what programs are told of the machine.
std::span<const Setting> settings_of_testbench();

/// The audit trail.
std::span<const Setting> settings_of_trail();

/// What those need who come from another emulator.
std::span<const Setting> settings_of_drop_in();

}  // namespace iamlocal::cli
