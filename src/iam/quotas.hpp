// What handlers do about quotas; the table is aws/quotas.hpp.
#pragma once

#include <cstdint>

#include "api/context.hpp"
#include "aws/quotas.hpp"
#include "iam/errors.hpp"

namespace iamlocal::iam {

using aws::Quota;

inline std::int64_t quota(const api::Context& ctx, Quota of) { return ctx.env.quotas[of]; }

inline ApiError quota_exceeded(const api::Context& ctx, Quota of) {
    return quota_exceeded(aws::name_of(of), quota(ctx, of));
}

/// Throws LimitExceeded if there are `count` already and no more may be added.
inline void require_quota(const api::Context& ctx, Quota of, std::int64_t count) {
    if (count >= quota(ctx, of)) throw quota_exceeded(ctx, of);
}

}  // namespace iamlocal::iam
