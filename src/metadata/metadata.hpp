// What the metadata doors of all threads share.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "base/entropy.hpp"
#include "metadata/instance_tokens.hpp"
#include "metadata/machine.hpp"
#include "metadata/pod_tokens.hpp"
#include "metadata/sessions.hpp"

namespace iamlocal::metadata {

/// Safe for threads.
class Metadata {
  public:
    /// `configured`: the machine as the settings have it.
    Metadata(Machine configured, Entropy& entropy)
        : configured_(std::move(configured)),
          machine_(std::make_shared<const Machine>(configured_)),
          instance_tokens_(entropy),
          pod_tokens_(entropy) {}

    const Machine& configured() const { return configured_; }
    std::shared_ptr<const Machine> machine() const {
        const std::lock_guard lock(mutex_);
        return machine_;
    }
    /// Takes the place of the machine that there was; the next who asks gets a new session.
    void declare(Machine machine) {
        auto declared = std::make_shared<const Machine>(std::move(machine));
        {
            const std::lock_guard lock(mutex_);
            machine_.swap(declared);
        }
        sessions_.clear();
    }
    /// Back to the settings.
    void forget() { declare(configured_); }

    const InstanceTokens& instance_tokens() const { return instance_tokens_; }
    PodTokens& pod_tokens() { return pod_tokens_; }
    Sessions& sessions() { return sessions_; }

  private:
    const Machine configured_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Machine> machine_;
    InstanceTokens instance_tokens_;
    PodTokens pod_tokens_;
    Sessions sessions_;
};

}  // namespace iamlocal::metadata
