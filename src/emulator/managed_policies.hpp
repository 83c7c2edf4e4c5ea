// Which of AWS's managed policies the process has.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>

namespace iamlocal {

/// A started emulator's hold on the catalogue of AWS's managed policies. The catalogue is the whole process's: the
/// first hold chooses it, and as long as there is one nobody can have another.
class ManagedPolicies {
  public:
    /// Throws std::invalid_argument for another file than that of those who have a hold, or one that cannot be used.
    ///
    /// @param file empty: those that are built in
    explicit ManagedPolicies(const std::string& file);
    ManagedPolicies(const ManagedPolicies&) = delete;
    ManagedPolicies& operator=(const ManagedPolicies&) = delete;
    ~ManagedPolicies();

  private:
    static inline std::mutex mutex_;
    static inline std::size_t holds_ = 0;
    static inline std::string file_;
};

}  // namespace iamlocal
