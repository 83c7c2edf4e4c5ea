#include "tools/policy.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {
namespace {

constexpr const char* policy_help =
    "Policies written from what was done, compared, and asked what they can allow.\n"
    "\n"
    "Usage: iamlocal policy COMMAND [OPTIONS]\n"
    "\n"
    "  generate                  Write the least policies for what CloudTrail files,\n"
    "                            or a running server, have seen\n"
    "  diff OLD NEW              Tell what a change allows and forbids, with a\n"
    "                            request for each difference\n"
    "  check FILE...             Ask whether policies can ever allow something\n"
    "\n"
    "`iamlocal policy COMMAND --help` has the options of each.\n";

}  // namespace

int policy_command(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    if (arguments.empty() || arguments.front() == "--help" || arguments.front() == "-h") {
        print(policy_help);
        return arguments.empty() ? exit_error : exit_good;
    }
    const std::string& name = arguments.front();
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (name == "generate") return policy_generate(rest, environment);
    if (name == "diff") return policy_diff(rest);
    if (name == "check") return policy_check(rest);
    const std::vector<std::string> known{"generate", "diff", "check"};
    const std::string nearest = find_nearest(name, known);
    return complain("policy", fmt::format("there is no command '{}'{}", name,
                                          nearest.empty() ? "; there are generate, diff and check"
                                                          : fmt::format("; did you mean {}?", nearest)));
}

}  // namespace iamlocal::tools
