// What of a request's parameters may be kept: everything but secrets.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/operation.hpp"
#include "protocol/query.hpp"

namespace iamlocal::trail {

/// Which members of which operations are secret, as their rules say (protocol::TextRule::secret). Read once, at the
/// start.
class Secrets {
  public:
    explicit Secrets(std::span<const api::Operation* const> operations);

    /// The names of an operation's secret members, also of those within structures; empty: it has none.
    [[nodiscard]] std::span<const std::string> of(const api::Operation& operation) const;

  private:
    std::unordered_map<const api::Operation*, std::vector<std::string>> names_;
};

/// How parameters came.
struct Carriers {
    std::string_view query;      ///< of the target, without the '?'
    bool has_plain_body = true;  ///< whether the body has no content encoding
};

/// What may be kept of parameters.
struct Kept {
    std::string form;                  ///< all but secrets
    std::vector<std::string> secrets;  ///< their values, to be hidden elsewhere as long as the request lasts
};

/// The parameters as a form, without secrets and without the signature's. Nothing where the body is just that, as it is
/// of the usual request.
std::optional<Kept> sent_parameters(const api::Operation& operation, const Carriers& carriers,
                                    const protocol::Parameters& parameters, const Secrets& secrets);

/// An error's message without these values: STS repeats what was wrong.
std::string without_secrets(std::string message, std::span<const std::string> secrets);

}  // namespace iamlocal::trail
