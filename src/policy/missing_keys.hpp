// Context keys that a simulation would have needed: MissingContextValues.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "policy/decide.hpp"

namespace iamlocal::policy {

class Subject;

/// Gathers keys: each once whatever its case, as spelled first, in order of first use.
class MissingKeys {
  public:
    /// `assumed`: a key in lower case that the context has though nobody supplied it; missing, too.
    explicit MissingKeys(std::string_view assumed = {}) : assumed_(assumed) {}

    /// Adds the keys that kept statements from applying: those of conditions that do not hold, and the variables of
    /// resources that do not match. What holds without a key does not miss it.
    void add(const PolicySet& policies, const Request& request);
    void add(const std::vector<std::string>& keys);
    [[nodiscard]] std::vector<std::string> take() && { return std::move(keys_); }

  private:
    void add(const Policy& policy, const Subject& subject);
    void add(std::string_view spelled, std::string_view folded);
    [[nodiscard]] bool is_missing(std::string_view folded, const Subject& subject) const;

    std::string_view assumed_;
    std::vector<std::string> keys_;
    std::unordered_set<std::string> seen_;
};

}  // namespace iamlocal::policy
