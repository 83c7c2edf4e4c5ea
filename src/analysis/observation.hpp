// What a principal was seen doing: the input of everything that writes or judges policies by traffic. Where it was seen
// (a running server, a trail) makes no difference from here on.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "policy/request.hpp"

namespace iamlocal::analysis {

/// Condition keys with their values; names in lower case.
using Keys = std::vector<std::pair<std::string, policy::Values>>;

/// One permission that was asked for, as often as it was.
struct Observation {
    std::string action;    ///< `iam:CreateUser`
    std::string resource;  ///< an ARN, or `*`
    Keys keys;             ///< that come with the request and may narrow a policy: `iam:passedtoservice`
    Keys context;          ///< others that were there, for holding policies against it
    std::uint64_t count = 1;
    bool refused = false;
    /// Where not all of the resource is known: what stands for it in policies, in place of `resource`, which is one
    /// that it may be.
    std::vector<std::string> patterns = {};
    std::string remark = {};  ///< what is not certain about it; empty: nothing
};

}  // namespace iamlocal::analysis
