// Variables of LocalStack and moto, as settings of ours. What they mean is taken from their documentation;
// docs/localstack.md and docs/moto.md have the tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/settings.hpp"

namespace iamlocal::cli {

/// A setting, as one of their variables has it.
struct Translated {
    std::string setting;  ///< by its name: "listen"
    std::string value;
    std::string source;  ///< the variable
};

struct Translation {
    std::vector<Translated> settings;  ///< what comes later counts
    std::vector<std::string> remarks;  ///< sentences for the log: what has no effect, and why
};

/// Those of LocalStack. Names that only LocalStack has count, and with `LOCALSTACK_` before it each; names that other
/// programs have as well, such as `DEBUG`, need that prefix or `on`. An empty value is none. With `off` none counts.
[[nodiscard]] std::variant<Translation, UsageError> translate_localstack(const Environment& environment,
                                                                         Config::Localstack mode);

/// Those of moto. One that would let requests in without a signature is an error.
[[nodiscard]] std::variant<Translation, UsageError> translate_moto(const Environment& environment);

/// The addresses of GATEWAY_LISTEN, `0.0.0.0:4566,:4567`, in our form; an address without a host is 127.0.0.1. Nothing
/// if one of them is none.
[[nodiscard]] std::optional<std::vector<std::string>> parse_gateway_listen(std::string_view text);

/// Takes those on port 443 away, where nobody can be served without a certificate. False, and nothing is taken: there
/// would be none left.
bool leave_out_https(std::vector<std::string>& listen);

}  // namespace iamlocal::cli
