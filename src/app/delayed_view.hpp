// What a worker's requests see while changes take a time to be visible: replicas, and caches of what was read there.
#pragma once

#include <memory>
#include <utility>

#include "access/credentials.hpp"
#include "access/organization.hpp"
#include "api/context.hpp"
#include "app/app.hpp"
#include "db/replicas.hpp"
#include "policy/cache.hpp"

namespace iamlocal::app {

/// For the use of one thread.
struct DelayedView {
    /// `policies`: compiled documents by their texts, whichever state they are of.
    DelayedView(std::shared_ptr<db::Replicas> copies, const Shared& shared, policy::Cache& policies);

    const std::shared_ptr<db::Replicas> replicas;
    const std::unique_ptr<db::Connection> reads;
    const std::unique_ptr<db::Connection> decisions;
    const api::DelayedSights sights;
    access::CredentialCache credentials;
    access::OrganizationCache organizations;
};

/// Where the request that is running looks: at the newest state, or at a DelayedView.
struct SeenState {
    access::CredentialCache* credentials;
    access::OrganizationCache* organizations;
    const api::DelayedSights* delayed = nullptr;  ///< null: the newest state
};

}  // namespace iamlocal::app
