// How late changes become visible.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/named.hpp"

namespace iamlocal::db {

/// Who looks: AWS has both, and they do not learn of a change at the same time.
enum class Sight {
    reads,      ///< what IAM's operations show
    decisions,  ///< who callers are, what their policies say, and what STS finds
};

struct Lag {
    /// Each change takes between half of it and all of it.
    std::chrono::seconds at_most{5};
    /// From which it follows how long each takes: the n-th change of an account always takes the same.
    std::uint64_t seed = 0;

    /// Whether it may be at_most: from a second to an hour.
    static constexpr bool is_possible(std::chrono::seconds delay) {
        return delay >= std::chrono::seconds(1) && delay <= std::chrono::hours(1);
    }
    /// Of the n-th change of an account, counted from 0.
    std::chrono::microseconds of(Sight sight, const AccountId& account, std::uint64_t number) const;
};

}  // namespace iamlocal::db
