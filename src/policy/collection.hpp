// Policies gathered one by one into the PolicySet that decide() wants. For those who read them from files or take them
// from an API; enforcement knows its policies beforehand and needs none of this.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "policy/decide.hpp"

namespace iamlocal::policy {

/// Keeps the lists that a PolicySet refers to; the policies themselves stay with the caller.
class Collection {
  public:
    /// An organization has seven at most: its root, five of units and the account.
    static constexpr std::size_t most_levels = 64;

    /// Adds a policy, and with it its type. A trust policy takes the place of a resource's policy: adding both makes
    /// one list of them, which works as a trust policy.
    ///
    /// @param level where the type has any; of SCPs and RCPs 0 is the root. A level left out has no policies, and so
    /// allows nothing; neither does one from `most_levels` on, whatever is added to it. Other types have none: it is
    /// ignored.
    void add(PolicyType type, SourcedPolicy policy, std::size_t level = 0);
    /// Says that a type applies, and of SCPs and RCPs up to which level, even if no policy of it comes: it then grants
    /// nothing.
    void apply(PolicyType type, std::size_t level = 0);

    /// Says what the resource's policy does; unless it is said the resource's ARN tells (usual_part).
    void set_resource_part(ResourcePolicyPart part) { resource_part_ = part; }

    [[nodiscard]] bool applies(PolicyType type) const;
    /// For a question about `resource`. Valid until the next change, and no longer than this.
    [[nodiscard]] PolicySet set(std::string_view resource);

  private:
    using List = std::vector<SourcedPolicy>;
    using Levels = std::vector<List>;

    Levels& levels_of(PolicyType type) { return levels_[static_cast<std::size_t>(type)]; }
    const Levels& levels_of(PolicyType type) const { return levels_[static_cast<std::size_t>(type)]; }
    static std::vector<Policies> views_of(const Levels& levels);

    std::array<Levels, policy_type_count> levels_;  ///< by PolicyType; those without levels have one
    std::optional<ResourcePolicyPart> resource_part_;
    std::vector<Policies> scp_;
    std::vector<Policies> rcp_;
    std::vector<Policies> scope_down_;
    List resource_and_trust_;
};

}  // namespace iamlocal::policy
