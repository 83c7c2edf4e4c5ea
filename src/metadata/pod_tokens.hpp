// Tokens of Kubernetes service accounts for EKS Pod Identity, as the cluster mounts them into pods.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/signing_key.hpp"
#include "federation/jwks.hpp"

namespace iamlocal::metadata {

struct Pod {
    std::string name_space;
    std::string service_account;
    std::string name;
    std::string uid;
};

struct PodTokenFault {
    std::string_view code;  ///< of EKS's API
    std::string_view message;
};

/// Signs and reads them, with a key that is made when it is first needed and ends with the process. Safe for threads.
class PodTokens {
  public:
    explicit PodTokens(Entropy& entropy) : entropy_(entropy) {}

    std::string issue(const Pod& pod, std::string_view cluster, Seconds now, std::chrono::seconds lifetime);
    /// Whose token it is; signature, audience and time are good.
    std::variant<Pod, PodTokenFault> read(std::string_view token, Seconds now) const;

  private:
    struct Keys {
        SigningKey key;
        std::string id;
        federation::KeySet set;
    };
    static Keys make_keys();

    Entropy& entropy_;
    mutable std::mutex mutex_;
    std::optional<Keys> keys_;
};

}  // namespace iamlocal::metadata
