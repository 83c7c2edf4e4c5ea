// Once more, where a transaction has done nothing.
#pragma once

#include "db/error.hpp"

namespace iamlocal::app {

/// A transaction that others stood in the way of, or whose connection broke before it was told to commit, has done
/// nothing: after `start_over()` comes the next try of `step()`.
template <class Step, class StartOver>
auto with_retries(Step step, StartOver start_over) {
    constexpr int max_tries = 10;
    for (int tries = 1;; ++tries) {
        try {
            return step();
        } catch (const db::SerializationFailure&) {
            if (tries == max_tries) throw;
        } catch (const db::Unavailable& error) {
            if (tries > 1 || !error.may_retry_at_once()) throw;
        }
        start_over();
    }
}

}  // namespace iamlocal::app
