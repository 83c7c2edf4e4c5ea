// What replicas do not show yet, for people.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace iamlocal::db {

struct PendingChange {
    std::string action;    ///< `iam:CreateUser`
    std::string resource;  ///< an ARN; empty for what has none
    Instant made;
    Instant shown;   ///< from when on reads show it
    Instant counts;  ///< from when on decisions count it
};

struct PendingChanges {
    /// So many are told of at a time.
    static constexpr std::size_t most = 10;

    std::size_t count = 0;
    std::vector<PendingChange> oldest;  ///< the first of them, in their order
};

}  // namespace iamlocal::db
