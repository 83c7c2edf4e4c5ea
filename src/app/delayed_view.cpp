#include "app/delayed_view.hpp"

#include "app/pipeline.hpp"

namespace iamlocal::app {

DelayedView::DelayedView(std::shared_ptr<db::Replicas> copies, const Shared& shared, policy::Cache& policies)
    : replicas(std::move(copies)),
      reads(replicas->database(db::Sight::reads).connect()),
      decisions(replicas->database(db::Sight::decisions).connect()),
      sights{*reads, *decisions, *replicas},
      credentials(*decisions, shared.keyring, shared.root, policies, shared.unreadable),
      organizations(*decisions, policies, shared.unreadable) {}

/// Takes up the replicas that there are now, or lets go of those that there were.
void Pipeline::follow_propagation() {
    std::shared_ptr<db::Replicas> replicas = shared_.propagation.replicas();
    if (!replicas) {
        seen_ = {&credentials_, &organizations_};
        delayed_.reset();
        return;
    }
    replicas->advance(shared_.clock.now());
    if (!delayed_ || delayed_->replicas != replicas) {
        seen_ = {&credentials_, &organizations_};
        delayed_ = std::make_unique<DelayedView>(std::move(replicas), shared_, policies_);
    }
    seen_ = {&delayed_->credentials, &delayed_->organizations, &delayed_->sights};
}

}  // namespace iamlocal::app
