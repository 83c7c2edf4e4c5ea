// Rules by which requests fail on command, read from JSON. Nothing here knows requests or threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/named.hpp"
#include "policy/glob.hpp"

namespace iamlocal::testbench {

/// What happens to a request that a rule strikes.
struct Fault {
    enum class Ending {
        answer,  ///< its own, later
        error,   ///< an error in its place
        cut,     ///< the connection is closed without an answer
        half,    ///< the connection is closed in the middle of the answer
    };

    Ending ending = Ending::answer;
    std::string code = {};  ///< of the error
    int status = 0;         ///< of the error
    std::string message = {};
    std::chrono::milliseconds wait{0};
    bool after = false;  ///< the operation takes effect; otherwise nothing of it happens, unless the fault only waits

    /// For people: `Throttling`, `250 ms later, connection cut, after the operation`.
    [[nodiscard]] std::string words() const;
};

/// Whom a rule strikes, and how often. What is left out strikes everybody, always.
struct FaultRule {
    std::string action = {};                          ///< as it was given
    std::string principal = {};                       ///< likewise
    std::optional<policy::Glob> action_glob = {};     ///< in lower case
    std::optional<policy::Glob> principal_glob = {};  ///< of an ARN
    std::optional<AccountId> account = {};
    double probability = 1;
    std::uint64_t seed = 0;
    std::optional<std::uint64_t> count = {};  ///< how many times it strikes from now on
    Fault fault = {};
};

inline constexpr std::size_t most_fault_rules = 100;
inline constexpr std::chrono::milliseconds longest_fault_wait{50'000};

/// One rule. `operations`: the actions that there are, such as `iam:GetUser`. Otherwise a sentence.
std::variant<FaultRule, std::string> parse_fault_rule(const nlohmann::json& json,
                                                      std::span<const std::string> operations);
/// `{"rules":[…]}`
std::variant<std::vector<FaultRule>, std::string> parse_fault_rules(std::string_view body,
                                                                    std::span<const std::string> operations);
/// A rule as it is read.
nlohmann::ordered_json write_fault_rule(const FaultRule& rule);

}  // namespace iamlocal::testbench
