#include "cli/suggestion.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/nearest.hpp"

namespace iamlocal::cli {
namespace {

/// What others call the address to listen on.
bool is_other_name_of_listen(std::string_view name) {
    return name == "port" || name == "host" || name == "address" || name == "bind";
}

}  // namespace

std::string did_you_mean(std::string_view text, const std::vector<std::string>& known, std::string_view prefix) {
    std::vector<std::string> names;
    for (const std::string& name : known) names.push_back(name.substr(prefix.size()));
    std::string nearest = find_nearest(text.substr(prefix.size()), names);
    if (is_other_name_of_listen(fold_case(text.substr(prefix.size())))) nearest = prefix == "--" ? "listen" : "LISTEN";
    return nearest.empty() ? std::string("; iamlocal --help lists all")
                           : fmt::format("; did you mean {}{}?", prefix, nearest);
}

}  // namespace iamlocal::cli
