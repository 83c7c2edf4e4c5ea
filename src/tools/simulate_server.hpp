// `iamlocal simulate --endpoint`: the question put to a running server by SimulatePrincipalPolicy.
#pragma once

#include <string>
#include <string_view>

#include "tools/simulate_options.hpp"

namespace iamlocal::tools {

/// The call's form, percent-encoded: SimulatePrincipalPolicy with the policies of `options` read from their files.
/// Throws InputError for a document that cannot be read or would be refused.
[[nodiscard]] std::string simulation_form(const SimulateOptions& options);

/// The server's answer in words or JSON, and the exit status that goes with it.
struct ServerAnswer {
    std::string text;
    int status = 0;
};

/// Reads an answer. Throws InputError for an error of the server and for what is no answer at all.
[[nodiscard]] ServerAnswer read_simulation(int http_status, std::string_view xml, const SimulateOptions& options);

/// Asks, prints, and gives the exit status.
int ask_server(const SimulateOptions& options);

}  // namespace iamlocal::tools
