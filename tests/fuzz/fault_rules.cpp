// Any text as a declaration of faults: it must be read or refused, and what is read must be written and read again as
// the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "testbench/fault_rule.hpp"

using namespace iamlocal::testbench;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<std::string> operations = {"iam:GetUser", "sts:AssumeRole"};
    const auto read = parse_fault_rules({reinterpret_cast<const char*>(data), size}, operations);
    const auto* const rules = std::get_if<std::vector<FaultRule>>(&read);
    if (rules == nullptr) return 0;
    for (const FaultRule& rule : *rules) {
        const std::string written = write_fault_rule(rule).dump();
        const auto again = parse_fault_rule(nlohmann::json::parse(written), operations);
        if (!std::holds_alternative<FaultRule>(again)) std::abort();
        if (write_fault_rule(std::get<FaultRule>(again)).dump() != written) std::abort();
    }
    return 0;
}
