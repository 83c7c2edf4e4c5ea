#include "emulator/managed_policies.hpp"

#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "catalogue/managed_policies.hpp"

namespace iamlocal {
namespace {

void choose(const std::string& file) {
    if (file.empty()) return catalogue::managed_policies::use_built_in();
    if (const std::optional<std::string> complaint = catalogue::managed_policies::use_file(file))
        throw std::invalid_argument(*complaint);
}

}  // namespace

ManagedPolicies::ManagedPolicies(const std::string& file) {
    const std::lock_guard lock(mutex_);
    if (holds_ == 0) {
        choose(file);
        file_ = file;
    }
    if (file != file_)
        throw std::invalid_argument(fmt::format(
            "an emulator that runs in this process takes AWS's managed policies from {}, and all of them must take the "
            "same",
            file_.empty() ? "the built-in catalogue" : fmt::format("'{}'", file_)));
    ++holds_;
}

ManagedPolicies::~ManagedPolicies() {
    const std::lock_guard lock(mutex_);
    --holds_;
}

}  // namespace iamlocal
