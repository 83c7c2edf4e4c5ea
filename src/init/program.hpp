// Runs one program beside the server, for a time that has an end.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace iamlocal::init {

/// Variables as `NAME=value`.
using Variables = std::vector<std::string>;

/// Runs it in a process group of its own. It reads nothing, writes where the server does, and has none of the server's
/// other files. Returns when it has ended; after `limit`, or as soon as `is_to_stop` says so (it is asked every few
/// milliseconds), the whole group is killed.
///
/// @return what went wrong, in words: `it ended with status 3`; empty if it ended with 0
[[nodiscard]] std::string run_program(const std::filesystem::path& file, const Variables& variables,
                                      std::chrono::milliseconds limit, const std::function<bool()>& is_to_stop);

/// A process's variables for such a program, with root's credentials. Those of iamlocal are left out, since there are
/// secrets among them, and so is what would make an AWS client use other credentials.
///
/// @param own the process's
/// @param endpoint the server's URL; empty: it does not answer yet
[[nodiscard]] Variables variables_for_scripts(const Variables& own, const std::string& endpoint,
                                              const std::string& access_key_id, const std::string& secret_access_key);

}  // namespace iamlocal::init
