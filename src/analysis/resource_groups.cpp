#include "analysis/resource_groups.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "aws/arn.hpp"

namespace iamlocal::analysis {
namespace {

std::string escaped(std::string_view text, bool wildcards) {
    std::string pattern;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_variable = text[i] == '$' && text.substr(i + 1).starts_with('{');
        if (begins_variable || (wildcards && (text[i] == '*' || text[i] == '?')))
            pattern.append("${").append(1, text[i]).append("}");
        else
            pattern.push_back(text[i]);
    }
    return pattern;
}

/// Where what a pattern shares with its siblings ends; npos where it has none: within the type, or no ARN at all.
std::size_t end_of_path(std::string_view pattern) {
    const std::optional<ArnParts> parts = ArnParts::split(pattern);
    if (!parts) return std::string_view::npos;
    std::string_view resource = parts->part[5];
    const std::size_t first = resource.find_first_of("/:");
    if (first == std::string_view::npos) return first;
    // A path that has become a wildcard is one of the entries of the path above it.
    if (resource.ends_with("/*") || resource.ends_with(":*")) resource.remove_suffix(2);
    const std::size_t last = resource.find_last_of("/:");
    if (last == std::string_view::npos) return last;
    return static_cast<std::size_t>(resource.data() - pattern.data()) + last + 1;
}

}  // namespace

std::string as_pattern(std::string_view resource) { return ArnParts::split(resource) ? escaped(resource, true) : "*"; }

std::string as_value(std::string_view text, bool wildcards) { return escaped(text, wildcards); }

std::vector<std::string> group_resources(const std::vector<std::string>& resources, std::size_t wildcard_from) {
    std::set<std::string> patterns;
    for (const std::string& resource : resources) patterns.insert(as_pattern(resource));
    if (patterns.contains("*")) return {"*"};
    for (bool changed = wildcard_from > 0; changed;) {
        changed = false;
        std::map<std::string, std::vector<std::string>> by_path;
        for (const std::string& pattern : patterns)
            if (const std::size_t end = end_of_path(pattern); end != std::string::npos)
                by_path[pattern.substr(0, end)].push_back(pattern);
        // The deepest paths first: what they become counts in the path above them, in the next round.
        std::string_view last_changed;
        for (auto path = by_path.rbegin(); path != by_path.rend(); ++path) {
            if (!last_changed.empty() && last_changed.starts_with(path->first)) continue;
            const std::string wide = path->first + "*";
            const auto is_other = [&](const std::string& pattern) { return pattern != wide; };
            const auto others = std::count_if(path->second.begin(), path->second.end(), is_other);
            if (static_cast<std::size_t>(others) < std::max<std::size_t>(wildcard_from, 2)) continue;
            const auto first = patterns.lower_bound(path->first);
            auto end = first;
            while (end != patterns.end() && end->starts_with(path->first)) ++end;
            patterns.erase(first, end);
            patterns.insert(wide);
            last_changed = path->first;
            changed = true;
        }
    }
    return {patterns.begin(), patterns.end()};
}

std::string grouping_rule(std::size_t wildcard_from) {
    const std::string narrow = "Each resource is named";
    if (wildcard_from == 0) return narrow + ".";
    return fmt::format(
        "{}; {} or more of one type under one path become that path with *. No pattern is wider than one type of one "
        "service, Region and account.",
        narrow, std::max<std::size_t>(wildcard_from, 2));
}

}  // namespace iamlocal::analysis
