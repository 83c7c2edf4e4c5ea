// Paths of LocalStack that mean something here: what is asked by those who wait for it, and by programs that were
// written for it. What they mean is taken from LocalStack's documentation, and docs/localstack.md says what differs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/health.hpp"
#include "admin/router.hpp"
#include "base/clock.hpp"
#include "init/runner.hpp"

namespace iamlocal::foreign {

/// What LocalStack's paths are answered from. All of it outlives the routes.
struct LocalStackView {
    admin::Health health;
    /// Whether a service has been called already, by its name. Safe for threads.
    std::function<bool(std::string_view service)> was_called;
    bool idle_is_running = false;  ///< whether a service that was not is called `running` all the same
    const init::Runner& scripts;
    const Clock& clock;
    std::string session_id;  ///< of this start
};

/// `/_localstack/health`, `/_localstack/info`, `/_localstack/init` and its stages for everybody; and refusals, which
/// say what to use instead, for what there is no counterpart of. Reset is one of the test bench's.
[[nodiscard]] std::vector<admin::Route> localstack_routes(const LocalStackView& view);

}  // namespace iamlocal::foreign
