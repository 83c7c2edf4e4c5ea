// Brings a server to a seed's state: all of it, or nothing.
#pragma once

#include "api/context.hpp"
#include "aws/quotas.hpp"
#include "base/clock.hpp"
#include "db/database.hpp"
#include "metadata/metadata.hpp"
#include "seed/read.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

/// What a seed works on. All of it must outlive the calls.
struct Bench {
    db::Database& database;
    const api::Environment& environment;  ///< of the operations
    const Clock& clock;
    metadata::Metadata& metadata;
    aws::Quotas& quotas;  ///< those in force; changed when everything else is done
};

/// Makes what is not there, and changes what is otherwise. What the seed does not name stays as it is. One transaction
/// holds all of it, and whoever writes waits meanwhile. Throws Refused, with AWS's code and words where AWS would
/// refuse it; then nothing has changed.
Counts apply(const Bench& bench, const Seed& seed);

}  // namespace iamlocal::seed
