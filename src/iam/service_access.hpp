// Which services policies may give access to: the question of the access advisor, which knows no request. Conditions
// count as met, and boundaries and organizations do not matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/service_reference.hpp"

namespace iamlocal::iam {

/// What may be allowed by some identity-based policies together.
class Grants {
  public:
    enum class Effects { all, denies };
    /// Adds a document's statements of these effects. One that cannot be read allows nothing.
    void add(std::string_view document, Effects effects = Effects::all);

    /// Whether the action may be allowed on something that it acts on.
    bool allow(const catalogue::ServiceReference& service, const catalogue::Action& action) const;
    /// Whether some action of the service may be allowed.
    bool allow(const catalogue::ServiceReference& service) const;
    /// Whether a statement allows what is written as an action of the service and is none that AWS knows.
    bool allow_unknown(const catalogue::ServiceReference& service) const;
    /// The services that may be reached, in order of their prefixes.
    std::vector<const catalogue::ServiceReference*> services() const;

  private:
    struct ActionPattern {
        bool everything = false;
        std::string service;  ///< in lower case, as is the name
        std::string name;     ///< with wildcards
        bool covers(std::string_view of_service, std::string_view pattern) const;
    };
    struct Statement {
        bool not_action = false;
        std::vector<ActionPattern> actions;
        bool not_resource = false;
        std::vector<std::string> resources;
        bool covers_action(std::string_view service, std::string_view name) const;
    };
    /// Whether nothing takes away the allowed resource (`*` for a NotResource) of an action that acts on `acts_on`.
    bool survives(std::string_view service, std::string_view name, std::string_view allowed,
                  std::string_view acts_on) const;
    bool allow(std::string_view service, std::string_view name, const std::vector<std::string>& acts_on) const;

    std::vector<Statement> allows_;
    std::vector<Statement> denies_;  ///< those without conditions
};

}  // namespace iamlocal::iam
