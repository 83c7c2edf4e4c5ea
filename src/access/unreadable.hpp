// Stored documents that cannot be read. They deny everything, since nobody knows what they forbid; the log says which
// they are.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/log.hpp"
#include "base/named.hpp"
#include "policy/document_kind.hpp"

namespace iamlocal::access {

/// A document and where it was found.
struct UnreadableDocument {
    AccountId account;  ///< empty for policies of an organization
    std::string owner;  ///< ARN of the user, group or role that it is a policy of; the id of an organization
    std::string name;
    policy::DocumentKind kind = policy::DocumentKind::identity;
    std::string text;  ///< empty: the policy is named but not there
};

/// Warns of each document once per process. Safe for threads.
class UnreadableLog {
  public:
    explicit UnreadableLog(Log& log) : log_(log) {}

    void note(const UnreadableDocument& document);

  private:
    Log& log_;
    std::mutex mutex_;
    std::unordered_set<std::size_t> noted_;  ///< hashes
};

}  // namespace iamlocal::access
