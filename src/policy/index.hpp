// Which statements of a policy can concern a request at all: a few compact arrays beside the statements, so that those
// of other services, and most of the same, cost nothing or nearly nothing. decide() walks them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/glob.hpp"
#include "policy/patterns.hpp"

namespace iamlocal::policy {

struct Statement;
class Subject;

/// A text to be filtered: its front, padded so that filters may look beyond its end.
class SubjectPrefix {
  public:
    static constexpr std::size_t capacity = 128;

    explicit SubjectPrefix(std::string_view text);

  private:
    friend class Filter;
    std::size_t size_;
    std::array<char, capacity> bytes_{};  ///< zeros after the text
};

/// A test that everything that matches a pattern passes, and most else does not: the last bytes of the text with which
/// the pattern begins. By default it lets everything pass.
class Filter {
  public:
    Filter() = default;
    explicit Filter(const Glob& pattern);
    [[nodiscard]] bool passes(const SubjectPrefix& subject) const;

  private:
    std::array<char, 8> bytes_{};
    std::uint16_t offset_ = 0;  ///< where they stand; 0 when there are fewer than eight
    std::uint8_t size_ = 0;     ///< how many they are
    bool whole_ = false;        ///< the text is the whole pattern
};

/// Made once of a policy's statements. What they say stays with them: this only leaves out some that cannot match.
class Index {
  public:
    class Walk;

    /// Nothing: all statements are candidates.
    Index() = default;
    /// Policies of a few statements, or of such that nothing here rules out, are better off without an index and get an
    /// empty one.
    explicit Index(const std::vector<Statement>& statements);
    [[nodiscard]] bool empty() const { return groups_.empty(); }

  private:
    /// A value of Action, or a statement that is to be looked at whatever the action is.
    struct Entry {
        Filter action;
        std::uint32_t statement = 0;
    };
    /// The entries of one service: up to `end`, from where the group before ends.
    struct Group {
        std::uint64_t service = 0;
        std::uint32_t end = 0;
    };
    /// What to know of a statement before looking at it. Its filters of resources end at `filters_end` and begin where
    /// those of the statement before end; if there are none, its Resource lets every resource pass.
    struct StatementSummary {
        std::uint32_t filters_end : 31 = 0;
        std::uint32_t denies : 1 = 0;
    };
    /// The same of one of its conditions, which holds only for requests that have exactly one value of the key. If
    /// there are no filters of values, it has none such.
    struct ConditionFilter {
        std::uint32_t values_end = 0;
        std::uint32_t key = 0;  ///< index in keys_, if there are values
    };

    std::vector<Group> groups_;   ///< the first is for every service, the others are in order of their keys
    std::vector<Entry> entries_;  ///< in each group in order of the statements
    std::vector<StatementSummary> summaries_;  ///< by statement, after one to begin with
    std::vector<Filter> resources_;
    std::vector<ConditionFilter> condition_filters_;  ///< as summaries_; empty if no statement has one
    std::vector<Filter> values_;
    std::vector<std::string> keys_;  ///< of conditions; in lower case
    bool denies_ = false;
};

enum class Wanted { all, denials };

/// What indexes need to know of a request. Refers to the subject and to the indexes that it is held against.
class IndexTarget {
  public:
    explicit IndexTarget(const Subject& subject);

    [[nodiscard]] const SubjectPrefix& action() const { return action_; }
    [[nodiscard]] const SubjectPrefix& resource() const { return resource_; }
    [[nodiscard]] std::uint64_t service() const { return service_; }
    /// The value of a condition key; null unless the request has exactly one. Valid until the next call.
    [[nodiscard]] const SubjectPrefix* value_of(std::string_view key) const;

  private:
    struct Value {
        std::string_view key;
        std::optional<SubjectPrefix> prefix;
    };

    const Subject& subject_;
    SubjectPrefix action_;
    SubjectPrefix resource_;
    std::uint64_t service_;
    mutable std::vector<Value> values_;  ///< those asked for
};

/// Gives the candidates for one request, in the order of the policy.
class Index::Walk {
  public:
    /// The index is not empty. Refers to both.
    Walk(const Index& index, const IndexTarget& target);

    /// The next candidate, or nothing. With Wanted::denials it leaves out as many Allows as it can.
    [[nodiscard]] std::optional<std::size_t> next(Wanted wanted = Wanted::all);

  private:
    struct Range {
        const Entry* at = nullptr;
        const Entry* end = nullptr;
        bool found = false;  ///< `at` is a candidate
    };

    static constexpr std::uint32_t no_key = UINT32_MAX;

    /// Without filters of conditions, which most policies have none of, less is to be done for each statement.
    template <bool with_conditions>
    void find(Range& range, Wanted wanted);
    template <bool with_conditions>
    [[nodiscard]] bool may_apply(std::uint32_t statement, Wanted wanted);
    /// Whether the request has the value that a condition of the statement wants.
    [[nodiscard]] bool has_value(std::uint32_t statement);

    const Index& index_;
    const IndexTarget& target_;
    Range any_;
    Range service_;
    std::uint32_t key_ = no_key;            ///< the key looked up last
    const SubjectPrefix* value_ = nullptr;  ///< its value
};

}  // namespace iamlocal::policy
