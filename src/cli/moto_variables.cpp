#include <set>

#include <fmt/format.h>

#include "cli/other_emulators.hpp"

namespace iamlocal::cli {

std::variant<Translation, UsageError> translate_moto(const Environment& environment) {
    Translation result;
    std::set<std::string> idle;
    for (const std::string& variable : environment) {
        const std::size_t equals = variable.find('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == variable.size()) continue;
        const std::string name = variable.substr(0, equals);
        const std::string value = variable.substr(equals + 1);
        if (name == "MOTO_ACCOUNT_ID") {
            result.settings.push_back({"account-id", value, name});
        } else if (name == "INITIAL_NO_AUTH_ACTION_COUNT") {
            if (value != "0")
                return UsageError{
                    fmt::format("{}: every request is authenticated and decided, and none is let in before; only 0 is "
                                "possible. Prepare with root's key, or with --seed",
                                name)};
        } else if (name.starts_with("MOTO_")) {
            idle.insert(name);
        }
    }
    if (!idle.empty())
        result.remarks.push_back(fmt::format("variables of moto that have no effect: {}", fmt::join(idle, ", ")));
    return result;
}

}  // namespace iamlocal::cli
