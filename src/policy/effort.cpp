#include "policy/effort.hpp"

#include <string>
#include <unordered_map>
#include <variant>

#include "policy/condition.hpp"
#include "policy/document.hpp"
#include "policy/lower_case.hpp"

namespace iamlocal::policy {
namespace {

// In steps.
constexpr std::size_t per_statement = 64;
constexpr std::size_t per_comparison = 32;
constexpr std::size_t per_value = 64;  ///< to find one and to read it
constexpr std::size_t per_answer_byte = 2;

// In bytes of the answer.
constexpr std::size_t shown_result = 500;
constexpr std::size_t shown_statement = 450;
constexpr std::size_t shown_key = 50;

/// A text as the answer shows it: escaped, at worst.
std::size_t shown_size(std::string_view text) { return 5 * text.size(); }

/// How much there is of a key's values.
struct ValueSize {
    std::size_t count = 0;
    std::size_t bytes = 0;
};

/// Adds up what all policies have to compare. Nothing is left out because an earlier test might fail.
class Estimate {
  public:
    Estimate(const Simulation& simulation, std::size_t longest_action)
        : simulation_(simulation), longest_action_(longest_action) {}

    /// Policies that count without being shown. One that cannot be read has nothing to compare.
    void add(Policies policies) {
        for (const SourcedPolicy& source : policies) {
            if (!source.policy) continue;
            for (const Statement& statement : source.policy->statements) add(statement);
        }
    }

    void add_shown(Policies policies) {
        add(policies);
        for (const SourcedPolicy& source : policies) {
            answer_ += source.policy->statements.size() * (shown_statement + shown_size(source.name));
            for (const std::string& key : source.policy->context_keys) answer_ += shown_key + shown_size(key);
        }
    }

    /// Everything is compared twice: to decide, and to see which keys were missing.
    [[nodiscard]] std::size_t total() const {
        // What a single resource's result says is said once more of the action.
        std::size_t steps = (shown_result + answer_) * per_answer_byte;
        for (const std::string& resource : simulation_.resources) {
            steps += 2 * (once_ + per_byte_ * resource.size());
            steps += (shown_result + shown_size(resource) + answer_) * per_answer_byte;
        }
        return steps;
    }

  private:
    void add(const Statement& statement) {
        once_ += per_statement;
        for (const ActionPattern& pattern : statement.action.any) add(cost_of(pattern.text()), 1, longest_action_);
        if (statement.resource) {
            for (const ArnPattern& pattern : statement.resource->any) {
                const MatchCost cost = cost_of(pattern.text());
                once_ += cost.once;
                per_byte_ += cost.per_byte;
            }
        }
        if (statement.principal) once_ += statement.principal->any.size() * per_comparison;
        for (const Condition& condition : statement.conditions) add(condition);
    }

    /// Each operand is compared with each value, though most operators compare with one only.
    void add(const Condition& condition) {
        const ValueSize values = size_of(condition.key);
        once_ += cost_of_finding(values) + values.bytes;
        for (const Operand& operand : condition.operands) add(cost_of(operand), values.count, values.bytes);
        if (condition.name.op->family != Family::folded_string) return;
        const std::size_t operands = condition.has_variables ? condition.operands.size() : 0;
        once_ += values.bytes * lower_case_steps * (1 + most_shrinking * operands);
    }

    /// A pattern that is compared with `subjects` texts of `bytes` bytes together.
    void add(const MatchCost& cost, std::size_t subjects, std::size_t bytes) {
        once_ += cost.once * subjects + cost.per_byte * bytes;
    }

    MatchCost cost_of(const Operand& operand) {
        if (const auto* glob = std::get_if<Glob>(&operand)) return cost_of(*glob);
        if (const auto* arn = std::get_if<ArnPattern>(&operand)) return cost_of(arn->text());
        return {per_comparison, 0};
    }

    MatchCost cost_of(const Glob& pattern) {
        MatchCost cost = pattern.cost();
        cost.once += per_comparison;
        for (const Variable& variable : pattern.variables()) {
            const ValueSize value = size_of(variable.key);
            const std::size_t text = (value.bytes + (variable.fallback ? variable.fallback->size() : 0)) / 16;
            cost.once += cost_of_finding(value) + text;
            if (cost.per_byte > 0) cost.per_byte += text;
        }
        return cost;
    }

    /// A context copies what it finds.
    static std::size_t cost_of_finding(const ValueSize& values) {
        return (1 + values.count) * per_value + values.bytes / 16;
    }

    const ValueSize& size_of(const std::string& key) {
        const auto [known, is_new] = sizes_.try_emplace(key);
        if (is_new) {
            if (const std::optional<Values> values = simulation_.context->find(key)) {
                known->second.count = values->items.size();
                for (const std::string& value : values->items) known->second.bytes += value.size();
            }
        }
        return known->second;
    }

    const Simulation& simulation_;
    std::size_t longest_action_;
    std::size_t once_ = 0;      ///< for each resource
    std::size_t per_byte_ = 0;  ///< for each byte of a resource
    std::size_t answer_ = 0;    ///< bytes for each resource
    std::unordered_map<std::string, ValueSize> sizes_;
};

}  // namespace

std::size_t effort_of_an_action(const Simulation& simulation, std::size_t longest_action) {
    const PolicySet& set = simulation.policies;
    Estimate estimate(simulation, longest_action);
    estimate.add_shown(set.identity);
    if (set.boundary) estimate.add_shown(*set.boundary);
    if (set.resource) estimate.add_shown(*set.resource);
    for (const Policies& level : set.scp) estimate.add(level);
    return estimate.total();
}

}  // namespace iamlocal::policy
