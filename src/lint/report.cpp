#include "lint/report.hpp"

#include <algorithm>
#include <utility>

#include "base/encoding.hpp"

namespace iamlocal::lint {
namespace {

constexpr std::string_view guide = "https://docs.aws.amazon.com/IAM/latest/UserGuide/";
constexpr std::string_view list = "access-analyzer-reference-policy-checks";

std::string_view section(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "error";
        case Severity::security_warning:
            return "security-warning";
        case Severity::warning:
            return "general-warning";
        case Severity::suggestion:
            break;
    }
    return "suggestion";
}

}  // namespace

std::string_view name(Severity severity) {
    switch (severity) {
        case Severity::error:
            return "ERROR";
        case Severity::security_warning:
            return "SECURITY_WARNING";
        case Severity::warning:
            return "WARNING";
        case Severity::suggestion:
            break;
    }
    return "SUGGESTION";
}

std::string help_address(const Check& check) {
    std::string address(guide);
    if (!check.page.empty()) return address.append(check.page);
    address.append(list).append(".html#").append(list).append("-").append(section(check.severity)).append("-");
    for (const char c : check.code) address.push_back(c == '_' ? '-' : fold_case(c));
    return address;
}

void Report::add(std::size_t at, std::string message) {
    if (entries_.size() < max_findings) {
        entries_.push_back({check_, at, std::move(message)});
        return;
    }
    ++left_out_;
    worst_left_out_ = std::min(worst_left_out_, check_->severity);
}

bool Report::spend(std::size_t steps) {
    const bool enough = steps <= steps_;
    steps_ = enough ? steps_ - steps : 0;
    unfinished_ = unfinished_ || !enough;
    return enough;
}

}  // namespace iamlocal::lint
