#include "aws/regions.hpp"

#include <algorithm>
#include <array>

#include "aws/partitions.hpp"

namespace iamlocal::aws {
namespace {

/// What stands before `-direction-number`. From the patterns of names that AWS publishes for its partitions.
constexpr std::array<std::string_view, 16> areas{"af",      "ap",      "ca",      "cn",     "eu",     "il",
                                                 "me",      "mx",      "sa",      "us",     "us-gov", "us-iso",
                                                 "us-isob", "us-isof", "eu-isoe", "eusc-de"};

/// Those that every account has from the beginning ("AWS Regions"); no more come.
constexpr std::array<std::string_view, 17> default_regions{
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1",   "eu-central-1",   "eu-north-1",     "eu-west-1",  "eu-west-2",      "eu-west-3",
    "sa-east-1",      "us-east-1",      "us-east-2",      "us-west-1",  "us-west-2"};

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool is_region_name(std::string_view text) {
    constexpr std::size_t longest = 32;
    if (text.size() > longest) return false;
    constexpr std::string_view whole_partition = "-global";
    if (text.ends_with(whole_partition)) return is_partition(text.substr(0, text.size() - whole_partition.size()));
    const std::size_t number = text.rfind('-');
    if (number == std::string_view::npos || !is_number(text.substr(number + 1))) return false;
    const std::size_t direction = text.substr(0, number).rfind('-');
    if (direction == std::string_view::npos || !is_word(text.substr(direction + 1, number - direction - 1)))
        return false;
    return std::find(areas.begin(), areas.end(), text.substr(0, direction)) != areas.end();
}

bool is_opt_in_region(std::string_view text) {
    constexpr std::string_view other_partitions[] = {"cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-", "aws-"};
    for (const std::string_view begin : other_partitions)
        if (text.starts_with(begin)) return false;
    return is_region_name(text) &&
           std::find(default_regions.begin(), default_regions.end(), text) == default_regions.end();
}

}  // namespace iamlocal::aws
