#include "app/slow_route.hpp"

#include <utility>

#include "app/pipeline.hpp"

namespace iamlocal::app {

void SlowRoute::work() { action_ = router_.handle(request_, answer_); }

std::unique_ptr<Continuation> SlowRoute::resume(Progress& progress, http::Response& response) {
    progress.action = action_;
    answer_.request_id = std::move(response.request_id);
    response = std::move(answer_);
    return nullptr;
}

}  // namespace iamlocal::app
