// How a check is declared, and where it puts what it finds. A new check is a function and one row in the table at the
// end of its file.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lint/document.hpp"
#include "lint/lint.hpp"

namespace iamlocal::lint {

class Report;

/// A row of a table of checks: one of the two functions is set.
struct Check {
    std::string_view code;
    Severity severity;
    std::string_view summary;  ///< one sentence, for lists of rules
    void (*on_statement)(const Document&, const Statement&, Report&) = nullptr;
    void (*on_document)(const Document&, Report&) = nullptr;
    /// Page of the IAM user guide for checks that are not in AWS's list; empty: AWS's list has it.
    std::string_view page = {};
};

/// Where AWS explains a check.
[[nodiscard]] std::string help_address(const Check& check);

/// Comparing a misspelt name with all that there are costs about this many steps.
inline constexpr std::size_t suggestion_cost = 1'000'000;

/// Findings of one document by offset, and the work that may still be spent on it.
class Report {
  public:
    struct Entry {
        const Check* check;
        std::size_t at;
        std::string message;
    };

    explicit Report(std::size_t steps) : steps_(steps) {}

    /// Which check speaks from now on.
    void set_check(const Check& check) { check_ = &check; }
    void add(const Value& at, std::string message) { add(at.begin, std::move(message)); }
    /// Only counted when there are too many.
    void add(std::size_t at, std::string message);
    /// To be asked by loops whose length is not that of the document. False when the document has had its share.
    [[nodiscard]] bool spend(std::size_t steps);

    [[nodiscard]] std::vector<Entry>& entries() { return entries_; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }
    [[nodiscard]] Severity worst_left_out() const { return worst_left_out_; }
    /// Whether spend() has ended a check: there may be more to find, errors among it.
    [[nodiscard]] bool is_unfinished() const { return unfinished_; }

  private:
    const Check* check_ = nullptr;
    std::size_t steps_;
    bool unfinished_ = false;
    std::size_t left_out_ = 0;
    Severity worst_left_out_ = Severity::suggestion;
    std::vector<Entry> entries_;
};

// The tables, in the order in which they are applied.
[[nodiscard]] std::span<const Check> structure_checks();
[[nodiscard]] std::span<const Check> principal_checks();
[[nodiscard]] std::span<const Check> trust_checks();
[[nodiscard]] std::span<const Check> provider_checks();
[[nodiscard]] std::span<const Check> action_checks();
[[nodiscard]] std::span<const Check> resource_checks();
[[nodiscard]] std::span<const Check> condition_checks();
[[nodiscard]] std::span<const Check> condition_key_checks();
[[nodiscard]] std::span<const Check> value_checks();
[[nodiscard]] std::span<const Check> variable_checks();
[[nodiscard]] std::span<const Check> permission_checks();
[[nodiscard]] std::span<const Check> escalation_checks();
[[nodiscard]] std::span<const Check> redundancy_checks();

}  // namespace iamlocal::lint
