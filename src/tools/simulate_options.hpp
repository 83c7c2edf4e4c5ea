// The arguments of `iamlocal simulate`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/arguments.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {

/// Lets names pass that AWS does not have.
inline constexpr const char* names_flag = "--allow-unknown-names";

/// Where a running server is and how it is asked. An empty url: files are asked.
struct Endpoint {
    std::string url;
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token;
    std::string region;
    std::string ca_bundle;  ///< PEM file; empty: the system's
};

/// One question as it was asked.
struct SimulateOptions {
    std::string action;                ///< the one that is asked now
    std::vector<std::string> actions;  ///< all that are asked, one after the other
    std::string resource = "*";
    std::string resource_account;
    CallerText caller;
    std::vector<std::string> identity;
    std::vector<std::string> session;
    std::string boundary;
    std::string resource_policy;
    std::string trust;
    std::vector<LevelFile> scp;
    std::vector<LevelFile> rcp;
    ContextKeys context;
    TemplateParameters parameters;
    bool json = false;
    bool any_names = false;  ///< also those that AWS does not have
    bool explain = false;
    Endpoint endpoint;
};

/// Help that was asked for, or the options.
struct SimulateCall {
    std::optional<std::string> help;
    SimulateOptions options;
};

/// Reads the arguments. Throws InputError for those that cannot be understood or do not go together.
[[nodiscard]] SimulateCall parse_simulate(const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
